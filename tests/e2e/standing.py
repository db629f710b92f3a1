"""What stands for a run of the browser tests, and how its calendar is turned on without waiting for days."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import psycopg

from kaohe.db.embedded import roles
from kaohe.db.session import Database

Made = TypeVar("Made")

# A day of grading must not come before the last day of self-assessment, and neither day can be waited for.
_GRADING_BEGINS = """
UPDATE cycle_phases SET opens_on = opens_on - 60, closes_on = CASE phase
    WHEN 'self_assessment' THEN current_date - 1 WHEN 'grading' THEN current_date + 5 ELSE closes_on END
 WHERE cycle_id = %(cycle)s AND phase IN ('self_assessment', 'grading');
UPDATE participations SET self_assessment_opens = self_assessment_opens - 60, self_assessment_closes = current_date - 1
 WHERE cycle_id = %(cycle)s
"""


@dataclass(frozen=True, slots=True)
class Standing:
    url: str
    superuser_url: str
    app_url: str
    home: Path

    def play(self, acts: Callable[[Database], Awaitable[Made]]) -> Made:
        """What others did before the browser opens. In a thread: the browser's event loop occupies this one."""
        with ThreadPoolExecutor(1) as apart:
            return apart.submit(asyncio.run, self._played(acts)).result()

    async def _played(self, acts: Callable[[Database], Awaitable[Made]]) -> Made:
        database = Database(self.app_url, pool_size=2)
        try:
            return await acts(database)
        finally:
            await database.close()

    def begin_grading(self, cycle_id: str) -> None:
        with psycopg.connect(roles.plain(self.superuser_url)) as connection:
            for statement in _GRADING_BEGINS.split(";"):
                connection.execute(statement, {"cycle": cycle_id})
