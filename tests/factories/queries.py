"""How many statements a page costs."""

from __future__ import annotations

from typing import Any

from sqlalchemy import event

from kaohe.db.session import Database
from tests.factories.browser import Browser


async def queries_of(database: Database, browser: Browser, path: str) -> int:
    """Statements that the database is sent for one page, the entering one included."""
    seen: list[str] = []

    def count(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(database.engine.sync_engine, "before_cursor_execute", count)
    try:
        assert (await browser.get(path)).status_code == 200
    finally:
        event.remove(database.engine.sync_engine, "before_cursor_execute", count)
    return len(seen)
