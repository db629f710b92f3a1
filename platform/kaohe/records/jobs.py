"""Large imports, in the background."""

from __future__ import annotations

from uuid import UUID

from kaohe.jobs import Job, Task, enqueue
from kaohe.records import importing


async def check_import(job: Job, *, upload_id: str) -> None:
    async with job.begin() as session:
        await importing.check_import(session, UUID(upload_id))


async def import_records(job: Job, *, upload_id: str) -> None:
    """May run again after a kill: then nothing of it was kept."""
    async with job.begin() as session:
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
