"""A cycle after its notice is out: receipts, extensions, reminders, confirmation, closing.

What other domains use of cycles:

    await cycle(session, cycle_id), phases(…), participations(session, cycle_id), my_assignments(session, person_id)
    phase_state(await phases(session, cycle_id), "grading", today())         # none, scheduled, open, closed
    filing_state(participation, today())                                     # with the participant's own extension
    await mark_confirmed(session, participation_ids)                         # the result of these is confirmed
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.audit.service import record
from kaohe.clock import now, today
from kaohe.cycles.agenda import CHANNEL as CHANNEL
from kaohe.cycles.agenda import REPORT as REPORT
from kaohe.cycles.agenda import name_of as name_of
from kaohe.cycles.agenda import report_due as report_due
from kaohe.cycles.models import Cycle, Extension, Participation
from kaohe.cycles.phases import filing_state as filing_state
from kaohe.cycles.phases import phase_state as phase_state
from kaohe.cycles.queries import OWN, open_assignments
from kaohe.cycles.queries import changeovers as changeovers
from kaohe.cycles.queries import cycle as cycle
from kaohe.cycles.queries import done_so_far as done_so_far
from kaohe.cycles.queries import my_assignments as my_assignments
from kaohe.cycles.queries import participations as participations
from kaohe.cycles.queries import phases as phases
from kaohe.cycles.schemes import Group as Group
from kaohe.cycles.schemes import group_of as group_of
from kaohe.cycles.schemes import phase_name as phase_name
from kaohe.cycles.schemes import phases_of as phases_of
from kaohe.cycles.schemes import takes_claims as takes_claims
from kaohe.db.session import acting_for, current_tenant
from kaohe.errors import Conflict, FieldProblem, Invalid, NotFound
from kaohe.i18n import _, official
from kaohe.identity.models import Role
from kaohe.inbox.service import Letter, on_receipt, send_all

PARTY_ROLES = (Role.REPORTER, Role.LEAD)


async def running_cycle(session: AsyncSession, cycle_id: UUID) -> Cycle:
    """Locked. Raises NotFound, or Conflict when it is a draft or closed."""
    found = (await session.execute(select(Cycle).where(Cycle.id == cycle_id).with_for_update())).scalar_one_or_none()
    if found is None:
        raise NotFound
    if found.state != "issued":
        raise Conflict(_("考核还没有发出通知。") if found.state == "draft" else _("考核已经结束。"))
    return found


@on_receipt("participation")
async def receipt_of_participation(session: AsyncSession, participation_id: UUID, name: str) -> None:
    """Confirmed by the party (written into the host's row), or by a unit of the host for all its own."""
    party = current_tenant(session)
    row = (
        await session.execute(
            select(Participation.tenant_id, Participation.cycle_id, Participation.unit_id).where(
                Participation.id == participation_id, Participation.party_id == party
            )
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    meant: ColumnElement[bool] = Participation.id == participation_id
    if row.unit_id is not None:
        meant = or_(meant, (Participation.cycle_id == row.cycle_id) & (Participation.unit_id == row.unit_id))
    async with acting_for(session, row.tenant_id):
        await _receive(session, meant, name)
        record(session, "cycle.received", "participation", participation_id, {"by": name})


@on_receipt("cycle")
async def receipt_of_cycle(session: AsyncSession, cycle_id: UUID, name: str) -> None:
    """The host's own people confirm for all units that have nobody of their own."""
    own = (Participation.party_id == Participation.tenant_id) & Participation.unit_id.is_(None)
    await _receive(session, (Participation.cycle_id == cycle_id) & own, name)
    record(session, "cycle.received", "cycle", cycle_id, {"by": name})


async def _receive(session: AsyncSession, meant: ColumnElement[bool], name: str) -> None:
    change = update(Participation).where(Participation.tenant_id == OWN, meant, Participation.receipt_at.is_(None))
    await session.execute(change.values(receipt_at=now(), receipt_by=name))


async def extend(
    session: AsyncSession, cycle_id: UUID, participation_ids: Sequence[UUID], *, until: date, reason: str, by: UUID
) -> int:
    """Moves the last day of the self-assessment of these participants and tells them. Raises NotFound, Invalid."""
    running = await running_cycle(session, cycle_id)
    chosen = await _chosen(session, cycle_id, participation_ids)
    for one in chosen:
        if one.self_assessment_closes is None:
            raise Conflict(_("这个方案没有自评，不需要延期。"))
        if until <= one.self_assessment_closes or until < today():
            latest = max(one.self_assessment_closes, today())
            text = _("{name}的自评截止日是 {day}，延期后的日期应更晚。").format(name=one.subject_name, day=latest)
            raise Invalid([FieldProblem("until", text)])
    for one in chosen:
        one.self_assessment_closes = until
        session.add(Extension(tenant_id=one.tenant_id, participation_id=one.id, party_id=one.party_id, until=until,
                              reason=reason, granted_by=by))  # fmt: skip
        record(session, "cycle.extended", "participation", one.id, {"until": until.isoformat(), "reason": reason})
    with official():
        title = _("{title}：自评延期至 {day}").format(title=running.title, day=until)
        body = _("延期理由：{reason}").format(reason=reason)
        if await _reports_follow(session, cycle_id):
            body += "\n" + _("同日截止的报告一并延期。")
    await tell(session, chosen, title, body, until, "/self-assessments")
    return len(chosen)


async def _reports_follow(session: AsyncSession, cycle_id: UUID) -> bool:
    dates = {one.phase: one.closes_on for one in await phases(session, cycle_id)}
    return any(key.startswith(REPORT) and last == dates.get("self_assessment") for key, last in dates.items())


async def _chosen(session: AsyncSession, cycle_id: UUID, ids: Sequence[UUID]) -> Sequence[Participation]:
    query = (
        select(Participation)
        .where(Participation.tenant_id == OWN, Participation.cycle_id == cycle_id, Participation.id.in_(ids))
        .order_by(Participation.id)
        .with_for_update()
    )
    found = (await session.execute(query)).scalars().all()
    if not ids or len(found) != len(set(ids)):
        raise NotFound
    return found


async def tell(
    session: AsyncSession, chosen: Sequence[Participation], title: str, body: str, due: date | None, link: str
) -> None:
    """A message to each party, and to each of the host's own units, one where it answers for several subjects."""
    by_address: dict[tuple[UUID, UUID | None], list[str]] = defaultdict(list)
    about = {}
    for one in chosen:
        address = (one.party_id, one.unit_id)
        by_address[address].append(one.subject_name)
        about[address] = ("participation", one.id)
    letters: dict[UUID, list[Letter]] = defaultdict(list)
    for address, names in by_address.items():
        party_id, unit_id = address
        with official():
            shown = body if len(names) == 1 else "\n".join((body, _("涉及：{names}").format(names="、".join(names))))
        letters[party_id].append(Letter(kind="cycle", title=title, body=shown, link=link, roles=PARTY_ROLES,
                                        subject_id=unit_id, due=due, about=about[address]))  # fmt: skip
    for party_id, theirs in letters.items():
        await send_all(session, party_id, theirs)


async def mark_confirmed(session: AsyncSession, participation_ids: Sequence[UUID] | Select[UUID]) -> None:
    """The results of these participants stand; the progress board shows it."""
    change = update(Participation).where(Participation.tenant_id == OWN, Participation.id.in_(participation_ids))
    await session.execute(change.values(confirmed_at=now()))


async def close(session: AsyncSession, cycle_id: UUID) -> None:
    """Nothing is filed or graded in it any more; results stay. Raises NotFound, Conflict."""
    running = await running_cycle(session, cycle_id)
    left = await open_assignments(session, cycle_id)
    running.state, running.closed_at = "closed", now()
    record(session, "cycle.closed", "cycle", cycle_id, {"title": running.title, "open_assignments": left})
