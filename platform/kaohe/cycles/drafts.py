"""A cycle before its notice is out: every step of the wizard is saved on its own and can be changed again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.audit.service import record
from kaohe.cycles.agenda import Dates, keys
from kaohe.cycles.errors import NoDraft
from kaohe.cycles.models import Assessor, Cycle, CyclePhase, Recusal
from kaohe.errors import Conflict, NotFound
from kaohe.i18n import _
from kaohe.scheme.model import Scheme
from kaohe.scheme.periods import Period

Choice = str | list[str]  # "all", "none", or ids of subjects


@dataclass(frozen=True, slots=True)
class Basics:
    scheme: Scheme
    period: Period
    title: str


async def open_draft(session: AsyncSession, cycle_id: UUID, version: int | None = None) -> Cycle:
    """Locked. Raises NotFound, NoDraft, or Conflict when somebody changed the draft since `version`."""
    cycle = (await session.execute(select(Cycle).where(Cycle.id == cycle_id).with_for_update())).scalar_one_or_none()
    if cycle is None:
        raise NotFound
    if cycle.state != "draft":
        raise NoDraft
    if version is not None and version != cycle.version:
        raise Conflict(_("您打开这一页之后，另一位同事修改过这份草稿。"))
    cycle.version += 1
    return cycle


async def create(session: AsyncSession, basics: Basics, person_id: UUID) -> UUID:
    cycle = Cycle(created_by=person_id)
    _set_basics(cycle, basics)
    session.add(cycle)
    await session.flush()
    record(session, "cycle.drafted", "cycle", cycle.id, _basics_detail(basics))
    return cycle.id


async def change_basics(session: AsyncSession, cycle_id: UUID, version: int, basics: Basics) -> None:
    """What was chosen for another scheme (its kinds, its phases, its channels) falls away."""
    cycle = await open_draft(session, cycle_id, version)
    if cycle.scheme_id != basics.scheme.id:
        cycle.draft = {}
        cycle.notice = ""
        await session.execute(delete(Assessor).where(Assessor.cycle_id == cycle_id))
        unused = CyclePhase.phase.not_in(keys(basics.scheme, basics.period))
        await session.execute(delete(CyclePhase).where(CyclePhase.cycle_id == cycle_id, unused))
    _set_basics(cycle, basics)
    record(session, "cycle.changed", "cycle", cycle_id, _basics_detail(basics))


def _set_basics(cycle: Cycle, basics: Basics) -> None:
    scheme, period = basics.scheme, basics.period
    cycle.scheme_id, cycle.scheme_version, cycle.scheme_hash = scheme.id, scheme.version, scheme.content_hash
    cycle.period, cycle.period_start, cycle.period_end = period.text, period.start, period.end
    cycle.title = basics.title


def _basics_detail(basics: Basics) -> dict[str, Any]:
    return {"scheme": basics.scheme.id, "period": basics.period.text, "title": basics.title}


async def choose_subjects(
    session: AsyncSession, cycle_id: UUID, version: int, kinds: Mapping[str, Choice], scope: str = ""
) -> None:
    """`scope`: 普遍 `all` or 重点 `chosen`, where the regulation knows the two."""
    cycle = await open_draft(session, cycle_id, version)
    cycle.draft = {**cycle.draft, "kinds": dict(kinds), "scope": scope}
    counts = {kind: choice if isinstance(choice, str) else len(choice) for kind, choice in kinds.items()}
    record(session, "cycle.subjects_chosen", "cycle", cycle_id, counts | ({"scope": scope} if scope else {}))


async def choose_assessors(
    session: AsyncSession, cycle_id: UUID, version: int, chosen: Sequence[tuple[UUID, str, str]]
) -> None:
    """`chosen`: (person, name, channel); a scheme without channels has the one channel ''."""
    cycle = await open_draft(session, cycle_id, version)
    cycle.draft = {**cycle.draft, "people": True}
    await session.execute(delete(Assessor).where(Assessor.cycle_id == cycle_id))
    session.add_all(
        Assessor(tenant_id=cycle.tenant_id, cycle_id=cycle_id, person_id=person_id, person_name=name, channel=channel)
        for person_id, name, channel in chosen
    )
    record(session, "cycle.assessors_chosen", "cycle", cycle_id, {"assessors": [[n, c] for _id, n, c in chosen]})


async def recuse(session: AsyncSession, cycle_id: UUID, pairs: Iterable[tuple[UUID, UUID]], reason: str) -> None:
    """回避 of (person, subject); a pair that stands already keeps the newest reason."""
    cycle = await open_draft(session, cycle_id)
    for person_id, subject_id in pairs:
        key = {"tenant_id": cycle.tenant_id, "cycle_id": cycle_id, "person_id": person_id, "subject_id": subject_id}
        await session.merge(Recusal(**key, reason=reason))
        detail = {"person": str(person_id), "subject": str(subject_id), "reason": reason}
        record(session, "cycle.recused", "cycle", cycle_id, detail)


async def lift_recusal(session: AsyncSession, cycle_id: UUID, person_id: UUID, subject_id: UUID) -> None:
    await open_draft(session, cycle_id)
    await session.execute(
        delete(Recusal).where(
            Recusal.cycle_id == cycle_id, Recusal.person_id == person_id, Recusal.subject_id == subject_id
        )
    )
    detail = {"person": str(person_id), "subject": str(subject_id)}
    record(session, "cycle.recusal_lifted", "cycle", cycle_id, detail)


async def set_calendar(session: AsyncSession, cycle_id: UUID, version: int, dates: Sequence[Dates]) -> None:
    cycle = await open_draft(session, cycle_id, version)
    await session.execute(delete(CyclePhase).where(CyclePhase.cycle_id == cycle_id))
    session.add_all(
        CyclePhase(tenant_id=cycle.tenant_id, cycle_id=cycle_id, phase=phase, opens_on=opens, closes_on=closes,
                   title=dict(title))
        for phase, opens, closes, title in dates
    )  # fmt: skip
    detail = {one.phase: [one.opens_on.isoformat(), one.closes_on.isoformat()] for one in dates}
    record(session, "cycle.calendar_set", "cycle", cycle_id, detail)


async def write_notice(session: AsyncSession, cycle_id: UUID, version: int, text: str) -> None:
    """'' goes back to the text that the platform makes from the draft."""
    cycle = await open_draft(session, cycle_id, version)
    cycle.notice = text
    record(session, "cycle.notice_written", "cycle", cycle_id, {"length": len(text)})


async def discard(session: AsyncSession, cycle_id: UUID) -> None:
    cycle = await open_draft(session, cycle_id)
    for part in (Recusal, Assessor, CyclePhase):
        await session.execute(delete(part).where(part.cycle_id == cycle_id))
    await session.delete(cycle)
    record(session, "cycle.discarded", "cycle", cycle_id, {"title": cycle.title})
