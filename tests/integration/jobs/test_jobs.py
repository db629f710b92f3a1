"""Jobs on the real queue: transactional enqueueing, tenant and actor, recovery after kill -9."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from typing import Any

import pytest
from sqlalchemy import text

from kaohe.audit import service as audit
from kaohe.db.embedded import EmbeddedServer
from kaohe.db.session import Database, Scope
from kaohe.identity.models import Role
from kaohe.jobs import Job, enqueue, worker
from tests.factories.world import World

pytestmark = pytest.mark.anyio


class Seen:
    """A task that tells what it got."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []
        self.happened = asyncio.Event()

    async def __call__(self, job: Job, **arguments: Any) -> None:
        async with job.begin() as session:
            audit.record(session, "job.ran", "test", "1")
        self.calls.append((job.tenant_id, job.person_id, job.actor, arguments))
        self.happened.set()


async def test_job_runs_for_the_tenant_and_person_who_asked(
    database: Database, server: EmbeddedServer, world: World
) -> None:
    seen, who = Seen(), world.city[Role.ORGANISER]
    async with worker(database, server.app_url, tasks={"test.seen": seen}):
        async with database.tenant(world.city.id, person_id=who.id) as session:
            session.sync_session.info["actor"] = "张三"
            await enqueue(session, "test.seen", number=1)
        await asyncio.wait_for(seen.happened.wait(), 180)
    assert seen.calls == [(world.city.id, who.id, "张三", {"number": 1})]
    async with database.tenant(world.city.id, read_only=True) as session:
        row = (await session.execute(text("SELECT actor, person_id FROM audit_log WHERE action = 'job.ran'"))).one()
    assert (row.actor, row.person_id) == ("张三", who.id)


async def test_job_of_a_rolled_back_transaction_never_exists(database: Database, world: World) -> None:
    async with database.session(Scope(world.city.id)) as session:
        await enqueue(session, "test.lost")
        await session.rollback()
    async with database.system() as session:
        left = await session.execute(text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'test.lost'"))
        assert left.scalar_one() == 0


async def test_job_of_a_killed_worker_runs_again(database: Database, server: EmbeddedServer, world: World) -> None:
    async with database.tenant(world.city.id) as session:
        await enqueue(session, "test.once", number=7)
    command = [sys.executable, "-m", "tests.integration.jobs.killed", server.app_url]
    process = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert await process.stdout.readline() == b"taken\n"
    process.kill()
    await process.wait()
    seen = Seen()
    async with worker(database, server.app_url, tasks={"test.once": seen}, stalled_seconds=2):
        await asyncio.wait_for(seen.happened.wait(), 180)
    assert seen.calls == [(world.city.id, None, "system", {"number": 7})]
