"""Reports that the regulation asks for before the assessment: which, by when, and handing one in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.audit.service import record
from kaohe.clock import today
from kaohe.cycles.models import Assignment
from kaohe.cycles.service import REPORT, name_of
from kaohe.db.session import acting_for, current_tenant
from kaohe.errors import Conflict, FieldProblem, Invalid, NotFound
from kaohe.evidence import service as evidence
from kaohe.evidence.service import Reader
from kaohe.i18n import _, official
from kaohe.identity.models import Role
from kaohe.inbox.service import send
from kaohe.settings import Settings
from kaohe.submissions import queries
from kaohe.submissions.models import FiledReport
from kaohe.submissions.work import Work


@dataclass(frozen=True, slots=True)
class Report:
    """`filed`: what was handed in, the newest first, which stands."""

    key: str
    title: str
    due: date
    filed: Sequence[Row[Any]]

    @property
    def days_left(self) -> int:
        return (self.due - today()).days

    @property
    def state(self) -> str:
        return "filed" if self.filed else "not_started"


async def reports(session: AsyncSession, participation_id: UUID, notice: Mapping[str, Any]) -> list[Report]:
    """As the notice asks for them, in the order in which they are due."""
    asked = sorted(
        (one for one in notice["phases"] if one["phase"].startswith(REPORT)), key=lambda one: one["closes_on"]
    )
    if not asked:
        return []
    held = await _filed(session, participation_id)
    return [
        Report(one["phase"], name_of(one["phase"], one.get("title")), date.fromisoformat(one["closes_on"]),
               [row for row in held if row.report == one["phase"]])
        for one in asked
    ]  # fmt: skip


async def _filed(session: AsyncSession, participation_id: UUID) -> Sequence[Row[Any]]:
    f = FiledReport
    query: Select[*tuple[Any, ...]] = (
        select(f.id, f.report, f.evidence_id, f.name, f.size, f.filed_name, f.filed_at)
        .where(f.participation_id == participation_id)
        .order_by(f.id.desc())
    )
    return (await session.execute(query)).all()


async def hand_in(
    settings: Settings, session: AsyncSession, person: Reader, work: Work, key: str, file_id: UUID
) -> None:
    """`file_id`: the party's evidence. Raises Invalid for a report that nobody asks for, Conflict when the cycle is over."""
    report = next((one for one in await reports(session, work.id, work.row.notice) if one.key == key), None)
    if report is None:
        raise Invalid([FieldProblem("report", _("没有要交的报告「{value}」").format(value=key))])
    held, host_id = await evidence.find(session, person, file_id), work.row.host_id
    copy = (await evidence.hand_over(settings, session, person, [file_id], host_id))[file_id]
    async with acting_for(session, host_id):
        row = await queries.locked_participation(session, work.id)
        if row is None or row[0].party_id != work.row.party_id:
            raise NotFound
        if row[1] != "issued" or row[0].confirmed_at is not None:
            raise Conflict(_("这项考核的结果已经确认，不再收报告。"))
        session.add(FiledReport(
            tenant_id=host_id, participation_id=work.id, party_id=row[0].party_id, report=key, evidence_id=copy,
            name=held.name, size=held.size, sha256=held.sha256, filed_by=person.id, filed_name=person.name,
        ))  # fmt: skip
        record(session, "report.received", "participation", work.id, {"report": key, "sha256": held.sha256})
    record(session, "report.filed", "self_assessment", work.id, {"report": key, "name": held.name})
    await _tell_host(session, work, report, held.name)


async def _tell_host(session: AsyncSession, work: Work, report: Report, name: str) -> None:
    with official():
        title = _("{name}交了{report}").format(name=work.row.subject_name, report=report.title)
    await send(session, tenant_id=work.row.host_id, kind="submission", title=title, body=name,
               link=f"/submissions/{work.id}", roles=(Role.ORGANISER,), about=("participation", work.id))  # fmt: skip


@evidence.also_readable
async def assessors_report(session: AsyncSession, person: Reader, evidence_id: UUID) -> bool:
    """An assessor reads the reports of those who are assigned to them."""
    if not person.has(Role.ASSESSOR) or current_tenant(session) is None:
        return False
    query = (
        select(FiledReport.id)
        .join(Assignment, and_(Assignment.tenant_id == FiledReport.tenant_id,
                               Assignment.participation_id == FiledReport.participation_id))
        .where(FiledReport.tenant_id == queries.OWN, FiledReport.evidence_id == evidence_id,
               Assignment.person_id == person.id)
    )  # fmt: skip
    return (await session.execute(query.limit(1))).first() is not None
