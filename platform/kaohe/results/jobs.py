"""Computing a run in the background."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import structlog

from kaohe.db.session import AWAY
from kaohe.jobs import Job
from kaohe.results import queries, runs
from kaohe.results.facts import Gathered, gather
from kaohe.results.outcome import Outcome, work_out
from kaohe.scheme.problems import BadFacts

log = structlog.get_logger()


async def compute(job: Job, *, cycle_id: str, run_id: str) -> None:
    """May run again after a kill, or beside another one: nothing of it is kept before the end, and that only once."""
    try:
        await _compute(job, UUID(cycle_id), UUID(run_id))
    except runs.Over:
        log.warning("results.over", run=run_id)
    else:
        log.info("results.computed", run=run_id)


async def _compute(job: Job, cycle: UUID, run: UUID) -> None:
    await _tell(job, run, "running", 5, "读取记录和评分")
    try:
        gathered = await _gather(job, cycle)
        await _tell(job, run, "running", 30, f"为 {len(gathered.facts.subjects)} 个对象计分")
        outcome = await asyncio.to_thread(work_out, gathered)
        await _tell(job, run, "running", 70, "保存得分表")
        await _keep(job, run, outcome)
    except BadFacts as bad:
        async with job.begin() as session:
            await runs.refuse(session, run, bad.problems, gathered)
    except (runs.Over, *AWAY):
        raise  # ended already, or tried again
    except Exception:
        async with job.begin() as session:
            await runs.fail(session, run)
        raise


async def _gather(job: Job, cycle_id: UUID) -> Gathered:
    async with job.begin(read_only=True, snapshot=True) as session:
        cycle = await queries.cycle(session, cycle_id)
        if cycle is None:
            raise LookupError(cycle_id)
        return await gather(session, cycle)


async def _tell(job: Job, run_id: UUID, state: str, progress: int, step: str) -> None:
    """In a transaction of its own, so that people see it at once."""
    async with job.begin() as session:
        await runs.advance(session, run_id, state, progress, step)


async def _keep(job: Job, run_id: UUID, outcome: Outcome) -> None:
    async with job.begin() as session:
        await runs.keep(session, run_id, outcome)


tasks: dict[str, Any] = {"results.compute": compute}
