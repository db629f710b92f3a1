"""What befalls a worker that lives: a stop in the middle of a job, a database that was away, a machine that stood still."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb
from sqlalchemy import text

from kaohe.db import embedded, migrate
from kaohe.db.embedded import EmbeddedServer
from kaohe.db.embedded.roles import plain
from kaohe.db.session import Database
from kaohe.jobs import Job, Task, enqueue, worker
from tests.factories.process import entered_by_others, kill_database
from tests.factories.world import World

pytestmark = pytest.mark.anyio
WITHIN = 180


class Slow:
    """A task that ends when it is told to."""

    def __init__(self) -> None:
        self.begun, self.ended = asyncio.Semaphore(0), asyncio.Semaphore(0)
        self.may_end = asyncio.Event()
        self.calls = 0

    async def __call__(self, job: Job, **_: Any) -> None:
        self.calls += 1
        self.begun.release()
        await self.may_end.wait()
        self.ended.release()


async def happened(what: asyncio.Semaphore) -> None:
    await asyncio.wait_for(what.acquire(), WITHIN)


@pytest.fixture
async def superuser(server: EmbeddedServer) -> AsyncIterator[psycopg.AsyncConnection]:
    async with await psycopg.AsyncConnection.connect(plain(server.superuser_url), autocommit=True) as connection:
        yield connection


async def ask(database: Database, world: World, task: str) -> None:
    async with database.tenant(world.city.id) as session:
        await enqueue(session, task, lock=task)


async def gone(database: Database, task: str) -> None:
    """Until the queue holds nothing of that task any more."""
    async with asyncio.timeout(WITHIN):
        while True:
            async with database.system() as session:
                query = text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = :task")
                if (await session.execute(query, {"task": task})).scalar_one() == 0:
                    return
            await asyncio.sleep(0.05)


async def test_job_cut_off_by_a_stop_runs_again(database: Database, server: EmbeddedServer, world: World) -> None:
    slow = Slow()
    await ask(database, world, "test.stopped")
    async with worker(database, server.app_url, tasks={"test.stopped": slow}):
        await happened(slow.begun)
    slow.may_end.set()
    async with worker(database, server.app_url, tasks={"test.stopped": slow}):
        await happened(slow.ended)
        await gone(database, "test.stopped")
    assert slow.calls == 2


async def test_job_that_lost_the_database_runs_again(database: Database, server: EmbeddedServer, world: World) -> None:
    calls: list[str] = []

    async def cut_off(job: Job, **_: Any) -> None:
        async with job.begin() as session:
            calls.append("begun")
            if len(calls) == 1:
                await session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    await ask(database, world, "test.lost-database")
    async with worker(database, server.app_url, tasks={"test.lost-database": cut_off}):
        await gone(database, "test.lost-database")
    assert len(calls) == 2


async def test_worker_that_stood_still_leaves_its_own_job_alone(
    database: Database, server: EmbeddedServer, world: World, superuser: psycopg.AsyncConnection
) -> None:
    """As after a pause of the machine: the heartbeat is old, and the job is under way all the same."""
    slow, looked = Slow(), Slow()
    looked.may_end.set()
    await ask(database, world, "test.paused")
    tasks: dict[str, Task] = {"test.paused": slow, "test.looked": looked}
    async with worker(database, server.app_url, tasks=tasks, stalled_seconds=2):
        await happened(slow.begun)
        for _look in range(2):
            await superuser.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 minute'")
            await orphan(superuser, world, "test.looked")
            await happened(looked.ended)
        query = "SELECT status::text, attempts FROM procrastinate_jobs WHERE task_name = 'test.paused'"
        assert await (await superuser.execute(query)).fetchone() == ("doing", 0)
        slow.may_end.set()
        await gone(database, "test.paused")


async def orphan(superuser: psycopg.AsyncConnection, world: World, task: str, *, lock: str | None = None) -> None:
    """A job whose worker was killed and forgotten."""
    arguments: dict[str, Any] = {"tenant_id": str(world.city.id), "person_id": None, "actor": "system", "arguments": {}}
    await superuser.execute(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, status, queueing_lock, args)"
        " VALUES ('default', %s, 'doing', %s, %s)",
        [task, lock, Jsonb(arguments)],
    )


async def test_job_whose_end_could_not_be_written_down_runs_again(
    database: Database, server: EmbeddedServer, world: World, superuser: psycopg.AsyncConnection
) -> None:
    slow = Slow()
    await ask(database, world, "test.unwritten")
    async with worker(database, server.app_url, tasks={"test.unwritten": slow}, stalled_seconds=15):
        await happened(slow.begun)
        asyncio.get_running_loop().set_exception_handler(lambda *_: None)  # what the library does not catch
        await superuser.execute("REVOKE DELETE ON procrastinate_jobs FROM kaohe_app")
        slow.may_end.set()
        await happened(slow.ended)
        await asyncio.sleep(0.5)
        await superuser.execute("GRANT DELETE ON procrastinate_jobs TO kaohe_app")
        await gone(database, "test.unwritten")


async def test_a_job_that_cannot_be_put_back_does_not_end_the_rescuing(
    database: Database, server: EmbeddedServer, world: World, superuser: psycopg.AsyncConnection
) -> None:
    seen = Slow()
    seen.may_end.set()
    await superuser.execute(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, queueing_lock, scheduled_at)"
        " VALUES ('default', 'test.blocked', 'blocked', now() + interval '1 day')"
    )
    await orphan(superuser, world, "test.blocked", lock="blocked")
    async with worker(database, server.app_url, tasks={"test.seen-later": seen}, stalled_seconds=2):
        for _time in range(2):
            await orphan(superuser, world, "test.seen-later")
            await happened(seen.ended)
    await superuser.execute("DELETE FROM procrastinate_jobs WHERE task_name = 'test.blocked'")


async def test_worker_listens_and_beats_again_when_the_database_was_away() -> None:
    with tempfile.TemporaryDirectory(prefix="kaohe-away-") as folder:
        home = entered_by_others(folder)
        with embedded.start(home) as own:
            migrate.upgrade(own.owner_url)
            database = Database(own.app_url, pool_size=2)
            async with worker(database, own.app_url, tasks={}):
                before = await answered(own, BEATEN)
                kill_database(home)
                assert await answered(own, BEATEN) > before
            await database.close()


BEATEN = """
SELECT max(last_heartbeat) FROM procrastinate_workers WHERE last_heartbeat > now() - interval '2 seconds'
  AND EXISTS (SELECT 1 FROM pg_stat_activity WHERE query LIKE 'LISTEN%')
"""


async def answered(server: EmbeddedServer, query: str) -> Any:
    """The first answer that is not NULL, whenever the database answers."""
    async with asyncio.timeout(WITHIN):
        while True:
            with suppress(psycopg.OperationalError):
                async with await psycopg.AsyncConnection.connect(plain(server.superuser_url)) as connection:
                    row = await (await connection.execute(query)).fetchone()
                    if row and row[0]:
                        return row[0]
            await asyncio.sleep(0.1)
