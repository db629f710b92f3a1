"""A line for every request, as its answer begins: what was asked, what came of it, how long it took."""

from __future__ import annotations

import logging
from time import perf_counter

import structlog
from litestar.enums import ScopeType
from litestar.types import Message, Scope

log = structlog.get_logger(__name__)
_level = logging.getLogger(__name__)
# Asked by machines every few seconds, or kept by browsers for good.
QUIET = ("/healthz", "/readyz", "/static/")
LINK = "/invitations/"  # what follows opens an account


async def log_answer(message: Message, scope: Scope) -> None:
    """A `before_send` hook, so that unknown addresses and failures are in it too."""
    if scope["type"] != ScopeType.HTTP or message["type"] != "http.response.start":
        return
    if not _level.isEnabledFor(logging.INFO):
        return
    if scope["path"].startswith(QUIET):
        return
    began = scope.get("state", {}).get("began")
    took = None if began is None else round((perf_counter() - began) * 1000, 1)
    log.info("request", method=scope["method"], path=shown_path(scope["path"]), status=message["status"], ms=took)


def shown_path(path: str) -> str:
    """Without the query, which holds what people search for."""
    return f"{LINK}…" if path.startswith(LINK) else path
