"""稿件: what waits for me, one contribution with its steps, and acting on a step; writing in `form_pages`."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from kaohe.catalogue import service as catalogue
from kaohe.contributions import form_pages, queries, service
from kaohe.contributions.access import reach_of
from kaohe.contributions.views import ContributionPage, ListPage, contribution_page, line
from kaohe.errors import Invalid
from kaohe.evidence.service import also_readable
from kaohe.i18n import _
from kaohe.records.service import unit_names
from kaohe.web.context import Context, Ctx
from kaohe.web.permissions import allow

SHOWN = ("mine", "open", "done", "all")


@also_readable
async def evidence_of_a_contribution(session: Any, person: Any, evidence_id: UUID) -> bool:
    """Whoever sees a contribution sees its files."""
    return await queries.evidence_in_reach(session, reach_of(person), evidence_id)


@get("/contributions", opt=allow("contributions.read"))
async def listed(ctx: Ctx) -> Response[Any]:
    asked = ctx.request.query_params.get("show", "mine")
    show, number = asked if asked in SHOWN else "mine", ctx.page_number
    rows = await queries.page(ctx.session, reach_of(ctx.person), show, number)
    enabled = await catalogue.enabled_schemes(ctx.session)
    schemes, total = {scheme.id: scheme for scheme in enabled}, rows[0].total if rows else 0
    may_begin = bool(await service.openings(ctx.session, ctx.person))
    lines = [line(row, schemes.get(row.scheme_id)) for row in rows]
    return ctx.page("contributions/list.html", ListPage(
        lines, show, total, number, max(1, -(-total // queries.PAGE)), may_begin,
    ))  # fmt: skip


@get("/contributions/{contribution_id:uuid}", opt=allow("contributions.read"))
async def one(ctx: Ctx, contribution_id: FromPath[UUID]) -> Response[Any]:
    return ctx.page("contributions/contribution.html", await _page(ctx, contribution_id))


async def _page(ctx: Context, contribution_id: UUID) -> ContributionPage:
    session = ctx.session
    place = await service.standing(session, ctx.person, contribution_id)
    row = place.row
    holders = await queries.holders(session, row.waits_for, row.subject_id, row.barred) if row.waits_for else []
    return contribution_page(
        place, ctx.person, await queries.acts(session, row.id), await queries.records(session, row.id),
        await queries.evidence(session, row.id), holders, await unit_names(session, place.scheme.leaves.values()),
    )  # fmt: skip


@post("/contributions/{contribution_id:uuid}/steps", opt=allow("contributions.act"))
async def act(ctx: Ctx, contribution_id: FromPath[UUID]) -> Response[Any]:
    """`action` return sends it back, anything else passes the step."""
    form = await ctx.form()
    note = form.text("note", _("意见"), required=False, max_length=1000)
    version = form.version()
    problems = form.problems
    if not problems:
        try:
            return await _acted(ctx, contribution_id, version, form["action"], note)
        except Invalid as refused:
            problems = list(refused.problems)
    view = await _page(ctx, contribution_id)
    return ctx.page("contributions/contribution.html", view, problems=problems, form=form)


async def _acted(ctx: Context, contribution_id: UUID, version: int, action: str, note: str) -> Response[Any]:
    if action == "return":
        await service.send_back(ctx.session, ctx.person, contribution_id, version, note)
        return ctx.redirect("/contributions", flash=_("已退回，起草人会收到原因。"))
    await service.pass_on(ctx.app.settings, ctx.session, ctx.person, contribution_id, version, note)
    return ctx.redirect(f"/contributions/{contribution_id}", flash=_("这一步已办理。"))


@post("/contributions/{contribution_id:uuid}/withdrawal", opt=allow("contributions.write"))
async def withdraw(ctx: Ctx, contribution_id: FromPath[UUID]) -> Response[Any]:
    form = await ctx.form()
    reason = form.text("reason", _("撤回原因"), max_length=500)
    version = form.version()
    if form.problems:
        view = await _page(ctx, contribution_id)
        return ctx.page("contributions/contribution.html", view, problems=form.problems, form=form)
    await service.withdraw(ctx.session, ctx.person, contribution_id, version, reason)
    return ctx.redirect(f"/contributions/{contribution_id}", flash=_("已撤回；报送时登记的记录已冲销。"))


routes = [listed, one, act, withdraw, *form_pages.routes]
