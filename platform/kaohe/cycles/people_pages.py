"""Third and fourth step of the wizard: assessors with 回避, and the calendar."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from kaohe.cycles import calendar, drafts, queries, setup
from kaohe.cycles.agenda import Dates
from kaohe.cycles.conflicts import own_unit_conflicts
from kaohe.cycles.schemes import notice_days
from kaohe.cycles.setup import Setup
from kaohe.cycles.setup_forms import read_assessors, read_dates
from kaohe.cycles.setup_pages import onward, or_the_cycle
from kaohe.cycles.views import Assessor, CalendarStep, PeopleStep, Steps
from kaohe.errors import FieldProblem, Invalid
from kaohe.i18n import _
from kaohe.identity.models import Role
from kaohe.web.context import Context, Ctx
from kaohe.web.forms import Form
from kaohe.web.permissions import allow


@get("/cycles/{cycle_id:uuid}/setup/assessors", opt=allow("cycles.manage"))
async def people_step(ctx: Ctx, cycle_id: FromPath[UUID]) -> Response[Any]:
    return await or_the_cycle(ctx, cycle_id, _people_page(ctx, cycle_id))


async def _people_page(ctx: Context, cycle_id: UUID) -> Response[Any]:
    return ctx.page("cycles/assessors.html", await _people_view(ctx, cycle_id))


async def _people_view(ctx: Context, cycle_id: UUID) -> PeopleStep:
    draft = await setup.load(ctx.session, cycle_id, "candidates", "people")
    held = await queries.holders(ctx.session, Role.ASSESSOR, Role.REPORTER, Role.LEAD, Role.STAFF)
    channels: dict[UUID, set[str]] = {}
    for row in draft.assessors:
        channels.setdefault(row.person_id, set()).add(row.channel)
    assessors = {
        row.person_id: Assessor(row.person_id, row.name, row.login, frozenset(channels.get(row.person_id, ())))
        for row in held
        if row.role == Role.ASSESSOR
    }
    names = {one.id: one.name for one in assessors.values()}
    conflicts = own_unit_conflicts(draft, held, names) if draft.graded else []
    return PeopleStep(Steps(cycle_id, "assessors"), draft, list(assessors.values()), conflicts)


@post("/cycles/{cycle_id:uuid}/setup/assessors", opt=allow("cycles.manage"))
async def save_people(ctx: Ctx, cycle_id: FromPath[UUID]) -> Response[Any]:
    """Every button saves who was ticked; `go` says what else: recuse, adopt, lift:PERSON:SUBJECT, next, back."""
    form = await ctx.form()
    view = await _people_view(ctx, cycle_id)
    people = {one.id: one.name for one in view.assessors}
    chosen = read_assessors(form, people, [channel for channel, _title in view.channels])
    go = form["go"]
    if go == "next" and view.setup.graded and not chosen:
        form.refuse(f"channel-{view.channels[0][0]}", _("请至少选择一名考核人员"))
    pair, reason = _recusal(form, view, people) if go == "recuse" else (None, "")
    if form.problems:
        return ctx.page("cycles/assessors.html", view, problems=form.problems, form=form)
    await drafts.choose_assessors(ctx.session, cycle_id, form.version(), chosen)
    if pair:
        await drafts.recuse(ctx.session, cycle_id, [pair], reason)
    elif go == "adopt":
        pairs = [(one.person_id, one.subject_id) for one in view.conflicts]
        await drafts.recuse(ctx.session, cycle_id, pairs, _("本单位人员"))
    elif go.startswith("lift:"):
        await drafts.lift_recusal(ctx.session, cycle_id, *_pair(go))
    else:
        return ctx.redirect(onward(cycle_id, form, "assessors"))
    return ctx.redirect(f"/cycles/{cycle_id}/setup/assessors#recusals")


def _recusal(form: Form, view: PeopleStep, people: dict[UUID, str]) -> tuple[tuple[UUID, UUID] | None, str]:
    person = form.choice("recusal-person", _("回避人员"), [str(one) for one in people])
    subject = form.choice("recusal-subject", _("回避对象"), [one for one, _name in view.subjects])
    reason = form.text("recusal-reason", _("回避理由"), max_length=200)
    return (None if form.problems else (UUID(person), UUID(subject))), reason


def _pair(go: str) -> tuple[UUID, UUID]:
    try:
        _word, person, subject = go.split(":")
        return UUID(person), UUID(subject)
    except ValueError:
        raise Invalid(_("选项「{value}」无效").format(value=go)) from None


@get("/cycles/{cycle_id:uuid}/setup/calendar", opt=allow("cycles.manage"))
async def calendar_step(ctx: Ctx, cycle_id: FromPath[UUID]) -> Response[Any]:
    return await or_the_cycle(ctx, cycle_id, _calendar_page(ctx, cycle_id))


async def _calendar_page(ctx: Context, cycle_id: UUID) -> Response[Any]:
    """Dates in the address are tried without being saved: what the page asks for as a date is changed."""
    draft = await setup.load(ctx.session, cycle_id, "phases")
    dates = [Dates(*one) for one in draft.phases] or calendar.proposed_dates(draft)
    asked = Form(dict(ctx.request.query_params))
    if any(name.startswith("opens-") for name in asked.names()):
        try:
            dates = read_dates(asked, draft)
        except Invalid as refused:
            return ctx.page("cycles/calendar.html", _calendar_view(draft, dates), problems=refused.problems, form=asked)
    return ctx.page("cycles/calendar.html", _calendar_view(draft, dates))


def _calendar_view(draft: Setup, dates: list[Dates]) -> CalendarStep:
    order = {phase: place for place, phase in enumerate(draft.date_keys)}
    dates = sorted((one for one in dates if one.phase in order), key=lambda one: order[one.phase])
    days = notice_days(draft.scheme, draft.parameters.values)
    hurdles = calendar.calendar_hurdles(draft, dates)
    return CalendarStep(Steps(draft.cycle.id, "calendar"), draft, dates, hurdles, days)


@post("/cycles/{cycle_id:uuid}/setup/calendar", opt=allow("cycles.manage"))
async def save_calendar(ctx: Ctx, cycle_id: FromPath[UUID]) -> Response[Any]:
    form = await ctx.form()
    draft = await setup.load(ctx.session, cycle_id, "phases")
    dates: list[Dates] = []
    try:
        dates = read_dates(form, draft)
        blocking = [hurdle for hurdle in calendar.calendar_hurdles(draft, dates) if hurdle.blocks]
        problems = [FieldProblem(hurdle.place, hurdle.message) for hurdle in blocking]
    except Invalid as refused:
        problems = list(refused.problems)
    if problems:
        view = _calendar_view(draft, dates or calendar.proposed_dates(draft))
        return ctx.page("cycles/calendar.html", view, problems=problems, form=form)
    await drafts.set_calendar(ctx.session, cycle_id, form.version(), dates)
    return ctx.redirect(onward(cycle_id, form, "calendar"))


routes = [people_step, save_people, calendar_step, save_calendar]
