"""What day it is for the offices that use the platform: dates of a cycle begin and end by their clock, not the server's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from time import monotonic
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
_STARTED = monotonic()
_pretended: ContextVar[date | None] = ContextVar("pretended", default=None)


def today() -> date:
    return _pretended.get() or datetime.now(ZONE).date()


def now() -> datetime:
    """In UTC. On a pretended day it is after ten in the morning, and what is done later is later."""
    real, day = datetime.now(UTC), _pretended.get()
    if day is None or day >= real.astimezone(ZONE).date():
        return real
    return (datetime.combine(day, time(10), ZONE) + timedelta(seconds=monotonic() - _STARTED)).astimezone(UTC)


def shift() -> timedelta:
    """From the real moment to `now`: nothing but on a pretended day."""
    return now() - datetime.now(UTC) if _pretended.get() else timedelta()


@contextmanager
def pretending(day: date) -> Iterator[None]:
    """For the demo's past and for tests only: nobody can ask for it from outside."""
    token = _pretended.set(day)
    try:
        yield
    finally:
        _pretended.reset(token)
