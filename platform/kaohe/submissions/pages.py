"""Self-assessment: what is to be filled in, one indicator at a time or all in one."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from kaohe.catalogue.entries import check, read_entries
from kaohe.clock import ZONE
from kaohe.errors import FieldProblem, Invalid
from kaohe.i18n import _
from kaohe.identity.models import Role
from kaohe.scheme.model import Indicator
from kaohe.submissions import claim_views, queries, views
from kaohe.submissions.claims import save_claim
from kaohe.submissions.errors import ClaimChanged
from kaohe.submissions.evidence_pages import routes as evidence_routes
from kaohe.submissions.filing_pages import routes as filing_routes
from kaohe.submissions.host_pages import routes as host_routes
from kaohe.submissions.report_pages import routes as report_routes
from kaohe.submissions.reports import of_work
from kaohe.submissions.work import FILLING, Work, open_work
from kaohe.web.context import Context, Ctx
from kaohe.web.forms import Form
from kaohe.web.permissions import allow

READ, WRITE = "self_assessments.read", "self_assessments.write"
MOST_REMARK = 5000


@get("/self-assessments", opt=allow(READ))
async def mine(ctx: Ctx) -> Response[Any]:
    asked = ctx.request.query_params.get("page", "1")
    page = max(1, int(asked)) if asked.isdecimal() and len(asked) < 7 else 1
    rows = await queries.mine(ctx.session, ctx.person.units(*FILLING), page)
    return ctx.page("submissions/mine.html", views.mine_view(rows, page, queries.PAGE))


@get("/self-assessments/{self_assessment_id:uuid}", opt=allow(READ))
async def tasks(ctx: Ctx, self_assessment_id: FromPath[UUID]) -> Response[Any]:
    work = await open_work(ctx.session, ctx.person, self_assessment_id)
    asked = await of_work(ctx.session, work)
    view = views.tasks_view(work, asked, may_file=ctx.person.has(Role.LEAD))
    return ctx.page("submissions/tasks.html", view, cycle=work.row.notice["title"])


@get("/self-assessments/{self_assessment_id:uuid}/all", opt=allow(READ))
async def all_in_one(ctx: Ctx, self_assessment_id: FromPath[UUID]) -> Response[Any]:
    work = await open_work(ctx.session, ctx.person, self_assessment_id)
    view = claim_views.all_view(work)
    return ctx.page("submissions/all.html", view, cycle=work.row.notice["title"])


@get("/self-assessments/{self_assessment_id:uuid}/claims/{leaf:str}", opt=allow(READ))
async def indicator(ctx: Ctx, self_assessment_id: FromPath[UUID], leaf: FromPath[str]) -> Response[Any]:
    work = await open_work(ctx.session, ctx.person, self_assessment_id)
    chosen = work.leaf(leaf)
    replaced = await queries.replaced(ctx.session, work.id, leaf)
    view = claim_views.claim_view(work, chosen, replaced=replaced)
    return ctx.page("submissions/indicator.html", view, cycle=work.row.notice["title"])


@post("/self-assessments/{self_assessment_id:uuid}/claims/{leaf:str}", opt=allow(WRITE))
async def save(ctx: Ctx, self_assessment_id: FromPath[UUID], leaf: FromPath[str]) -> Response[Any]:
    """Autosave asks with `X-Autosave` and gets JSON or the difference; a person gets the next page."""
    work = await open_work(ctx.session, ctx.person, self_assessment_id)
    chosen, form = work.leaf(leaf), await ctx.form()
    entries, refused = _read(work, chosen, form)
    remark = form.text("remark", _("补充说明"), required=False, max_length=MOST_REMARK)
    based_on = form.version()
    silent = "x-autosave" in ctx.request.headers
    refused += form.problems
    if refused and silent:
        raise Invalid(refused)
    if refused:
        return ctx.page("submissions/indicator.html", claim_views.claim_view(work, chosen, posted=form, problems=refused),
                        problems=refused, form=form)  # fmt: skip
    try:
        held = await save_claim(
            ctx.session, ctx.person, work, chosen, entries=entries, remark=remark, based_on=based_on
        )
    except ClaimChanged as changed:
        view = claim_views.claim_view(work, chosen, posted=form, theirs=changed.theirs, mine=(entries, remark))
        if silent:
            return ctx.fragment("submissions/indicator.html", "conflict_block", view, status=409)
        return ctx.page("submissions/indicator.html", view, form=form, status=409)
    if silent:
        saved_at = held.updated_at.astimezone(ZONE).strftime("%H:%M")
        return Response({"version": held.version, "saved_at": saved_at}, status_code=200)
    return _onward(ctx, work, chosen, form, list(held.entries))


def _read(work: Work, leaf: Indicator, form: Form) -> tuple[list[dict[str, Any]], list[FieldProblem]]:
    """What can be kept, and what cannot be understood. An entry that is only incomplete is kept as a draft."""
    read = read_entries(form, work.form(leaf))
    wrong = [problem for entry in read for problem in entry.problems if form[problem.place].strip()]
    return [entry.values for entry in read if entry.values], wrong


def _onward(ctx: Context, work: Work, leaf: Indicator, form: Form, entries: list[dict[str, Any]]) -> Response[Any]:
    base = f"/self-assessments/{work.id}"
    here = f"{base}/claims/{quote(leaf.code)}"
    found = check(work.scheme, work.values, work.subject, leaf, entries, day=work.day,
                  channel=work.channel_of(leaf))  # fmt: skip
    if found:
        return ctx.redirect(here, flash=_("已保存为草稿，还有 {count} 处要补充。").format(count=len(found)))
    if "again" in form:
        return ctx.redirect(f"{here}#e{len(entries)}", flash=_("已保存。"))
    if "list" in form:
        return ctx.redirect(f"{base}/all#{leaf.code}", flash=_("已保存「{leaf}」。").format(leaf=leaf.title))
    codes = [one.code for one in work.leaves]
    following = codes[codes.index(leaf.code) + 1 :]
    path = f"{base}/claims/{quote(following[0])}" if following else base
    return ctx.redirect(path, flash=_("已保存「{leaf}」。").format(leaf=leaf.title))


routes = [mine, tasks, all_in_one, indicator, save, *evidence_routes, *report_routes, *filing_routes, *host_routes]
