"""What stands above a ranking, in one statement: the cycle, its runs, and what the last one is compared with."""

from __future__ import annotations

from collections import namedtuple
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from kaohe.cycles.models import Cycle
from kaohe.db.ready import Ready
from kaohe.results.models import Release, Run
from kaohe.results.queries import CYCLE, RUN_COLUMNS, UNDER_WAY, cycle_columns, done_and_busy, newest


@dataclass(frozen=True, slots=True)
class Head:
    """`run`: the last one that was done; `busy`: a newer one that is under way or failed. `before`: the cycle's last
    release of another run, else that of the period before."""

    cycle: Any
    run: Any
    busy: Any
    before: Any


def _before() -> Any:
    earlier, release = aliased(Cycle), aliased(Release)
    same = earlier.id == Cycle.id
    period = and_(earlier.scheme_id == Cycle.scheme_id, earlier.period < Cycle.period,
                  func.length(earlier.period) == func.length(Cycle.period))  # fmt: skip
    return (
        select(release.id, release.number, earlier.period, same.label("same_cycle"))
        .join(earlier, and_(earlier.tenant_id == release.tenant_id, earlier.id == release.cycle_id))
        .where(release.run_id != Run.id, or_(same, period), Run.state == "done")
        .order_by(same.desc(), earlier.period.desc(), release.number.desc()).limit(1).lateral("before")
    )  # fmt: skip


_BEFORE = _before()
_PARTS = {"cycle": cycle_columns(), "run": RUN_COLUMNS, "before": tuple(_BEFORE.c)}
_ROWS: dict[str, Any] = {part: namedtuple(part, [one.key for one in columns]) for part, columns in _PARTS.items()}


@Ready
def _head() -> Any:
    columns = [one.label(f"{part}_{one.key}") for part, listed in _PARTS.items() for one in listed]
    run = and_(Run.tenant_id == Cycle.tenant_id, or_(Run.id == newest("done"), Run.id == newest(*UNDER_WAY)))
    return (
        select(*columns).select_from(Cycle).outerjoin(Run, run)
        .outerjoin(Release, and_(Release.tenant_id == Run.tenant_id, Release.run_id == Run.id))
        .outerjoin(_BEFORE, true())
        .where(Cycle.id == CYCLE, Cycle.state != "draft")
    )  # fmt: skip


async def head_of(session: AsyncSession, cycle_id: UUID) -> Head | None:
    """None where the cycle is not there, or a draft."""
    rows = await _head.rows(session, cycle=cycle_id)
    if not rows:
        return None
    parts: dict[str, list[Any]] = {part: [] for part in _PARTS}
    for row in rows:
        cells = iter(row)
        for part, columns in _PARTS.items():
            parts[part].append(_ROWS[part]._make([next(cells) for _ in columns]))
    run, busy = done_and_busy([one for one in parts["run"] if one.id])
    before = next((one for one in parts["before"] if one.id), None)
    return Head(parts["cycle"][0], run, busy, before if run else None)
