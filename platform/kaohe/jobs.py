"""Work in the background: a queue in the same database (Procrastinate), and the worker inside the application.

A job is enqueued in the caller's transaction, so it exists exactly when the change that asked for it does. It carries
the tenant and the person, and its own transactions are bound to them like a request's. A job may run again after a
kill -9 in its middle, or twice at once when a machine stood still for a while: it must be able to.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Concatenate
from uuid import UUID

import procrastinate
import structlog
from procrastinate import BaseRetryStrategy, JobContext, PsycopgConnector, RetryDecision
from procrastinate.exceptions import ConnectorException
from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.db.session import AWAY, STEADY, Database, TenantMissing, current_tenant, entered
from kaohe.sweeping import sweep

log = structlog.get_logger()

# Modules with a `tasks` dictionary: name → function(job, **arguments).
MODULES = ("kaohe.records.jobs", "kaohe.results.jobs")
HEARTBEAT_SECONDS, STALLED_SECONDS = 5, 20
POLL_SECONDS = 1  # nobody is notified of a job that was put back
AGAIN_SECONDS, MOST_ATTEMPTS = 5, 20
HOURLY = "0 * * * *"
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


@dataclass(slots=True)
class _Here:
    """What this process works on. `worker_id`: as the database knows it, from the first job on."""

    worker_id: int | None = None
    running: set[int | None] = field(default_factory=set)


class _Again(BaseRetryStrategy):
    """What was cut off by a stop or lost the database."""

    def get_retry_decision(self, *, exception: BaseException, job: procrastinate.jobs.Job) -> RetryDecision | None:
        if isinstance(exception, asyncio.CancelledError):
            return RetryDecision(retry_in={"seconds": 0})
        if isinstance(exception, AWAY) and job.attempts < MOST_ATTEMPTS:
            return RetryDecision(retry_in={"seconds": AGAIN_SECONDS})
        return None


def _bound(task: Task) -> Bound:
    async def run(
        context: JobContext, *, tenant_id: str, person_id: str | None, actor: str, arguments: dict[str, Any]
    ) -> None:
        database: Database = context.additional_context["database"]
        here: _Here = context.additional_context["here"]
        here.worker_id = context.job.worker_id
        here.running.add(context.job.id)
        try:
            await task(Job(database, UUID(tenant_id), UUID(person_id) if person_id else None, actor), **arguments)
        finally:
            here.running.discard(context.job.id)

    return run


def _application(url: str, tasks: dict[str, Task]) -> procrastinate.App:
    conninfo = url.replace("postgresql+psycopg://", "postgresql://", 1)
    app = procrastinate.App(connector=PsycopgConnector(conninfo=conninfo, kwargs=STEADY, min_size=1, max_size=4))
    for name, task in tasks.items():
        app.task(name=name, pass_context=True, retry=_Again())(_bound(task))
    app.periodic(cron=HOURLY)(app.task(name="sweep", queueing_lock="sweep", pass_context=True)(_sweep))
    return app


async def _sweep(context: JobContext, timestamp: int) -> None:
    """That there is a periodic job also keeps the library watching its own heartbeat and listener: it watches the
    first of them to end, which without one is the deferrer of periodic jobs."""
    await sweep(context.additional_context["database"])


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
    """Works in this event loop while the context is open; then lets running jobs finish for a moment, and puts back
    those that did not."""
    known = registered() if tasks is None else tasks
    running = asyncio.create_task(_keep_working(database, url, known, stalled_seconds))
    try:
        yield
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def _keep_working(database: Database, url: str, tasks: dict[str, Task], stalled_seconds: int) -> None:
    """Starts again when the database was away."""
    while True:
        try:
            app = _application(url, tasks)
            async with app.open_async():
                await _work(app, database, stalled_seconds)
        except Exception as problem:  # noqa: BLE001 - whatever happened, the next round may succeed
            log.warning("jobs.interrupted", problem=str(problem))
            await asyncio.sleep(HEARTBEAT_SECONDS)


async def _work(app: procrastinate.App, database: Database, stalled_seconds: int) -> None:
    here = _Here()
    options: dict[str, Any] = {
        "concurrency": 2, "install_signal_handlers": False, "delete_jobs": "successful", "shutdown_graceful_timeout": 5,
        "update_heartbeat_interval": HEARTBEAT_SECONDS, "stalled_worker_timeout": stalled_seconds,
        "fetch_job_polling_interval": POLL_SECONDS, "additional_context": {"database": database, "here": here},
    }  # fmt: skip
    rescuing = asyncio.create_task(_rescue(app, here, stalled_seconds))
    try:
        await app.run_worker_async(**options)
    finally:
        rescuing.cancel()
        await asyncio.gather(rescuing, return_exceptions=True)


async def _rescue(app: procrastinate.App, here: _Here, stalled_seconds: int) -> None:
    """Puts jobs back that nobody works on; without it they would stay `doing` for ever. Those are the jobs of a worker
    that was killed, and what ended here without that being written down: what is so at two looks. What runs here is
    left alone, however old the heartbeat is."""
    ended: set[int | None] = set()
    while True:
        with _logged("jobs.not_rescued"):
            own = await app.job_manager.list_jobs_async(status="doing", worker_id=here.worker_id or 0)
            stalled = await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=stalled_seconds)
            unwritten = [job for job in own if job.id in ended]
            left = {job.id: job for job in [*stalled, *unwritten] if job.id not in here.running}
            for job in left.values():
                await _put_back(app, job)
            ended = {job.id for job in own} - here.running
        await asyncio.sleep(max(1, stalled_seconds // 4))


async def _put_back(app: procrastinate.App, job: procrastinate.jobs.Job) -> None:
    with _logged("jobs.not_put_back", job=job.id):  # another worker was quicker
        await app.job_manager.retry_job(job)
        log.warning("jobs.rescued", job=job.id, task=job.task_name)


@contextmanager
def _logged(event: str, **values: Any) -> Iterator[None]:
    try:
        yield
    except ConnectorException as problem:
        log.warning(event, problem=str(problem.__cause__ or problem), **values)
