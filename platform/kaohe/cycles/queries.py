"""Reading cycles and who takes part."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, Text, Uuid, func, literal, or_, select, union_all
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from kaohe.catalogue.models import SchemeVersion
from kaohe.cycles.models import (
    BY_GROUP,
    Assessor,
    Assignment,
    Changeover,
    Cycle,
    CyclePhase,
    Extension,
    Participation,
    Recusal,
)  # fmt: skip
from kaohe.identity.models import Membership, Person, Role
from kaohe.subjects.models import Subject

PAGE = 50
OWN = func.app.tenant_id()
Changed, Held = Changeover, SchemeVersion
_CYCLE = (
    Cycle.id, Cycle.title, Cycle.scheme_id, Cycle.scheme_version, Cycle.scheme_hash, Cycle.parameter_version_id,
    Cycle.parameters, Cycle.period, Cycle.period_start, Cycle.period_end, Cycle.state, Cycle.notice, Cycle.draft,
    Cycle.created_by, Cycle.created_at, Cycle.issued_at, Cycle.closed_at, Cycle.version,
)  # fmt: skip


async def cycle(session: AsyncSession, cycle_id: UUID) -> Row[Any] | None:
    return (await session.execute(select(*_CYCLE).where(Cycle.id == cycle_id))).one_or_none()


async def cycle_shown(session: AsyncSession, cycle_id: UUID) -> Row[Any] | None:
    """With `changes`, newest first, and `held`: how many versions of a scheme of its own the jurisdiction holds."""
    told = func.jsonb_build_object(
        "from", Changed.from_version, "to", Changed.to_version, "reason", Changed.reason, "document", Changed.document,
        "by", Changed.decided_by_name,
        "on", func.to_char(func.timezone("Asia/Shanghai", Changed.decided_at), "YYYY-MM-DD"), "set_aside", Changed.set_aside,
    )  # fmt: skip
    changes = select(func.jsonb_agg(aggregate_order_by(told, Changed.id.desc()))).where(
        Changed.tenant_id == Cycle.tenant_id, Changed.cycle_id == Cycle.id
    )
    held = select(func.count()).where(
        Held.tenant_id == Cycle.tenant_id, Held.scheme_id == Cycle.scheme_id, Held.number.is_not(None)
    )
    more = (changes.scalar_subquery().label("changes"), held.scalar_subquery().label("held"))
    return (await session.execute(select(*_CYCLE, *more).where(Cycle.id == cycle_id))).one_or_none()


async def twins(session: AsyncSession, cycle: Row[Any]) -> Sequence[str]:
    """Titles of other cycles of the same scheme and period whose notice is out."""
    query = select(Cycle.title).where(
        Cycle.scheme_id == cycle.scheme_id, Cycle.period == cycle.period, Cycle.id != cycle.id, Cycle.state != "draft"
    )
    return (await session.execute(query.order_by(Cycle.issued_at).limit(3))).scalars().all()


async def phases(session: AsyncSession, cycle_id: UUID) -> Sequence[Row[Any]]:
    """(phase, opens_on, closes_on, title) in the order in which they follow each other, a phase before its channels."""
    query: Select[*tuple[Any, ...]] = (
        select(CyclePhase.phase, CyclePhase.opens_on, CyclePhase.closes_on, CyclePhase.title)
        .where(CyclePhase.cycle_id == cycle_id)
        .order_by(CyclePhase.opens_on, CyclePhase.closes_on.desc())
    )
    return (await session.execute(query)).all()


async def participations(session: AsyncSession, cycle_id: UUID) -> Sequence[Row[Any]]:
    """All who take part in a cycle of one's own, by group and name."""
    query: Select[*tuple[Any, ...]] = (
        select(
            Participation.id, Participation.cycle_id, Participation.subject_id, Participation.party_id,
            Participation.subject_code, Participation.subject_name, Participation.subject_kind,
            Participation.group_name, Participation.attributes, Participation.self_assessment_opens,
            Participation.self_assessment_closes, Participation.filing_state, Participation.filed_at,
            Participation.receipt_at, Participation.receipt_by, Participation.unit_id, Participation.confirmed_at,
        )
        .where(Participation.tenant_id == OWN, Participation.cycle_id == cycle_id)
        .order_by(*BY_GROUP, Participation.sort_key, Participation.subject_code)
    )  # fmt: skip
    return (await session.execute(query)).all()


async def participants(session: AsyncSession, cycle_id: UUID) -> Sequence[Row[Any]]:
    """Names only, for a page that lists them all."""
    query: Select[*tuple[Any, ...]] = (
        select(Participation.subject_id, Participation.subject_name, Participation.group_name)
        .where(Participation.tenant_id == OWN, Participation.cycle_id == cycle_id)
        .order_by(*BY_GROUP, Participation.sort_key, Participation.subject_code)
    )
    return (await session.execute(query)).all()


async def extensions(session: AsyncSession, cycle_id: UUID) -> Sequence[Row[Any]]:
    """Given so far, the newest first."""
    query: Select[*tuple[Any, ...]] = (
        select(Extension.until, Extension.reason, Extension.granted_at, Participation.subject_name,
               Person.name.label("granted_by"))
        .join(Participation, (Participation.tenant_id == Extension.tenant_id)
              & (Participation.id == Extension.participation_id))
        .outerjoin(Person, Person.id == Extension.granted_by)
        .where(Extension.tenant_id == OWN, Participation.cycle_id == cycle_id)
        .order_by(Extension.granted_at.desc(), Participation.sort_key)
        .limit(PAGE)
    )  # fmt: skip
    return (await session.execute(query)).all()


async def changeovers(session: AsyncSession, cycle_id: UUID) -> Sequence[Changeover]:
    """Newest first."""
    query = select(Changeover).where(Changeover.cycle_id == cycle_id).order_by(Changeover.id.desc())
    return (await session.execute(query)).scalars().all()


async def my_assignments(session: AsyncSession, person_id: UUID) -> Sequence[Row[Any]]:
    """Everything an assessor has to grade or graded in cycles that are not closed, the next to close first."""
    query: Select[*tuple[Any, ...]] = (
        select(
            Assignment.id, Assignment.cycle_id, Assignment.participation_id, Assignment.channel, Assignment.state,
            Assignment.filed_at, Cycle.title, Cycle.scheme_id, Cycle.scheme_version, Participation.subject_id,
            Participation.subject_name, Participation.subject_kind, Participation.group_name,
            Participation.filing_state, CyclePhase.opens_on, CyclePhase.closes_on,
        )
        .join(Participation, (Participation.tenant_id == Assignment.tenant_id)
              & (Participation.id == Assignment.participation_id))
        .join(Cycle, (Cycle.tenant_id == Assignment.tenant_id) & (Cycle.id == Assignment.cycle_id))
        .outerjoin(CyclePhase, (CyclePhase.tenant_id == Cycle.tenant_id) & (CyclePhase.cycle_id == Cycle.id)
                   & (CyclePhase.phase == "grading"))
        .where(Assignment.person_id == person_id, Cycle.state == "issued")
        .order_by(CyclePhase.closes_on, Cycle.id, *BY_GROUP, Participation.sort_key)
    )  # fmt: skip
    return (await session.execute(query)).all()


async def open_assignments(session: AsyncSession, cycle_id: UUID) -> int:
    query = select(func.count()).where(Assignment.cycle_id == cycle_id, Assignment.state == "open")
    return (await session.execute(query)).scalar_one()


async def done_so_far(session: AsyncSession, cycle_id: UUID) -> tuple[int, int]:
    """How many filed their self-assessment, and how many gradings are handed in."""
    filed = select(func.count()).where(
        Participation.tenant_id == OWN, Participation.cycle_id == cycle_id, Participation.filing_state == "filed"
    )
    graded = select(func.count()).where(Assignment.cycle_id == cycle_id, Assignment.state == "filed")
    row = (await session.execute(select(filed.scalar_subquery(), graded.scalar_subquery()))).one()
    return row[0], row[1]


async def count_cycles(session: AsyncSession) -> int:
    return (await session.execute(select(func.count()).select_from(Cycle))).scalar_one()


async def cycles(session: AsyncSession, page: int) -> Sequence[Row[Any]]:
    """The newest first, each with its phases' last days and how many take part, filed and are graded."""
    last = {
        phase: select(CyclePhase.closes_on)
        .where(CyclePhase.cycle_id == Cycle.id, CyclePhase.tenant_id == Cycle.tenant_id, CyclePhase.phase == phase)
        .scalar_subquery()
        .label(f"{phase}_closes")
        for phase in ("self_assessment", "grading", "confirmation")
    }
    mine = (Participation.cycle_id == Cycle.id) & (Participation.tenant_id == Cycle.tenant_id)
    numbers = [
        select(func.count()).select_from(Participation).where(mine).scalar_subquery().label("subjects"),
        select(func.count()).select_from(Participation).where(mine, Participation.filing_state == "filed")
        .scalar_subquery().label("filed"),
        select(func.count()).select_from(Participation).where(mine, Participation.confirmed_at.is_not(None))
        .scalar_subquery().label("confirmed"),
    ]  # fmt: skip
    query: Select[*tuple[Any, ...]] = select(
        Cycle.id, Cycle.title, Cycle.scheme_id, Cycle.period, Cycle.state, Cycle.created_at, Cycle.issued_at,
        *last.values(), *numbers,
    ).order_by(Cycle.created_at.desc(), Cycle.id).limit(PAGE).offset((page - 1) * PAGE)  # fmt: skip
    return (await session.execute(query)).all()


async def subjects(session: AsyncSession, kinds: Sequence[str], start: date, end: date) -> Sequence[Row[Any]]:
    """Who could take part: of these kinds and active on some day of the period."""
    parent = aliased(Subject)
    query: Select[*tuple[Any, ...]] = (
        select(
            Subject.id, Subject.code, Subject.kind, Subject.name, Subject.sort_key, Subject.parent_id,
            Subject.jurisdiction_id, Subject.person_id, Subject.attributes, Subject.active_from, Subject.active_to,
            parent.name.label("parent_name"), parent.code.label("parent_code"),
        )
        .outerjoin(parent, (parent.tenant_id == Subject.tenant_id) & (parent.id == Subject.parent_id))
        .where(
            Subject.kind.in_(kinds),
            or_(Subject.active_from.is_(None), Subject.active_from <= end),
            or_(Subject.active_to.is_(None), Subject.active_to >= start),
        )
        .order_by(Subject.kind, Subject.sort_key, Subject.code)
    )  # fmt: skip
    return (await session.execute(query)).all()


async def holders(session: AsyncSession, *roles: Role) -> Sequence[Row[Any]]:
    """(person_id, name, login, role, subject_id) of those who hold one of the roles here."""
    query: Select[*tuple[Any, ...]] = (
        select(Membership.person_id, Person.name, Person.login, Membership.role, Membership.subject_id)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.tenant_id == OWN, Membership.ended_at.is_(None),
               Membership.role.in_([role.value for role in roles]))
        .order_by(Person.name, Person.login)
    )  # fmt: skip
    return (await session.execute(query)).all()


async def people(session: AsyncSession, cycle_id: UUID) -> Sequence[Row[Any]]:
    """Assessors and 回避 of a cycle: (person_id, name, channel, subject_id, reason); `reason` null for an assessor."""
    no_text, no_id = literal(None, Text), literal(None, Uuid)
    chosen = select(
        Assessor.person_id, Assessor.person_name.label("name"), Assessor.channel, no_id.label("subject_id"),
        no_text.label("reason"),
    ).where(Assessor.cycle_id == cycle_id)  # fmt: skip
    recused = (
        select(Recusal.person_id, Person.name, no_text, Recusal.subject_id, Recusal.reason)
        .join(Person, Person.id == Recusal.person_id)
        .where(Recusal.cycle_id == cycle_id)
    )
    both = union_all(chosen, recused).subquery()
    return (await session.execute(select(both).order_by(both.c.name, both.c.channel))).all()
