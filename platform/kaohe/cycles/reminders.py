"""One click reminds everybody who is late."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.audit.service import record
from kaohe.clock import now, today
from kaohe.cycles import board, queries
from kaohe.cycles.agenda import REPORT
from kaohe.cycles.models import Participation
from kaohe.cycles.phases import Dates, by_name
from kaohe.cycles.schemes import PHASES
from kaohe.cycles.service import running_cycle, tell
from kaohe.i18n import _, apart, official
from kaohe.inbox.service import Letter, send_all


def due_days(phases: Mapping[str, Dates]) -> dict[str, date | None]:
    """When each stage should be done, and each report handed in: the receipt by the day on which the first phase begins."""
    first = min((phases[name].opens_on for name in PHASES if name in phases), default=None)
    ends = {name: phases[name].closes_on if name in phases else None for name in board.STAGES[1:]}
    return {"receipt": first, **ends, **{key: one.closes_on for key, one in phases.items() if key.startswith(REPORT)}}


async def remind_late(session: AsyncSession, cycle_id: UUID) -> int:
    """Answers how many messages went out. Raises NotFound, Conflict."""
    cycle, day = await running_cycle(session, cycle_id), today()
    phases = by_name(await queries.phases(session, cycle_id))
    late = await board.late_parties(session, cycle_id, due_days(phases), day)
    both = [row.id for row in late if row.self_assessment_late and row.reports_late]
    filing = [row.id for row in late if row.self_assessment_late and not row.reports_late]
    reporting = [row.id for row in late if row.reports_late and not row.self_assessment_late]
    receipt = [row.id for row in late if not row.self_assessment_late and not row.reports_late]
    with official():
        sent = await _remind(session, filing, _("催办：{title}的自评已逾期").format(title=cycle.title),
                             _("请尽快报送自评；确有困难的，请联系考核办申请延期。"), "/self-assessments")  # fmt: skip
        sent += await _remind(session, both, _("催办：{title}的自评和报告已逾期").format(title=cycle.title),
                              _("请尽快交报告、报送自评；确有困难的，请联系考核办申请延期。"), "/self-assessments")  # fmt: skip
        sent += await _remind(session, reporting, _("催办：{title}的报告已逾期").format(title=cycle.title),
                              _("请单位负责人尽快在自评中交报告。"), "/self-assessments")  # fmt: skip
        sent += await _remind(session, receipt, _("催办：请确认收到{title}的通知").format(title=apart(cycle.title)),
                              _("还没有收到您单位的确认，请在消息中打开通知并点击“确认收到”。"), "/inbox?show=receipt")  # fmt: skip
        grading = phases.get("grading")
        if grading and grading.closes_on < day:
            sent += await _remind_assessors(session, cycle.tenant_id, cycle_id, cycle.title, grading.closes_on)
    record(session, "cycle.reminded", "cycle", cycle_id, {"messages": sent})
    return sent


async def _remind(session: AsyncSession, ids: list[UUID], title: str, body: str, link: str) -> int:
    query = select(Participation).where(Participation.tenant_id == queries.OWN, Participation.id.in_(ids))
    chosen = (await session.execute(query)).scalars().all()
    for one in chosen:
        one.reminded_at = now()
    await tell(session, chosen, title, body, None, link)
    return len(chosen)


async def _remind_assessors(session: AsyncSession, host_id: UUID, cycle_id: UUID, title: str, due: date) -> int:
    rows = await board.late_assessors(session, cycle_id)
    letters = [
        Letter(kind="cycle", title=_("催办：{title}的评分已逾期").format(title=title), person_id=row.person_id, due=due,
               body=_("您还有 {count} 个对象没有评完。").format(count=row.open), link="/grading")
        for row in rows
    ]  # fmt: skip
    await send_all(session, host_id, letters)
    return len(letters)
