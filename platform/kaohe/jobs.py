"""Work in the background: a queue in the same database (Procrastinate), and the worker inside the application.

A job is enqueued in the caller's transaction, so it exists exactly when the change that asked for it does. It carries
the tenant and the person, and its own transactions are bound to them like a request's. A job may run again after a
kill -9 in its middle: it must be able to.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Concatenate
from uuid import UUID

import procrastinate
import structlog
from procrastinate import JobContext, PsycopgConnector
from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.db.session import Database, TenantMissing, current_tenant, entered
from kaohe.sweeping import sweep

log = structlog.get_logger()

# Modules with a `tasks` dictionary: name → function(job, **arguments).
MODULES = ("kaohe.records.jobs", "kaohe.results.jobs")
HEARTBEAT_SECONDS, STALLED_SECONDS, SWEEP_SECONDS = 5, 20, 3600
_queue = procrastinate.App(connector=PsycopgConnector())  # never opened: every call brings its connection


@dataclass(frozen=True, slots=True)
class Job:
    """For whom a job runs, and its sessions."""

    database: Database
    tenant_id: UUID
    person_id: UUID | None
    actor: str

    @asynccontextmanager
    async def begin(self, *, read_only: bool = False, snapshot: bool = False) -> AsyncIterator[AsyncSession]:
        """One transaction. `snapshot`: all its queries see the data of one moment."""
        opening = self.database.tenant(self.tenant_id, person_id=self.person_id, read_only=read_only)
        async with opening as session:
            session.sync_session.info["actor"] = self.actor
            if snapshot:
                await session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            yield session


Task = Callable[..., Awaitable[None]]
Bound = Callable[Concatenate[JobContext, ...], Awaitable[None]]


async def enqueue(session: AsyncSession, task: str, *, lock: str | None = None, **arguments: Any) -> None:
    """Jobs with the same `lock` run one after the other. `arguments` must be JSON."""
    tenant_id = current_tenant(session)
    if tenant_id is None:
        raise TenantMissing("没有辖区的会话不能安排后台任务")
    info, person = session.sync_session.info, entered(session)
    carried = {
        "tenant_id": str(tenant_id),
        "person_id": str(info["scope"].person_id) if info["scope"].person_id else None,
        "actor": person.name if person else info.get("actor", "system"),
        "arguments": arguments,
    }
    await session.flush()
    raw = await (await session.connection()).get_raw_connection()
    await _queue.configure_task(task, connection=raw.driver_connection, lock=lock).defer_async(**carried)


def _bound(task: Task) -> Bound:
    async def run(
        context: JobContext, *, tenant_id: str, person_id: str | None, actor: str, arguments: dict[str, Any]
    ) -> None:
        database: Database = context.additional_context["database"]
        job = Job(database, UUID(tenant_id), UUID(person_id) if person_id else None, actor)
        await task(job, **arguments)

    return run


def _application(url: str, tasks: dict[str, Task]) -> procrastinate.App:
    conninfo = url.replace("postgresql+psycopg://", "postgresql://", 1)
    app = procrastinate.App(connector=PsycopgConnector(conninfo=conninfo, min_size=1, max_size=4))
    for name, task in tasks.items():
        app.task(name=name, pass_context=True)(_bound(task))
    return app


def registered() -> dict[str, Task]:
    found: dict[str, Task] = {}
    for module in MODULES:
        if find_spec(module.rpartition(".")[0]) and find_spec(module):
            found |= import_module(module).tasks
    return found


@asynccontextmanager
async def worker(
    database: Database, url: str, *, tasks: dict[str, Task] | None = None, stalled_seconds: int = STALLED_SECONDS
) -> AsyncIterator[None]:
    """Works in this event loop while the context is open; then lets running jobs finish for a moment."""
    app = _application(url, registered() if tasks is None else tasks)
    running = asyncio.create_task(_keep_working(app, database, stalled_seconds))
    try:
        yield
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def _keep_working(app: procrastinate.App, database: Database, stalled_seconds: int) -> None:
    """Starts again when the database was away."""
    while True:
        try:
            async with app.open_async():
                await _work(app, database, stalled_seconds)
        except Exception as problem:  # noqa: BLE001 - whatever happened, the next round may succeed
            log.warning("jobs.interrupted", problem=str(problem))
            await asyncio.sleep(HEARTBEAT_SECONDS)


async def _work(app: procrastinate.App, database: Database, stalled_seconds: int) -> None:
    options: dict[str, Any] = {
        "concurrency": 2, "install_signal_handlers": False, "delete_jobs": "successful", "shutdown_graceful_timeout": 5,
        "update_heartbeat_interval": HEARTBEAT_SECONDS, "stalled_worker_timeout": stalled_seconds,
        "additional_context": {"database": database},
    }  # fmt: skip
    beside = [asyncio.create_task(_rescue(app, stalled_seconds)), asyncio.create_task(_sweep(database))]
    try:
        await app.run_worker_async(**options)
    finally:
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)


async def _sweep(database: Database) -> None:
    while True:
        await asyncio.sleep(SWEEP_SECONDS)
        await sweep(database)


async def _rescue(app: procrastinate.App, stalled_seconds: int) -> None:
    """Puts jobs back whose worker was killed; without it they would stay `doing` for ever."""
    while True:
        for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=stalled_seconds):
            log.warning("jobs.rescued", job=job.id, task=job.task_name)
            await app.job_manager.retry_job(job)
        await asyncio.sleep(max(1, stalled_seconds // 4))
