"""Issuing the notice: what was a draft is pinned, everybody who takes part is written down and told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.audit.service import record
from kaohe.catalogue.service import let_read
from kaohe.clock import now
from kaohe.cycles import queries
from kaohe.cycles.drafts import open_draft
from kaohe.cycles.models import Cycle, Participation
from kaohe.cycles.notices import notice_text, pinned, snapshot
from kaohe.cycles.schemes import PHASES, phase_name
from kaohe.cycles.setup import Setup, load
from kaohe.errors import FieldProblem, Invalid
from kaohe.i18n import _, apart, official
from kaohe.identity.models import Role
from kaohe.inbox.service import Letter, send_all

PARTY_ROLES = (Role.REPORTER, Role.LEAD)  # those who can open what the notice leads to
UNIT_ROLES = (Role.REPORTER, Role.LEAD)

ASSIGN = text("""
INSERT INTO assignments (tenant_id, cycle_id, participation_id, person_id, channel)
SELECT p.tenant_id, p.cycle_id, p.id, a.person_id, a.channel
  FROM participations p JOIN assessors a ON a.tenant_id = p.tenant_id AND a.cycle_id = p.cycle_id
 WHERE p.tenant_id = (SELECT app.tenant_id()) AND p.cycle_id = :cycle_id AND NOT EXISTS (
   SELECT FROM recusals r WHERE r.tenant_id = p.tenant_id AND r.cycle_id = p.cycle_id
      AND r.person_id = a.person_id AND r.subject_id = p.subject_id)
""")


async def issue_notice(session: AsyncSession, cycle_id: UUID, version: int, host: str) -> None:
    """Raises NotFound, Conflict (already out, or changed meanwhile), Invalid with every hurdle left in the draft."""
    cycle = await open_draft(session, cycle_id, version)
    await session.flush()
    setup = await load(session, cycle_id, "candidates", "people", "phases")
    blocking = [FieldProblem(hurdle.step, hurdle.message) for hurdle in setup.hurdles if hurdle.blocks]
    if blocking:
        raise Invalid(blocking)
    units = await _answering_units(session, setup)
    _pin(cycle, setup, host)
    made = _participations(setup, cycle.tenant_id, units, snapshot(setup, host))
    session.add_all(made)
    await session.flush()
    if setup.graded:
        await session.execute(ASSIGN, {"cycle_id": cycle_id})
    parties = {one.party_id for one in made} - {cycle.tenant_id}
    await let_read(session, setup.scheme, sorted(parties))
    await _tell(session, setup, cycle, made)
    detail = {"title": cycle.title, "scheme": cycle.scheme_id, "version": cycle.scheme_version,
              "hash": cycle.scheme_hash, "parameters": cycle.parameters, "subjects": len(made)}  # fmt: skip
    record(session, "cycle.issued", "cycle", cycle_id, detail)


def _pin(cycle: Cycle, setup: Setup, host: str) -> None:
    cycle.scheme_version, cycle.scheme_hash = setup.scheme.version, setup.scheme.content_hash
    cycle.parameter_version_id, cycle.parameters = setup.parameters.version_id, pinned(setup)
    cycle.notice = cycle.notice or notice_text(setup, host)
    cycle.state, cycle.issued_at = "issued", now()


async def _answering_units(session: AsyncSession, setup: Setup) -> dict[UUID, UUID | None]:
    """Subject → the unit whose reporters or leads answer for it: itself, or the one it belongs to."""
    staffed = {row.subject_id for row in await queries.holders(session, *UNIT_ROLES)}
    own = [one for one in setup.subjects if one.party_id is None]
    return {one.id: next((unit for unit in (one.id, one.parent_id) if unit in staffed), None) for one in own}


def _participations(
    setup: Setup, host_id: UUID, units: dict[UUID, UUID | None], notice: dict[str, Any]
) -> list[Participation]:
    filing = next((one for one in setup.phases if one.phase == "self_assessment"), None)
    return [
        Participation(
            tenant_id=host_id, cycle_id=setup.cycle.id, subject_id=one.id, party_id=one.party_id or host_id,
            subject_code=one.code, subject_name=one.name, subject_kind=one.kind, group_id=one.group.id,
            group_name=one.group.title, sort_key=one.sort_key, attributes=one.attributes, notice=notice, unit_id=units.get(one.id),
            self_assessment_opens=filing.opens_on if filing else None,
            self_assessment_closes=filing.closes_on if filing else None,
        )
        for one in setup.subjects
    ]  # fmt: skip


async def _tell(session: AsyncSession, setup: Setup, cycle: Cycle, made: Sequence[Participation]) -> None:
    own, parties = [], defaultdict(list)
    for participation in made:
        if participation.party_id == cycle.tenant_id:
            own.append(participation)
        else:
            parties[participation.party_id].append(participation)
    for party_id, theirs in parties.items():
        letters = [
            _letter(setup, cycle, ("participation", one.id), PARTY_ROLES, link=f"/self-assessments/{one.id}")
            for one in theirs
        ]
        await send_all(session, party_id, letters)
    await send_all(session, cycle.tenant_id, [*_own_letters(setup, cycle, own), *_assessor_letters(setup, cycle)])


def _own_letters(setup: Setup, cycle: Cycle, own: Sequence[Participation]) -> list[Letter]:
    """One for each unit that has people of its own, one for all the others together."""
    first: dict[UUID | None, Participation] = {}
    for participation in own:
        first.setdefault(participation.unit_id, participation)
    return [
        _letter(setup, cycle, ("participation", one.id) if unit else ("cycle", cycle.id), UNIT_ROLES, unit)
        for unit, one in first.items()
    ]


@official()
def _letter(
    setup: Setup,
    cycle: Cycle,
    about: tuple[str, UUID],
    roles: Sequence[Role],
    unit: UUID | None = None,
    link: str = "/self-assessments",
) -> Letter:
    opening = next(one for one in setup.phases if one.phase in PHASES)
    return Letter(
        kind="cycle", title=_("关于开展{title}的通知").format(title=apart(cycle.title)), body=cycle.notice, roles=roles,
        subject_id=unit, due=opening.opens_on, asks_receipt=True, about=about,
        link=link if setup.graded else "",
    )  # fmt: skip


@official()
def _assessor_letters(setup: Setup, cycle: Cycle) -> list[Letter]:
    grading = next((one for one in setup.phases if one.phase == "grading"), None)
    if grading is None:
        return []
    title = _("请您参加{title}的评分").format(title=apart(cycle.title))
    body = _("{phase}从 {first} 开始，{last} 截止。需要回避的对象不会出现在您的评分队列里。").format(
        phase=phase_name("grading"), first=grading.opens_on, last=grading.closes_on)  # fmt: skip
    people = dict.fromkeys(row.person_id for row in setup.assessors)
    return [
        Letter(kind="cycle", title=title, body=body, link="/grading", person_id=person, due=grading.closes_on,
               about=("cycle", cycle.id))
        for person in people
    ]  # fmt: skip
