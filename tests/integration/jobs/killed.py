"""A worker of its own that takes a job and never ends it; the test kills it."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from kaohe.db.session import Database
from kaohe.jobs import Job, worker


async def main(url: str) -> None:
    async def hang(job: Job, **_: Any) -> None:
        print("taken", flush=True)
        await asyncio.Event().wait()

    database = Database(url)
    async with worker(database, url, tasks={"test.once": hang}):
        await asyncio.Event().wait()


asyncio.run(main(sys.argv[1]))
