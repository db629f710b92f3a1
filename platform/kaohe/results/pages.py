"""Results 结果, as the host works on them: compute, ranking, sheet, confirm, release."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from sqlalchemy import Row

from kaohe.catalogue.service import scheme_of
from kaohe.errors import Invalid, NotFound
from kaohe.followups.service import followups_of, progress
from kaohe.i18n import _
from kaohe.identity.models import Role
from kaohe.records.service import unit_names
from kaohe.results import (
    approvals,
    exports,
    list_pages,
    lists,
    published_pages,
    published_queries,
    queries,
    runs,
    service,
    views,
)
from kaohe.results.consequences import following, names_in, whole
from kaohe.results.grades import grades, honours
from kaohe.results.heads import head_of
from kaohe.results.queries import PAGE, Filter
from kaohe.results.service import Wish
from kaohe.results.sheet_views import sheet_view
from kaohe.results.views import RankingView
from kaohe.scheme import periods
from kaohe.scheme.model import Scheme
from kaohe.scheme.periods import PeriodType
from kaohe.web.context import Context, Ctx
from kaohe.web.downloads import attachment
from kaohe.web.permissions import allow

ONLY = ("", "honours", "flags", "incomplete", "decided")


async def _cycle(ctx: Context, cycle_id: UUID) -> Any:
    row = await queries.cycle(ctx.session, cycle_id)
    if row is None:
        raise NotFound
    return row


async def _scheme(ctx: Context, cycle: Row[Any]) -> Scheme:
    return (await scheme_of(ctx.session, cycle.scheme_id, cycle.scheme_version)).under(cycle.parameters)


@post("/cycles/{cycle_id:uuid}/runs", opt=allow("results.compute"))
async def compute(ctx: Ctx, cycle_id: FromPath[UUID]) -> Response[Any]:
    run_id = await runs.compute(ctx.session, cycle_id, ctx.person.id, ctx.person.name)
    return ctx.redirect(f"/cycles/{cycle_id}/runs/{run_id}")


@get("/cycles/{cycle_id:uuid}/runs/{run_id:uuid}", opt=allow("results.review"))
async def one_run(ctx: Ctx, cycle_id: FromPath[UUID], run_id: FromPath[UUID]) -> Response[Any]:
    """Progress that may be left and come back to; the page asks again by itself, every second."""
    run = await queries.run(ctx.session, cycle_id, run_id)
    if run is None:
        raise NotFound
    if ctx.is_htmx and run.state == "done":
        return ctx.redirect(f"/cycles/{cycle_id}/results")
    if ctx.is_htmx:
        return ctx.fragment("results/run.html", "progress", run)
    cycle = await _cycle(ctx, cycle_id)
    return ctx.page("results/run.html", run, cycle=cycle.title)


def _chosen(ctx: Context) -> Filter:
    asked = ctx.request.query_params
    page = asked.get("page", "1")
    only = asked.get("only", "")
    return Filter(
        asked.get("group", ""), asked.get("q", "").strip()[:60], only if only in ONLY else "",
        max(1, int(page)) if page.isdecimal() and len(page) < 6 else 1,
    )  # fmt: skip


@get("/cycles/{cycle_id:uuid}/results", opt=allow("results.review"))
async def ranking(ctx: Ctx, cycle_id: FromPath[UUID]) -> Response[Any]:
    head, chosen = await head_of(ctx.session, cycle_id), _chosen(ctx)
    if head is None:
        raise NotFound
    cycle, run, before = head.cycle, head.run, head.before
    scheme = await scheme_of(ctx.session, cycle.scheme_id, cycle.scheme_version)
    groups = await queries.groups(ctx.session, run.id, names_in(scheme)) if run else []
    by = views.ranked_by(scheme)
    rows = await queries.ranking(ctx.session, run.id, chosen, before.id if before else None, item=by) if run else []
    may = {"compute": ctx.person.has(Role.ORGANISER), "decide": ctx.person.has(Role.APPROVER)}
    pages = -(-rows[0].matching // PAGE) if rows else 1
    offered = lists.offered(scheme, cycle.period)
    followed = [
        *whole(scheme, _kind(scheme, cycle)),
        *following(scheme, (one for row in groups for one in row.carrying)),
    ]
    followed = followed if run else []
    handled = await progress(ctx.session, cycle_id) if followed and run.release_number else {}
    item = views.title_of(scheme, by)
    view = RankingView(
        scheme, cycle, run, head.busy, groups, rows, chosen, before, pages, may, offered, item, followed, handled
    )
    return ctx.page("results/ranking.html", view, cycle=cycle.title)


def _kind(scheme: Scheme, cycle: Any) -> PeriodType:
    return periods.parse(cycle.period, scheme.month_starts).type


@get("/cycles/{cycle_id:uuid}/results/{subject_id:uuid}", opt=allow("results.review"))
async def sheet(ctx: Ctx, cycle_id: FromPath[UUID], subject_id: FromPath[UUID]) -> Response[Any]:
    return await _sheet_page(ctx, cycle_id, subject_id)


async def _sheet_page(
    ctx: Context, cycle_id: UUID, subject_id: UUID, problems: Any = (), form: Any = None
) -> Response[Any]:
    cycle = await _cycle(ctx, cycle_id)
    run, _busy = await queries.runs_of(ctx.session, cycle_id)
    row = await queries.sheet(ctx.session, run.id, subject_id) if run else None
    if run is None or row is None:
        raise NotFound
    scheme = await _scheme(ctx, cycle)
    history = await published_queries.history(ctx.session, cycle.scheme_id, row.subject, cycle.period)
    values, kind = scheme.resolve_parameters(cycle.parameters)[0], periods.parse(cycle.period, scheme.month_starts).type
    units = await unit_names(ctx.session, scheme.leaves.values())
    handled = await followups_of(ctx.session, cycle_id, subject_id) if run.release_number else []
    view = {
        "cycle": cycle, "run": run, "it": sheet_view(row, scheme, cycle.parameters, cycle.period, history, units, handled),
        "may": ctx.person.has(Role.APPROVER),
        "grades": [(name, name) for name in grades(scheme, values, row.kind, kind)],
        "honours": [(name, name) for name in honours(scheme, row.kind, kind)],
    }  # fmt: skip
    return ctx.page("results/sheet.html", view, cycle=cycle.title, problems=problems, form=form)


@post("/cycles/{cycle_id:uuid}/results/{subject_id:uuid}/decision", opt=allow("results.confirm"))
async def decide(ctx: Ctx, cycle_id: FromPath[UUID], subject_id: FromPath[UUID]) -> Response[Any]:
    cycle, form = await _cycle(ctx, cycle_id), await ctx.form()
    run = await queries.latest_run(ctx.session, cycle_id)
    row = await queries.sheet(ctx.session, run.id, subject_id) if run else None
    if run is None or row is None:
        raise NotFound
    scheme = await _scheme(ctx, cycle)
    values, kind = scheme.resolve_parameters(cycle.parameters)[0], periods.parse(cycle.period, scheme.month_starts).type
    known = grades(scheme, values, row.kind, kind)
    grade = form.choice("grade", _("等次"), known) if known else row.proposed_grade
    chosen = [name for name in honours(scheme, row.kind, kind) if name in form.all("honours")]
    reason = form.text("reason", _("理由"), max_length=500)
    if form.problems:
        return await _sheet_page(ctx, cycle_id, subject_id, form.problems, form)
    wish = Wish(grade, chosen, reason)
    await service.decide(ctx.session, scheme, run.id, subject_id, wish, ctx.person.id, ctx.person.name)
    return ctx.redirect(f"/cycles/{cycle_id}/results/{subject_id}", flash=_("已记下。"))


@post("/cycles/{cycle_id:uuid}/runs/{run_id:uuid}/confirmation", opt=allow("results.confirm"))
async def confirm(ctx: Ctx, cycle_id: FromPath[UUID], run_id: FromPath[UUID]) -> Response[Any]:
    cycle, form = await _cycle(ctx, cycle_id), await ctx.form()
    scheme, approved = await _scheme(ctx, cycle), "approved" in form
    try:
        await service.confirm_run(ctx.session, scheme, cycle_id, run_id, ctx.person.name, approved=approved)
    except Invalid as refused:  # a step of its own first, and a mistake only where the box was left empty there
        view = {"cycle": cycle, "run_id": run_id, "waiting": await approvals.awaited(ctx.session, scheme, run_id)}
        problems = refused.problems if "asked" in form else ()
        return ctx.page("results/approvals.html", view, cycle=cycle.title, problems=problems)
    return ctx.redirect(f"/cycles/{cycle_id}/results", flash=_("结果已确认，可以发布。"))


@post("/cycles/{cycle_id:uuid}/releases", opt=allow("results.release"))
async def release(ctx: Ctx, cycle_id: FromPath[UUID]) -> Response[Any]:
    cycle, form = await _cycle(ctx, cycle_id), await ctx.form()
    note = form.text("note", _("发布说明"), required=False, max_length=500)
    run_id = form.uuid("run", _("计算结果"))
    form.check()
    assert run_id is not None
    made = await service.release_run(ctx.session, cycle, run_id, note, ctx.person.id, ctx.person.name, ctx.jurisdiction)
    flash = _("已发布第 {number} 版，各单位已收到消息。").format(number=made.number)
    return ctx.redirect(f"/cycles/{cycle_id}/releases", flash=flash)


@get("/cycles/{cycle_id:uuid}/releases", opt=allow("results.review"))
async def releases(ctx: Ctx, cycle_id: FromPath[UUID]) -> Response[Any]:
    cycle = await _cycle(ctx, cycle_id)
    listed = await published_queries.releases_of(ctx.session, cycle_id)
    changes = await published_queries.differences(ctx.session, listed[0].id, listed[1].id) if len(listed) > 1 else []
    view = {"cycle": cycle, "releases": listed, "changes": changes}
    return ctx.page("results/releases.html", view, cycle=cycle.title)


@get("/cycles/{cycle_id:uuid}/releases/{release_id:uuid}/{name:str}", opt=allow("results.review"))
async def release_file(
    ctx: Ctx, cycle_id: FromPath[UUID], release_id: FromPath[UUID], name: FromPath[str]
) -> Response[Any]:
    """`facts.json` and `result.json` as they were released, byte for byte."""
    kind = name.removesuffix(".json")
    if name not in {"facts.json", "result.json"}:
        raise NotFound
    content = await published_queries.release_bytes(ctx.session, cycle_id, release_id, kind)
    if content is None:
        raise NotFound
    return attachment(content, name, "application/json")


@get(["/cycles/{cycle_id:uuid}/results.xlsx", "/cycles/{cycle_id:uuid}/results.csv"], opt=allow("results.review"))
async def export(ctx: Ctx, cycle_id: FromPath[UUID]) -> Response[Any]:
    """The ranking as it is filtered, every row of it, with the items."""
    cycle = await _cycle(ctx, cycle_id)
    run, _busy = await queries.runs_of(ctx.session, cycle_id)
    if run is None:
        raise NotFound
    rows = await queries.ranking(ctx.session, run.id, _chosen(ctx), None, most=None, payload=True)
    scheme = await _scheme(ctx, cycle)
    await ctx.release()
    form = ctx.request.url.path.rpartition(".")[2]
    content = await asyncio.to_thread(exports.table, rows, scheme, form)
    return attachment(content, f"{cycle.title}.{form}", exports.MEDIA[form])


routes = [
    *published_pages.routes,
    *list_pages.routes,
    compute,
    one_run,
    ranking,
    sheet,
    decide,
    confirm,
    release,
    releases,
    release_file,
    export,
]
