"""Rows of the lists: awards of a release, records counted by leaf."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.cycles.models import Participation
from kaohe.records.models import DailyRecord
from kaohe.results.models import Release, ReleasedSheet, Run, StoredSheet

Query = Select[*tuple[Any, ...]]


async def newest_release(session: AsyncSession, cycle_id: UUID) -> Row[Any] | None:
    query: Query = select(Release.id, Release.number, Release.released_at).where(Release.cycle_id == cycle_id)
    return (await session.execute(query.order_by(Release.number.desc()).limit(1))).one_or_none()


async def released_awards(session: AsyncSession, release_id: UUID) -> Sequence[Row[Any]]:
    s = ReleasedSheet
    query: Query = select(s.name, s.group_name, s.payload["awards"].label("awards")).where(s.release_id == release_id)
    return (await session.execute(query.order_by(s.kind, s.sort_key, s.subject))).all()


async def counts(session: AsyncSession, cycle: Row[Any], leaves: Sequence[str]) -> Mapping[tuple[UUID, str], int]:
    """(subject, leaf) → records that stand in the cycle's period."""
    d = DailyRecord
    query = (
        select(d.subject_id, d.leaf, func.count().label("records"))
        .where(d.tenant_id == func.app.tenant_id(), d.scheme_id == cycle.scheme_id, d.leaf.in_(leaves),
               d.date >= cycle.period_start, d.date <= cycle.period_end, d.reverses_id.is_(None),
               d.reversed_by_id.is_(None))
        .group_by(d.subject_id, d.leaf)
    )  # fmt: skip
    return {(row.subject_id, row.leaf): row.records for row in await session.execute(query)}


async def standings(session: AsyncSession, cycle_id: UUID) -> Sequence[Row[Any]]:
    """Every participant, with total and flags of the latest run where there is one."""
    p, s = Participation, StoredSheet
    latest = (
        select(Run.id).where(Run.cycle_id == cycle_id, Run.state == "done").order_by(Run.id.desc()).limit(1)
    ).scalar_subquery()  # fmt: skip
    query: Query = (
        select(p.subject_id, p.subject_kind.label("kind"), p.subject_name.label("name"), s.total, s.flags)
        .outerjoin(s, and_(s.tenant_id == p.tenant_id, s.subject_id == p.subject_id, s.run_id == latest))
        .where(p.cycle_id == cycle_id)
        .order_by(p.subject_kind, p.sort_key, p.subject_code)
    )
    return (await session.execute(query)).all()
