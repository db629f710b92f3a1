"""Large imports, in the background."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from kaohe.db.session import AWAY
from kaohe.jobs import Job, Task, enqueue
from kaohe.records import importing


@asynccontextmanager
async def _ended(job: Job, upload_id: str) -> AsyncIterator[None]:
    """Whatever goes wrong, nobody waits for ever; a database that was away is asked again."""
    try:
        yield
    except AWAY:
        raise
    except Exception:
        async with job.begin() as session:
            await importing.fail_import(session, UUID(upload_id))
        raise


async def check_import(job: Job, *, upload_id: str) -> None:
    async with _ended(job, upload_id), job.begin() as session:
        await importing.check_import(session, UUID(upload_id))


async def import_records(job: Job, *, upload_id: str) -> None:
    """May run again after a kill: then nothing of it was kept."""
    async with _ended(job, upload_id), job.begin() as session:
        if await importing.import_records(session, UUID(upload_id)):
            await enqueue(session, "records.tell_of_import", upload_id=upload_id)


async def tell_of_import(job: Job, *, upload_id: str) -> None:
    async with job.begin() as session:
        await importing.tell_of_import(session, UUID(upload_id))


tasks: dict[str, Task] = {
    "records.check_import": check_import,
    "records.import_records": import_records,
    "records.tell_of_import": tell_of_import,
}
