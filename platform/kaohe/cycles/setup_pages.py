"""The wizard: each step is a page of its own, saved as it is left, forward or back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from kaohe.catalogue.service import current_parameters, enabled_scheme_of, enabled_schemes
from kaohe.clock import today
from kaohe.cycles import drafts, schemes, setup
from kaohe.cycles.errors import NoDraft
from kaohe.cycles.issuing import issue_notice
from kaohe.cycles.notices import notice_text
from kaohe.cycles.setup_forms import read_basics, read_kinds, read_scope
from kaohe.cycles.views import CheckStep, SchemeStep, Steps, SubjectStep
from kaohe.errors import Invalid
from kaohe.i18n import _, period_words, said
from kaohe.scheme.model import Scheme
from kaohe.web.context import Context, Ctx
from kaohe.web.forms import Form
from kaohe.web.permissions import allow


@get("/cycles/new", opt=allow("cycles.manage"))
async def new(ctx: Ctx) -> Response[Any]:
    enabled = await enabled_schemes(ctx.session)
    asked = ctx.request.query_params.get("scheme")
    scheme = next((one for one in enabled if one.id == asked), None) or (enabled[0] if len(enabled) == 1 else None)
    view = await _new_view(ctx, enabled, scheme)
    return ctx.page("cycles/scheme.html", view)


async def _new_view(ctx: Context, enabled: list[Scheme], scheme: Scheme | None) -> SchemeStep:
    steps = Steps(None, "scheme")
    if scheme is None:
        return SchemeStep(steps, enabled)
    period = schemes.current_period(scheme, today())
    parameters = await current_parameters(ctx.session, scheme.id, on=min(today(), period.end))
    return SchemeStep(steps, enabled, scheme, parameters, _period_options(scheme), period.text)


def _period_options(scheme: Scheme, chosen: str = "") -> list[tuple[str, str]]:
    options = [(period.text, period_words(period.text)) for period in schemes.offered_periods(scheme, today())]
    known = {text for text, _label in options}
    return options if not chosen or chosen in known else [(chosen, chosen), *options]


@post("/cycles", opt=allow("cycles.manage"))
async def create(ctx: Ctx) -> Response[Any]:
    form = await ctx.form()
    scheme = await enabled_scheme_of(ctx.session, form["scheme"])
    try:
        basics = read_basics(form, scheme)
    except Invalid as refused:
        view = await _new_view(ctx, [scheme], scheme)
        return ctx.page("cycles/scheme.html", view, problems=refused.problems, form=form)
    cycle_id = await drafts.create(ctx.session, basics, ctx.person.id)
    return ctx.redirect(f"/cycles/{cycle_id}/setup/subjects")


async def or_the_cycle(ctx: Context, cycle_id: UUID, page: Awaitable[Response[Any]]) -> Response[Any]:
    """A step of the wizard that was kept open leads to the cycle once its notice is out."""
    try:
        return await page
    except NoDraft:
        return ctx.redirect(f"/cycles/{cycle_id}")


@get("/cycles/{cycle_id:uuid}/setup/scheme", opt=allow("cycles.manage"))
async def scheme_step(ctx: Ctx, cycle_id: FromPath[UUID]) -> Response[Any]:
    return await or_the_cycle(ctx, cycle_id, _scheme_page(ctx, cycle_id))


async def _scheme_page(ctx: Context, cycle_id: UUID) -> Response[Any]:
    return ctx.page("cycles/scheme.html", await _scheme_view(ctx, cycle_id))


async def _scheme_view(ctx: Context, cycle_id: UUID) -> SchemeStep:
    draft = await setup.load(ctx.session, cycle_id)
    cycle, scheme = draft.cycle, draft.scheme
    enabled = await enabled_schemes(ctx.session)
    asked = ctx.request.query_params.get("scheme", scheme.id)
    if asked != scheme.id and any(one.id == asked for one in enabled):
        other = await _new_view(ctx, enabled, next(one for one in enabled if one.id == asked))
        return SchemeStep(Steps(cycle_id, "scheme"), enabled, other.scheme, other.parameters, other.periods,
                          other.period, version=cycle.version)  # fmt: skip
    hurdles = [hurdle for hurdle in draft.hurdles if hurdle.step == "scheme"]
    return SchemeStep(Steps(cycle_id, "scheme"), enabled, scheme, draft.parameters,
                      _period_options(scheme, cycle.period), cycle.period, cycle.title, cycle.version,
                      hurdles)  # fmt: skip


@post("/cycles/{cycle_id:uuid}/setup/scheme", opt=allow("cycles.manage"))
async def save_scheme(ctx: Ctx, cycle_id: FromPath[UUID]) -> Response[Any]:
    form = await ctx.form()
    scheme = await enabled_scheme_of(ctx.session, form["scheme"])
    try:
        basics = read_basics(form, scheme)
    except Invalid as refused:
        view = await _scheme_view(ctx, cycle_id)
        return ctx.page("cycles/scheme.html", view, problems=refused.problems, form=form)
    await drafts.change_basics(ctx.session, cycle_id, form.version(), basics)
    return ctx.redirect(f"/cycles/{cycle_id}/setup/subjects")


@get("/cycles/{cycle_id:uuid}/setup/subjects", opt=allow("cycles.manage"))
async def subject_step(ctx: Ctx, cycle_id: FromPath[UUID]) -> Response[Any]:
    return await or_the_cycle(ctx, cycle_id, _subject_page(ctx, cycle_id))


async def _subject_page(ctx: Context, cycle_id: UUID) -> Response[Any]:
    draft = await setup.load(ctx.session, cycle_id, "candidates")
    return ctx.page("cycles/subjects.html", SubjectStep(Steps(cycle_id, "subjects"), draft))


@post("/cycles/{cycle_id:uuid}/setup/subjects", opt=allow("cycles.manage"))
async def save_subjects(ctx: Ctx, cycle_id: FromPath[UUID]) -> Response[Any]:
    form = await ctx.form()
    draft = await setup.load(ctx.session, cycle_id, "candidates")
    try:
        scope = read_scope(form, draft)
        kinds = {kind.id: "all" for kind in draft.scheme.kinds} if scope == "all" else read_kinds(form, draft)
    except Invalid as refused:
        view = SubjectStep(Steps(cycle_id, "subjects"), draft)
        return ctx.page("cycles/subjects.html", view, problems=refused.problems, form=form)
    await drafts.choose_subjects(ctx.session, cycle_id, form.version(), kinds, scope)
    return ctx.redirect(onward(cycle_id, form, "subjects"))


def onward(cycle_id: UUID, form: Form, step: str) -> str:
    """Where the pressed button leads: on, or back."""
    place = setup.STEPS.index(step) + (-1 if form["go"] == "back" else 1)
    return f"/cycles/{cycle_id}/setup/{setup.STEPS[place]}"


@get("/cycles/{cycle_id:uuid}/setup/check", opt=allow("cycles.manage"))
async def check_step(ctx: Ctx, cycle_id: FromPath[UUID]) -> Response[Any]:
    return await or_the_cycle(ctx, cycle_id, _check_page(ctx, cycle_id))


async def _check_page(ctx: Context, cycle_id: UUID) -> Response[Any]:
    return ctx.page("cycles/check.html", await _check_view(ctx, cycle_id))


async def _check_view(ctx: Context, cycle_id: UUID) -> CheckStep:
    draft = await setup.load(ctx.session, cycle_id, "candidates", "people", "phases", "twins")
    groups = Counter(one.group.title for one in draft.subjects)
    channels = {one.id: said(one.title) for one in draft.scheme.channels}
    text = draft.cycle.notice or notice_text(draft, ctx.jurisdiction)
    return CheckStep(Steps(cycle_id, "check"), draft, text, list(groups.items()), channels)


@post("/cycles/{cycle_id:uuid}/setup/check", opt=allow("cycles.manage"))
async def save_text(ctx: Ctx, cycle_id: FromPath[UUID]) -> Response[Any]:
    form = await ctx.form()
    if form["go"] == "reset":
        await drafts.write_notice(ctx.session, cycle_id, form.version(), "")
    else:
        await _write_text(ctx, cycle_id, form)
    return ctx.redirect(f"/cycles/{cycle_id}/setup/check", flash=_("通知文字已保存。"))


async def _write_text(ctx: Context, cycle_id: UUID, form: Form) -> int:
    """Kept only where it differs from what the draft gives by itself; answers the draft's version."""
    text = form.text("text", _("通知正文"), max_length=20_000).replace("\r\n", "\n")
    form.check()
    draft = await setup.load(ctx.session, cycle_id, "candidates", "phases")
    if text in {draft.cycle.notice, notice_text(draft, ctx.jurisdiction)}:
        return form.version()
    await drafts.write_notice(ctx.session, cycle_id, form.version(), text)
    await ctx.session.flush()
    return form.version() + 1


@post("/cycles/{cycle_id:uuid}/notice", opt=allow("cycles.manage"))
async def issue(ctx: Ctx, cycle_id: FromPath[UUID]) -> Response[Any]:
    form = await ctx.form()
    try:
        version = await _write_text(ctx, cycle_id, form)
        await issue_notice(ctx.session, cycle_id, version, ctx.jurisdiction)
    except Invalid as refused:
        view = await _check_view(ctx, cycle_id)
        return ctx.page("cycles/check.html", view, problems=refused.problems, form=form)
    return ctx.redirect(f"/cycles/{cycle_id}", flash=_("通知已发出，各参加单位会在消息里收到，并被请求确认收到。"))


@post("/cycles/{cycle_id:uuid}/deletion", opt=allow("cycles.manage"))
async def discard(ctx: Ctx, cycle_id: FromPath[UUID]) -> Response[Any]:
    await drafts.discard(ctx.session, cycle_id)
    return ctx.redirect("/cycles", flash=_("草稿已删除。"))


routes = [
    new, create, scheme_step, save_scheme, subject_step, save_subjects, check_step, save_text, issue, discard,
]  # fmt: skip
