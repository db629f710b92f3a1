"""How many statements a page costs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from kaohe.db.session import Database
from tests.factories.browser import Browser


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """Those that the database is sent meanwhile, by the ORM or by the driver."""
    seen: list[str] = []

    def count(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(database.engine.sync_engine, "before_cursor_execute", count)
    try:
        yield seen
    finally:
        event.remove(database.engine.sync_engine, "before_cursor_execute", count)


async def queries_of(database: Database, browser: Browser, path: str) -> int:
    """Statements for one page, the entering one included."""
    with statements(database) as seen:
        assert (await browser.get(path)).status_code == 200
    return len(seen)
