"""Asking for a computation and writing down how it goes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.audit.service import record
from kaohe.clock import now
from kaohe.cycles.models import Cycle
from kaohe.errors import Conflict, NotFound
from kaohe.i18n import _
from kaohe.jobs import enqueue
from kaohe.results import queries
from kaohe.results.facts import Gathered
from kaohe.results.models import Run, StoredSheet
from kaohe.results.outcome import Outcome
from kaohe.results.problems import explained
from kaohe.scheme.problems import Problem

MOST_PROBLEMS = 200
CHUNK = 2000
GIVEN_UP_AFTER = timedelta(hours=2)
UNDER_WAY = ("queued", "running")


class Over(Exception):
    """The run ended meanwhile: the same job ran beside this one, or somebody gave the run up."""


async def compute(session: AsyncSession, cycle_id: UUID, person_id: UUID, name: str) -> UUID:
    """A new run in the queue. Raises NotFound, or Conflict while another one of the cycle is under way."""
    run_id = await request(session, cycle_id, person_id, name)
    await enqueue(session, "results.compute", lock=f"results:{cycle_id}", cycle_id=str(cycle_id), run_id=str(run_id))
    return run_id


async def request(session: AsyncSession, cycle_id: UUID, person_id: UUID, name: str) -> UUID:
    """The run without its job, for a caller that works it out itself."""
    if await queries.cycle(session, cycle_id) is None:
        raise NotFound
    # Waits for a changeover under way: the job then reads the version that holds.
    await session.execute(select(Cycle.id).where(Cycle.id == cycle_id).with_for_update(read=True))
    await _give_up_lost(session, cycle_id)
    values = {"cycle_id": cycle_id, "requested_by": person_id, "requested_by_name": name}
    made = await session.execute(upsert(Run).values(values).on_conflict_do_nothing().returning(Run.id))
    run_id: UUID | None = made.scalar_one_or_none()
    if run_id is None:
        raise Conflict(_("这项考核正在计算，请等它完成。"))
    record(session, "run.requested", "cycle", cycle_id, {"run": str(run_id)})
    return run_id


async def _give_up_lost(session: AsyncSession, cycle_id: UUID) -> None:
    """A run whose job could not even write down that it failed must not block the cycle for ever."""
    long_ago = now() - GIVEN_UP_AFTER
    lost = update(Run).where(Run.cycle_id == cycle_id, Run.state.in_(UNDER_WAY))
    lost = lost.where(func.coalesce(Run.started_at, Run.requested_at) < long_ago)
    await session.execute(lost.values(state="failed", finished_at=now(), step=""))


async def hold(session: AsyncSession, cycle_id: UUID) -> None:
    """Nobody confirms or releases meanwhile. To be taken before the cycle itself is locked, as those who release do."""
    await session.execute(select(Run.id).where(Run.cycle_id == cycle_id).with_for_update())


async def supersede(session: AsyncSession, cycle_id: UUID, version: str) -> int:
    """What was computed by that version is nobody's result any more; answers how many there were. Raises Conflict while
    one is under way, and where a result is released."""
    if why := await queries.unmovable(session, cycle_id):
        raise Conflict(why)
    done = update(Run).where(Run.cycle_id == cycle_id, Run.state == "done").returning(Run.id)
    gone = await session.execute(done.values(state="superseded", scheme_version=version))
    return len(gone.all())


async def advance(session: AsyncSession, run_id: UUID, state: str, progress: int, step: str) -> None:
    """Raises Over."""
    values: dict[str, Any] = {"state": state, "progress": progress, "step": step}
    if progress <= 5:
        values["started_at"] = now()
    await _write(session, run_id, values)


async def _write(session: AsyncSession, run_id: UUID, values: dict[str, Any]) -> None:
    """Only what is under way is written to: a finished run may be confirmed already. Raises Over."""
    under_way = update(Run).where(Run.id == run_id, Run.state.in_(UNDER_WAY)).values(values).returning(Run.id)
    if (await session.execute(under_way)).first() is None:
        raise Over(run_id)


async def keep(session: AsyncSession, run_id: UUID, outcome: Outcome) -> None:
    """All sheets and the end of the run in one transaction. Raises Over."""
    rows = [{"run_id": run_id, **row} for row in outcome.rows]
    await _write(session, run_id, {
        "state": "done", "progress": 100, "step": "", "finished_at": now(), "digest": outcome.digest,
        "facts": outcome.facts, "result": outcome.result, "subjects": len(rows),
    })  # fmt: skip
    await session.execute(delete(StoredSheet).where(StoredSheet.run_id == run_id))
    for start in range(0, len(rows), CHUNK):
        await session.execute(insert(StoredSheet), rows[start : start + CHUNK])
    record(session, "run.done", "run", run_id, {"digest": outcome.digest, "sheets": len(rows)})


async def refuse(session: AsyncSession, run_id: UUID, problems: Sequence[Problem], gathered: Gathered) -> None:
    """The facts cannot be scored: every problem with its place, nothing stored."""
    listed = [explained(problem, gathered) for problem in problems[:MOST_PROBLEMS]]
    await _end(session, run_id, problems=listed, problem_count=len(problems))
    record(session, "run.refused", "run", run_id, {"problems": len(problems)})


async def fail(session: AsyncSession, run_id: UUID) -> None:
    await _end(session, run_id, problems=[["", _("计算程序出错，已记入日志。"), ""]], problem_count=1)
    record(session, "run.failed", "run", run_id)


async def _end(session: AsyncSession, run_id: UUID, **values: Any) -> None:
    await _write(session, run_id, {"state": "failed", "step": "", "finished_at": now(), **values})
