"""Reading followups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, Uuid, and_, bindparam, false, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.db.ready import Ready
from kaohe.followups.access import Reach
from kaohe.followups.models import RECTIFY, TO_ACT, Followup, FollowupAct, FollowupEvidence

F = Followup
Query = Select[*tuple[Any, ...]]
OWN = func.app.tenant_id()
PAGE = 100
SHOWN = (
    F.tenant_id, F.id, F.cycle_id, F.cycle_title, F.host, F.release_number, F.key, F.cause, F.cause_title, F.action,
    F.title, F.actor, F.article, F.bulletin, F.subject_id, F.subject_name, F.group_name, F.party_id,
    F.unit_id, F.person_id, F.state, F.follows, F.due, F.opened_at, F.outcome, F.settled_on, F.document, F.decided_by,
    F.settled_at, F.settled_name, F.version,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Filter:
    """`only`: what is to be acted on, or late, or a state. `received`: what concerns the person, not what the office
    has to see to."""

    cycle_id: UUID | None = None
    only: str = ""
    received: bool = False
    page: int = 1


def _concerns(reach: Reach) -> ColumnElement[bool]:
    """Rows about the jurisdiction itself, its units, the person. What is about a whole result is the office's alone."""
    about = and_(F.party_id == OWN, F.subject_id.is_not(None))
    if reach.whole:
        return about
    return and_(about, or_(F.person_id == reach.person_id, F.subject_id.in_(reach.units), F.unit_id.in_(reach.units)))


def _hosted(reach: Reach) -> ColumnElement[bool]:
    return F.tenant_id == OWN if reach.office else false()


def _of(reach: Reach, chosen: Filter) -> ColumnElement[bool]:
    """An office receives only what other jurisdictions decided; the rest stands among its own."""
    if reach.office and not chosen.received:
        return F.tenant_id == OWN
    return and_(_concerns(reach), F.tenant_id != OWN) if reach.office else _concerns(reach)


def _late(day: date) -> ColumnElement[bool]:
    """Who hands in in time is not late while the office looks at it."""
    return and_(F.state.in_(("open", "returned")), F.due < day)


def _only(only: str, day: date) -> ColumnElement[bool] | None:
    if only == "late":
        return _late(day)
    if only in ("done", "waived", "withdrawn", "filed"):
        return F.state == only
    return None if only == "all" else F.state.in_(TO_ACT)


async def page(
    session: AsyncSession, reach: Reach, chosen: Filter, day: date, *, most: int | None = PAGE
) -> Sequence[Row[Any]]:
    """Late ones first, then by when they are due; `total` of all that match."""
    query: Query = select(*SHOWN, func.count().over().label("total")).where(_of(reach, chosen))
    if chosen.cycle_id:
        query = query.where(F.cycle_id == chosen.cycle_id)
    only = _only(chosen.only, day)
    if only is not None:
        query = query.where(only)
    query = query.order_by(
        F.due.asc().nulls_last(),
        F.opened_at.desc(),
        F.cycle_id,
        F.position,
        F.group_id,
        F.group_name,
        F.sort_key,
        F.id,
    )
    return (await session.execute(query.limit(most).offset((chosen.page - 1) * most if most else 0))).all()


async def counts(session: AsyncSession, reach: Reach, chosen: Filter, day: date) -> Row[Any]:
    """(to_act, late, filed, done, waived, withdrawn), whatever is filtered by state."""
    states = (func.count().filter(F.state == state).label(state) for state in ("filed", "done", "waived", "withdrawn"))
    query: Query = select(
        func.count().filter(F.state.in_(TO_ACT)).label("to_act"), func.count().filter(_late(day)).label("late"), *states
    ).where(_of(reach, chosen))
    if chosen.cycle_id:
        query = query.where(F.cycle_id == chosen.cycle_id)
    return (await session.execute(query)).one()


async def cycles(session: AsyncSession, reach: Reach, chosen: Filter) -> Sequence[Row[Any]]:
    """(id, title) of those that have any, the newest first."""
    query: Query = select(F.cycle_id, func.max(F.cycle_title).label("title")).where(_of(reach, chosen))
    query = query.group_by(F.cycle_id).order_by(func.max(F.opened_at).desc()).limit(100)
    return (await session.execute(query)).all()


async def received(session: AsyncSession, reach: Reach) -> bool:
    """Whether an office has anything to see to that another jurisdiction decided."""
    query = select(F.id).where(_of(reach, Filter(received=True))).limit(1)
    return (await session.execute(query)).first() is not None


async def followup(session: AsyncSession, reach: Reach, followup_id: UUID) -> Row[Any] | None:
    query: Query = select(*SHOWN).where(F.id == followup_id, or_(_hosted(reach), _concerns(reach)))
    return (await session.execute(query)).one_or_none()


async def chosen(session: AsyncSession, ids: Sequence[UUID]) -> Sequence[Row[Any]]:
    """Of the jurisdiction's own, those that can still be settled."""
    query: Query = select(*SHOWN).where(F.tenant_id == OWN, F.id.in_(ids), F.state.in_(TO_ACT))
    return (await session.execute(query.order_by(F.position, F.group_id, F.group_name, F.sort_key, F.id))).all()


async def locked(session: AsyncSession, followup_id: UUID) -> Followup | None:
    query = select(F).where(F.tenant_id == OWN, F.id == followup_id).with_for_update()
    return (await session.execute(query.execution_options(populate_existing=True))).scalar_one_or_none()


async def late(session: AsyncSession, cycle_id: UUID | None, day: date) -> Sequence[Followup]:
    """Rectifications of the jurisdiction's own that are late, to be acted on."""
    query = select(F).where(F.tenant_id == OWN, F.action == RECTIFY, _late(day)).order_by(F.id).with_for_update()
    if cycle_id:
        query = query.where(F.cycle_id == cycle_id)
    return (await session.execute(query)).scalars().all()


async def acts(session: AsyncSession, followup_id: UUID) -> Sequence[Row[Any]]:
    """Oldest first, each with its files: [[host's id, party's id, name]]."""
    a, e = FollowupAct, FollowupEvidence
    files = (
        select(func.jsonb_agg(func.jsonb_build_array(e.evidence_id, e.origin_id, e.name)))
        .where(e.tenant_id == a.tenant_id, e.act_id == a.id)
        .scalar_subquery()
    )
    query: Query = select(a.action, a.note, a.due, a.person_name, a.acted_at, files.label("files"))
    return (await session.execute(query.where(a.followup_id == followup_id).order_by(a.acted_at, a.id))).all()


async def of_subject(session: AsyncSession, cycle_id: UUID, subject_id: UUID) -> Sequence[Row[Any]]:
    """What followed for one subject of a cycle, in the order of the regulation."""
    query: Query = select(*SHOWN).where(F.cycle_id == cycle_id, F.subject_id == subject_id)
    return (await session.execute(query.order_by(F.position, F.id))).all()


async def subjects_of(session: AsyncSession, cycle_id: UUID, key: str) -> Sequence[UUID]:
    """Whom a consequence concerns; those for whom it was withdrawn are left out."""
    query = select(F.subject_id).where(F.tenant_id == OWN, F.cycle_id == cycle_id, F.key == key, F.state != "withdrawn")
    return [one for one in (await session.execute(query)).scalars() if one is not None]


async def own_followup(session: AsyncSession, followup_id: UUID) -> Row[Any] | None:
    """Of the jurisdiction's own results."""
    query: Query = select(*SHOWN).where(F.tenant_id == OWN, F.id == followup_id)
    return (await session.execute(query)).one_or_none()


@Ready
def _progress() -> Any:
    settled = func.count().filter(F.state.in_(("done", "waived"))).label("settled")
    query = select(F.key, func.count().label("total"), settled)
    mine = and_(F.tenant_id == OWN, F.cycle_id == bindparam("cycle", type_=Uuid), F.state != "withdrawn")
    return query.where(mine).group_by(F.key)


async def progress(session: AsyncSession, cycle_id: UUID) -> Mapping[str, tuple[int, int]]:
    """By consequence: how many are settled, of how many. What was withdrawn is left out."""
    return {row.key: (row.settled, row.total) for row in await _progress.rows(session, cycle=cycle_id)}
