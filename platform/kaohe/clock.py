"""What day it is for the offices that use the platform: dates of a cycle begin and end by their clock, not the server's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
_pretended: ContextVar[date | None] = ContextVar("pretended", default=None)


def today() -> date:
    return _pretended.get() or datetime.now(ZONE).date()


@contextmanager
def pretending(day: date) -> Iterator[None]:
    """For the demo's past and for tests only: nobody can ask for it from outside."""
    token = _pretended.set(day)
    try:
        yield
    finally:
        _pretended.reset(token)
