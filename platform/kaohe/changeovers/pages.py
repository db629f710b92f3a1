"""改用另一版本: what would change, and agreeing to it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from anyio.to_thread import run_sync
from litestar import Response, get, post
from litestar.params import FromPath
from sqlalchemy import Row

from kaohe.catalogue.service import versions_of
from kaohe.changeovers import service
from kaohe.changeovers.errors import PreviewChanged
from kaohe.changeovers.views import ChangeoverPage, look_at
from kaohe.changeovers.weighing import weigh
from kaohe.cycles import service as cycles
from kaohe.errors import NotFound
from kaohe.i18n import _
from kaohe.rehearsal.service import Chosen
from kaohe.results.service import unmovable
from kaohe.web.context import Context, Ctx
from kaohe.web.forms import Form
from kaohe.web.permissions import allow


@get("/cycles/{cycle_id:uuid}/changeover", opt=allow("cycles.manage"))
async def changeover(ctx: Ctx, cycle_id: FromPath[UUID]) -> Response[Any]:
    return await _page(ctx, await _cycle(ctx, cycle_id), ctx.request.query_params.get("version", ""))


async def _cycle(ctx: Context, cycle_id: UUID) -> Row[Any]:
    row = await cycles.cycle(ctx.session, cycle_id)
    if row is None or row.state == "draft":
        raise NotFound
    return row


async def _page(
    ctx: Context, row: Row[Any], asked: str, form: Form | None = None, *, stale: bool = False
) -> Response[Any]:
    others = [one for one in await versions_of(ctx.session, row.scheme_id) if one.scheme.version != row.scheme_version]
    version = next((one for one in others if one.scheme.version == asked or not asked), None)
    if asked and version is None:
        raise NotFound
    query = ctx.request.query_params
    chosen = Chosen(query.get("group", ""), bool(query.get("everyone")), ctx.page_number)
    why_not = _("考核已经结束。") if row.state == "closed" else await unmovable(ctx.session, row.id)
    filed, graded = await cycles.done_so_far(ctx.session, row.id)
    look = None
    if version is not None and not why_not:
        weighed = await weigh(ctx.session, row, version.scheme.version)
        look = await run_sync(look_at, weighed, chosen)
    view = ChangeoverPage(row, why_not, others, version, look, chosen, filed, graded, stale)
    problems = form.problems if form else []
    status = 409 if stale else None
    return ctx.page("changeovers/changeover.html", view, problems=problems, form=form, status=status, cycle=row.title)


@post("/cycles/{cycle_id:uuid}/changeovers", opt=allow("cycles.manage"))
async def change_over(ctx: Ctx, cycle_id: FromPath[UUID]) -> Response[Any]:
    row, form = await _cycle(ctx, cycle_id), await ctx.form()
    version = form.text("version", _("版本"), max_length=20)
    reason = form.text("reason", _("理由"), max_length=500)
    document = form.text("document", _("依据文号"), max_length=100)
    if form.problems:
        return await _page(ctx, row, version, form)
    try:
        await service.change_version(
            ctx.session, cycle_id, version, seen=form["seen"], reason=reason, document=document, by=ctx.person
        )
    except PreviewChanged:
        return await _page(ctx, row, version, form, stale=True)
    flash = _("已改用第 {version} 版，各单位已收到消息。结果请重新计算。").format(version=version)
    return ctx.redirect(f"/cycles/{cycle_id}", flash=flash)


routes = [changeover, change_over]
