"""The inbox. A GET changes nothing, so an opened message is marked read by a small POST of its page."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from kaohe.clock import today
from kaohe.errors import NotFound
from kaohe.i18n import _
from kaohe.inbox import queries, service
from kaohe.inbox.views import InboxView, MessageView
from kaohe.web.context import Ctx
from kaohe.web.permissions import ANYONE, allow


@get("/inbox", opt=allow(ANYONE))
async def inbox(ctx: Ctx) -> Response[Any]:
    wanted = ctx.request.query_params
    chosen = wanted.get("show", "all")
    if chosen not in queries.FILTERS:
        chosen = "all"
    counted = (await queries.counts(ctx.session, ctx.person.id))._asdict()
    pages = max(1, -(-counted[chosen] // queries.PAGE))
    asked = wanted.get("page", "1")
    page = min(pages, max(1, int(asked))) if asked.isdecimal() and len(asked) < 7 else 1
    rows = await queries.messages(ctx.session, ctx.person.id, chosen, page)
    return ctx.page("inbox/list.html", InboxView(chosen, counted, rows, page, pages, today()))


@get("/inbox/{message_id:uuid}", opt=allow(ANYONE))
async def message(ctx: Ctx, message_id: FromPath[UUID]) -> Response[Any]:
    row = await queries.message(ctx.session, ctx.person.id, message_id)
    if row is None:
        raise NotFound
    return ctx.page("inbox/message.html", MessageView(row, today()))


@post("/inbox/read", opt=allow(ANYONE, idempotent=True))
async def read_all(ctx: Ctx) -> Response[Any]:
    count = await service.mark_read(ctx.session, ctx.person.id, None)
    return ctx.redirect("/inbox", flash=_("{count} 条消息已标为已读。").format(count=count))


@post("/inbox/{message_id:uuid}/read", opt=allow(ANYONE, idempotent=True))
async def read_one(ctx: Ctx, message_id: FromPath[UUID]) -> Response[Any]:
    row = await queries.message(ctx.session, ctx.person.id, message_id)
    if row is None:
        raise NotFound
    await service.mark_read(ctx.session, ctx.person.id, [message_id])
    if ctx.is_htmx:
        return ctx.fragment("inbox/message.html", "read_mark", MessageView(row, today()))
    return ctx.redirect(f"/inbox/{message_id}")


@post("/inbox/{message_id:uuid}/receipt", opt=allow(ANYONE))
async def confirm(ctx: Ctx, message_id: FromPath[UUID]) -> Response[Any]:
    await service.confirm_receipt(ctx.session, ctx.person.id, ctx.person.name, message_id)
    return ctx.redirect(f"/inbox/{message_id}", flash=_("已确认收到，发送单位可以看到。"))


routes = [inbox, message, read_all, read_one, confirm]
