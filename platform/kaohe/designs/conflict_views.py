"""Two people saved one draft: what differs, and the way on for the one who came second."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from anyio.to_thread import run_sync
from litestar import Response

from kaohe.designs import views
from kaohe.designs.checking import look
from kaohe.designs.service import Draft
from kaohe.web.context import Context
from kaohe.web.forms import Form

_OWN = {"csrf_token", "idempotency_key", "saves"}


async def conflict_page(
    ctx: Context, draft: Draft, place: str, rows: Sequence[tuple[str, str, str]], form: Form, *, gone: bool = False
) -> Response[Any]:
    """409; everything that was typed is on the page and can be sent again. `gone`: there is nothing to save it to."""
    frame = views.frame_of(draft, await run_sync(look, draft.document), place)
    fields = [(name, value) for name in form.names() if name not in _OWN for value in form.all(name)]
    action = "" if gone else f"{frame.href}/{place}"
    view = views.ConflictPage(frame, rows, action, fields, f"{frame.href}/{place}")
    await ctx.session.rollback()
    return ctx.page("designs/conflict.html", view, status=409)
