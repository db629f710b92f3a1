"""Reading what a rehearsal starts from, and those that were kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from kaohe.cycles.models import Cycle
from kaohe.rehearsal.models import Rehearsal
from kaohe.results.models import Run, StoredSheet

Newest = aliased(Run)
KEPT = (
    Rehearsal.id, Rehearsal.cycle_id, Rehearsal.run_id, Rehearsal.name, Rehearsal.scheme_version, Rehearsal.parameters,
    Rehearsal.summary, Rehearsal.saved_by_name, Rehearsal.saved_at,
)  # fmt: skip


async def start(session: AsyncSession, cycle_id: UUID, run_id: UUID | None = None) -> Row[Any] | None:
    """The cycle with one of its finished runs (default: the last that stands), and the version by which it was computed;
    `run_id` is None where it has none yet."""
    last = select(Newest.id).where(Newest.cycle_id == cycle_id, Newest.state == "done").order_by(Newest.id.desc())
    newest = last.limit(1).scalar_subquery()
    query: Any = (
        select(
            Cycle.id, Cycle.title, Cycle.scheme_id, func.coalesce(Run.scheme_version, Cycle.scheme_version).label("scheme_version"),
            Cycle.period, Run.id.label("run_id"), Run.facts, Run.finished_at, (Run.id == newest).label("is_last"),
        )
        .outerjoin(
            Run,
            and_(Run.tenant_id == Cycle.tenant_id, Run.cycle_id == Cycle.id, Run.state.in_(("done", "superseded")),
                 Run.id == (run_id or newest)),
        )
        .where(Cycle.id == cycle_id, Cycle.state != "draft")
    )  # fmt: skip
    return (await session.execute(query)).one_or_none()


async def group_names(session: AsyncSession, run_id: UUID) -> dict[str, str]:
    query = select(StoredSheet.group_id, func.max(StoredSheet.group_name).label("name")).where(
        StoredSheet.run_id == run_id
    )
    return {row.group_id: row.name for row in await session.execute(query.group_by(StoredSheet.group_id))}


async def kept_of(session: AsyncSession, cycle_id: UUID) -> Sequence[Row[Any]]:
    """Newest first."""
    query: Any = select(*KEPT).where(Rehearsal.cycle_id == cycle_id).order_by(Rehearsal.id.desc()).limit(100)
    rows: Sequence[Row[Any]] = (await session.execute(query)).all()
    return rows


async def kept(session: AsyncSession, cycle_id: UUID, rehearsal_id: UUID) -> Row[Any] | None:
    query: Any = select(*KEPT).where(Rehearsal.cycle_id == cycle_id, Rehearsal.id == rehearsal_id)
    return (await session.execute(query)).one_or_none()


async def name_taken(session: AsyncSession, cycle_id: UUID, name: str) -> bool:
    query = select(Rehearsal.id).where(Rehearsal.cycle_id == cycle_id, Rehearsal.name == name)
    return (await session.execute(query)).first() is not None
