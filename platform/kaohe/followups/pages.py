"""后续: what follows from released results, who owes what by when, and one of them with its history."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath

from kaohe.clock import today
from kaohe.followups import form_pages, queries
from kaohe.followups.access import reach_of
from kaohe.followups.exports import table
from kaohe.followups.queries import Filter
from kaohe.followups.showing_pages import followup_page
from kaohe.followups.views import ListPage, line
from kaohe.i18n import _
from kaohe.identity.models import Role
from kaohe.spreadsheets import XLSX
from kaohe.web.context import Context, Ctx
from kaohe.web.downloads import attachment
from kaohe.web.permissions import allow
from kaohe.web.states import state

ONLY = ("", "late", "filed", "done", "waived", "withdrawn", "all")


def _chosen(ctx: Context) -> Filter:
    asked = ctx.request.query_params
    only = asked.get("only", "")
    try:
        cycle_id = UUID(asked["cycle"]) if asked.get("cycle") else None
    except ValueError:
        cycle_id = UUID(int=0)  # no cycle has it
    received = asked.get("show") == "received"
    return Filter(cycle_id, only if only in ONLY else "", received, ctx.page_number)


@get("/followups", opt=allow("followups.read"))
async def listed(ctx: Ctx) -> Response[Any]:
    session, reach, chosen, day = ctx.session, reach_of(ctx.person), _chosen(ctx), today()
    rows = await queries.page(session, reach, chosen, day)
    counts = await queries.counts(session, reach, chosen, day)
    cycles = [(str(row.cycle_id), row.title) for row in await queries.cycles(session, reach, chosen)]
    tabs = reach.office and (chosen.received or await queries.received(session, reach))
    view = ListPage(
        [line(row, day) for row in rows], counts, cycles, chosen, reach.office and not chosen.received,
        ctx.person.has(Role.ORGANISER) and not chosen.received, tabs, rows[0].total if rows else 0,
    )  # fmt: skip
    return ctx.page("followups/list.html", view)


@get("/followups.xlsx", opt=allow("followups.read"))
async def export(ctx: Ctx) -> Response[Any]:
    """The list as it is filtered, every row of it."""
    day = today()
    rows = await queries.page(ctx.session, reach_of(ctx.person), _chosen(ctx), day, most=None)
    await ctx.release()
    content = await asyncio.to_thread(table, [(row, line(row, day)) for row in rows], state)
    return attachment(content, f"{_('后续')}.xlsx", XLSX)


@get("/followups/{followup_id:uuid}", opt=allow("followups.read"))
async def one(ctx: Ctx, followup_id: FromPath[UUID]) -> Response[Any]:
    view = await followup_page(ctx, followup_id)
    return ctx.page("followups/followup.html", view, cycle=view.row.cycle_title)


routes = [listed, export, one, *form_pages.routes]
