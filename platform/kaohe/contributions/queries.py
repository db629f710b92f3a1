"""Reading contributions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, all_, and_, exists, func, literal, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.contributions.access import Reach
from kaohe.contributions.models import Contribution, ContributionAct, ContributionEvidence, ContributionRecord
from kaohe.evidence.models import Evidence
from kaohe.identity.models import Membership, Person
from kaohe.records.models import DailyRecord
from kaohe.subjects.models import Subject

PAGE = 50
C = Contribution
_LINE = (
    C.id, C.number, C.scheme_id, C.way, C.subject_kind, C.subject_name, C.title, C.state, C.step, C.author_name,
    C.changed_at,
)  # fmt: skip


def within(reach: Reach) -> ColumnElement[bool]:
    if reach.every:
        return literal(value=True)
    mine = or_(C.subject_id.in_(reach.units), C.author_id == reach.person_id)
    return or_(mine, C.opened_at.is_not(None)) if reach.office else mine


def waits_for(person_id: Any) -> ColumnElement[bool]:
    """On the person's own desk: they hold the role for the unit, and are not barred."""
    held = exists().where(
        Membership.tenant_id == C.tenant_id, Membership.person_id == person_id, Membership.role == C.waits_for,
        Membership.ended_at.is_(None), or_(Membership.subject_id.is_(None), Membership.subject_id == C.subject_id),
    )  # fmt: skip
    return and_(C.waits_for != "", held, person_id != all_(C.barred))


def _shown(query: Select[Any], reach: Reach, show: str) -> Select[Any]:
    query = query.where(within(reach))
    if show == "mine":
        return query.where(waits_for(reach.person_id))
    states = {"open": ("draft", "waiting", "returned"), "done": ("done",)}.get(show)
    return query.where(C.state.in_(states)) if states else query


async def page(session: AsyncSession, reach: Reach, show: str, number: int) -> Sequence[Row[Any]]:
    """Newest first; `total` on every row."""
    query: Select[*tuple[Any, ...]] = select(*_LINE, func.count().over().label("total"))
    query = _shown(query, reach, show)
    query = query.order_by(C.changed_at.desc(), C.id.desc()).limit(PAGE).offset((number - 1) * PAGE)
    rows: Sequence[Row[Any]] = (await session.execute(query)).all()
    return rows


async def contribution(
    session: AsyncSession, reach: Reach, contribution_id: UUID, *, lock: bool = False
) -> Contribution | None:
    query = select(C).where(C.id == contribution_id, within(reach))
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return (await session.execute(query)).scalar_one_or_none()


async def acts(session: AsyncSession, contribution_id: UUID) -> Sequence[ContributionAct]:
    query = select(ContributionAct).where(ContributionAct.contribution_id == contribution_id)
    return (await session.execute(query.order_by(ContributionAct.id))).scalars().all()


async def evidence(session: AsyncSession, contribution_id: UUID) -> Sequence[Row[Any]]:
    query: Select[*tuple[Any, ...]] = (
        select(Evidence.id, Evidence.name)
        .join(ContributionEvidence, and_(ContributionEvidence.tenant_id == Evidence.tenant_id,
                                         ContributionEvidence.evidence_id == Evidence.id))
        .where(ContributionEvidence.contribution_id == contribution_id)
        .order_by(ContributionEvidence.position)
    )  # fmt: skip
    return (await session.execute(query)).all()


async def records(session: AsyncSession, contribution_id: UUID) -> Sequence[DailyRecord]:
    """With those that were reversed."""
    d, link = DailyRecord, ContributionRecord
    query = (
        select(d)
        .join(link, and_(link.tenant_id == d.tenant_id, link.record_id == d.id))
        .where(link.contribution_id == contribution_id)
        .order_by(d.number)
    )
    return (await session.execute(query)).scalars().all()


async def evidence_in_reach(session: AsyncSession, reach: Reach, evidence_id: UUID) -> bool:
    """Whether the file belongs to a contribution that the person sees."""
    link = ContributionEvidence
    query = (
        select(C.id)
        .join(link, and_(link.tenant_id == C.tenant_id, link.contribution_id == C.id))
        .where(link.evidence_id == evidence_id, within(reach))
    )
    return (await session.execute(query.limit(1))).first() is not None


async def subject(session: AsyncSession, subject_id: UUID) -> Row[Any] | None:
    query: Select[*tuple[Any, ...]] = select(Subject.id, Subject.kind, Subject.name)
    return (await session.execute(query.where(Subject.id == subject_id))).one_or_none()


async def subjects(session: AsyncSession, kinds: Sequence[str], units: frozenset[UUID] | None) -> Sequence[Row[Any]]:
    """For whom somebody may draft; `units` None: for all. Those that ended are left out."""
    going = or_(Subject.active_to.is_(None), Subject.active_to >= func.current_date())
    query: Select[*tuple[Any, ...]] = select(Subject.id, Subject.kind, Subject.name).where(
        Subject.kind.in_(kinds), going
    )
    if units is not None:
        query = query.where(Subject.id.in_(units))
    return (await session.execute(query.order_by(Subject.kind, Subject.sort_key, Subject.code).limit(500))).all()


async def holders(session: AsyncSession, role: str, subject_id: UUID, barred: Sequence[UUID]) -> Sequence[str]:
    """Names of those who may act on a step, first those of the unit."""
    m = Membership
    query = (
        select(Person.name)
        .join(m, m.person_id == Person.id)
        .where(m.role == role, m.ended_at.is_(None), or_(m.subject_id.is_(None), m.subject_id == subject_id),
               m.tenant_id == func.app.tenant_id(), Person.id.not_in(barred), Person.disabled_at.is_(None))
        .group_by(Person.id, Person.name)
        .order_by(func.bool_or(m.subject_id.is_not(None)).desc(), Person.name)
    )  # fmt: skip
    return (await session.execute(query.limit(6))).scalars().all()


async def take_number(session: AsyncSession, year: int) -> int:
    taken = text(
        "INSERT INTO contribution_numbers (tenant_id, year, last) VALUES (app.tenant_id(), :year, 1)"
        " ON CONFLICT (tenant_id, year) DO UPDATE SET last = contribution_numbers.last + 1 RETURNING last"
    )
    return year * 10_000 + int((await session.execute(taken, {"year": year})).scalar_one())
