"""Cycles: the list, one cycle, its progress, and what the organiser does while it runs."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from sqlalchemy import Row

from kaohe.catalogue.service import enabled_schemes, has_versions, scheme_of
from kaohe.clock import today
from kaohe.cycles import board, people_pages, queries, service, setup_pages
from kaohe.cycles.phases import by_name
from kaohe.cycles.progress import CyclePage, CyclesPage, ExtensionPage, ProgressPage
from kaohe.cycles.reminders import due_days, remind_late
from kaohe.errors import Invalid, NotFound
from kaohe.i18n import _, said
from kaohe.identity.models import Role
from kaohe.web.context import Context, Ctx
from kaohe.web.permissions import allow

# Who may go on to the results (and, with assessors, to what was filed).
REVIEWERS = (Role.ORGANISER, Role.APPROVER)


def page_number(ctx: Context) -> int:
    asked = ctx.request.query_params.get("page", "1")
    return max(1, int(asked)) if asked.isdecimal() and len(asked) < 7 else 1


@get("/cycles", opt=allow("cycles.read"))
async def cycles(ctx: Ctx) -> Response[Any]:
    page, total = page_number(ctx), await queries.count_cycles(ctx.session)
    rows = await queries.cycles(ctx.session, page)
    schemes = {row.scheme_id for row in rows}
    titles = {one.id: said(one.title) for one in await enabled_schemes(ctx.session) if one.id in schemes}
    return ctx.page("cycles/list.html", CyclesPage(rows, titles, page, total, ctx.person.has(Role.ORGANISER), today()))


async def _cycle(ctx: Context, cycle_id: UUID) -> Row[Any]:
    found = await queries.cycle(ctx.session, cycle_id)
    if found is None:
        raise NotFound
    return found


def _day_of(cycle: Row[Any]) -> date:
    """By which lateness is told: nothing of a closed cycle is late."""
    return date.min if cycle.state == "closed" else today()


@get("/cycles/{cycle_id:uuid}", opt=allow("cycles.read"))
async def cycle(ctx: Ctx, cycle_id: FromPath[UUID]) -> Response[Any]:
    row = await queries.cycle_shown(ctx.session, cycle_id)
    if row is None:
        raise NotFound
    if row.state == "draft":
        if not ctx.person.has(Role.ORGANISER):
            raise NotFound
        return ctx.redirect(f"/cycles/{cycle_id}/setup/check")
    phases = await queries.phases(ctx.session, cycle_id)
    numbers = await board.numbers(ctx.session, cycle_id, due_days(by_name(phases)), _day_of(row))
    people = await queries.people(ctx.session, cycle_id)
    names = await queries.participants(ctx.session, cycle_id)
    scheme = (await scheme_of(ctx.session, row.scheme_id, row.scheme_version)).under(row.parameters)
    manages = ctx.person.has(Role.ORGANISER)
    changeable = manages and row.state == "issued" and has_versions(row.scheme_id, row.held)
    view = CyclePage(row, scheme, phases, numbers, people, names, today(), manages, ctx.person.has(*REVIEWERS),
                     row.changes or [], changeable)  # fmt: skip
    return ctx.page("cycles/cycle.html", view, cycle=row.title)


@get("/cycles/{cycle_id:uuid}/progress", opt=allow("cycles.read"))
async def progress(ctx: Ctx, cycle_id: FromPath[UUID]) -> Response[Any]:
    row = await _cycle(ctx, cycle_id)
    if row.state == "draft":
        raise NotFound
    wanted = ctx.request.query_params
    phases, day, page = await queries.phases(ctx.session, cycle_id), _day_of(row), page_number(ctx)
    due = due_days(by_name(phases))
    numbers = await board.numbers(ctx.session, cycle_id, due, day)
    group, late = wanted.get("group", ""), wanted.get("late") == "1"
    rows = await board.rows(ctx.session, cycle_id, due, day, group=group, only_late=late, page=page)
    view = ProgressPage(row, phases, due, numbers, rows, today(), group, late, page, ctx.person.has(Role.ORGANISER),
                        ctx.person.has(*REVIEWERS), ctx.person.has(*REVIEWERS, Role.ASSESSOR))  # fmt: skip
    return ctx.page("cycles/progress.html", view, cycle=row.title)


@post("/cycles/{cycle_id:uuid}/reminders", opt=allow("cycles.manage"))
async def remind(ctx: Ctx, cycle_id: FromPath[UUID]) -> Response[Any]:
    count = await remind_late(ctx.session, cycle_id)
    flash = _("已发出 {count} 条催办消息。").format(count=count) if count else _("没有逾期的单位，不需要催办。")
    return ctx.redirect(f"/cycles/{cycle_id}/progress", flash=flash)


@get("/cycles/{cycle_id:uuid}/extensions", opt=allow("cycles.manage"))
async def extension_form(ctx: Ctx, cycle_id: FromPath[UUID]) -> Response[Any]:
    return ctx.page("cycles/extension.html", await _extension_view(ctx, cycle_id))


async def _extension_view(ctx: Context, cycle_id: UUID) -> ExtensionPage:
    row = await _cycle(ctx, cycle_id)
    rows = await queries.participations(ctx.session, cycle_id)
    given = await queries.extensions(ctx.session, cycle_id)
    asked = ctx.request.query_params.get("participation", "")
    return ExtensionPage(row, [one for one in rows if one.filing_state != "filed"], given, asked, today())


@post("/cycles/{cycle_id:uuid}/extensions", opt=allow("cycles.manage"))
async def extend(ctx: Ctx, cycle_id: FromPath[UUID]) -> Response[Any]:
    form = await ctx.form()
    try:
        chosen = form.uuids("participation")
        if not chosen:
            form.refuse("participation", _("请选择延期的单位"))
        until, reason = form.date("until", _("延期至")), form.text("reason", _("延期理由"), max_length=200)
        form.check()
        assert until is not None
        count = await service.extend(ctx.session, cycle_id, chosen, until=until, reason=reason, by=ctx.person.id)
    except Invalid as refused:
        view = await _extension_view(ctx, cycle_id)
        return ctx.page("cycles/extension.html", view, problems=refused.problems, form=form)
    return ctx.redirect(
        f"/cycles/{cycle_id}/progress", flash=_("已延期 {count} 个单位，并通知到人。").format(count=count)
    )


@post("/cycles/{cycle_id:uuid}/closing", opt=allow("cycles.manage"))
async def close(ctx: Ctx, cycle_id: FromPath[UUID]) -> Response[Any]:
    await service.close(ctx.session, cycle_id)
    return ctx.redirect(f"/cycles/{cycle_id}", flash=_("考核已结束，不再接受自评和评分。"))


routes = [
    cycles, cycle, progress, remind, extension_form, extend, close, *setup_pages.routes, *people_pages.routes,
]  # fmt: skip
