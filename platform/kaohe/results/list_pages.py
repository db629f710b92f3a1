"""Pages and spreadsheets of the lists beside the ranking."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath
from sqlalchemy import Row

from kaohe.catalogue.service import scheme_of
from kaohe.errors import NotFound
from kaohe.followups.service import own_followup
from kaohe.results import bulletin, bulletins, lists, queries
from kaohe.results.lists import Listing
from kaohe.spreadsheets import XLSX, write_table
from kaohe.web.context import Context, Ctx
from kaohe.web.downloads import attachment
from kaohe.web.permissions import allow


@get("/cycles/{cycle_id:uuid}/awards", opt=allow("results.review"))
async def awards(ctx: Ctx, cycle_id: FromPath[UUID]) -> Response[Any]:
    """What is to be paid out by the newest release."""
    return await _page(ctx, cycle_id, "awards")


@get("/cycles/{cycle_id:uuid}/awards.xlsx", opt=allow("results.review"))
async def awards_file(ctx: Ctx, cycle_id: FromPath[UUID]) -> Response[Any]:
    return await _file(ctx, cycle_id, "awards")


@get("/cycles/{cycle_id:uuid}/tally", opt=allow("results.review"))
async def tally(ctx: Ctx, cycle_id: FromPath[UUID]) -> Response[Any]:
    """What each unit handed in."""
    return await _page(ctx, cycle_id, "tally")


@get("/cycles/{cycle_id:uuid}/tally.xlsx", opt=allow("results.review"))
async def tally_file(ctx: Ctx, cycle_id: FromPath[UUID]) -> Response[Any]:
    return await _file(ctx, cycle_id, "tally")


async def _listing(ctx: Context, cycle_id: UUID, name: str) -> tuple[Row[Any], Listing | None]:
    cycle = await queries.cycle(ctx.session, cycle_id)
    if cycle is None:
        raise NotFound
    if name == "awards":
        return cycle, await lists.awards(ctx.session, cycle)
    scheme = await scheme_of(ctx.session, cycle.scheme_id, cycle.scheme_version)
    return cycle, await lists.tally(ctx.session, cycle, scheme)


async def _page(ctx: Context, cycle_id: UUID, name: str) -> Response[Any]:
    cycle, listing = await _listing(ctx, cycle_id, name)
    return ctx.page("results/listing.html", {"cycle": cycle, "name": name, "list": listing}, cycle=cycle.title)


async def _file(ctx: Context, cycle_id: UUID, name: str) -> Response[Any]:
    cycle, listing = await _listing(ctx, cycle_id, name)
    if listing is None:
        raise NotFound
    heads, body = (
        [label for label, _number in listing.heads],
        [*listing.rows, *([listing.sums] if listing.sums else [])],
    )
    content = write_table(listing.title, heads, body, freeze=2)
    return attachment(content, f"{cycle.title}{listing.title}.xlsx", XLSX)


@get("/followups/{followup_id:uuid}/bulletin.docx", opt=allow("results.review"))
async def bulletin_file(ctx: Ctx, followup_id: FromPath[UUID]) -> Response[Any]:
    """A draft to be edited in Word."""
    row = await own_followup(ctx.session, followup_id)
    cycle = await queries.cycle(ctx.session, row.cycle_id) if row else None
    if cycle is None:
        raise NotFound
    scheme = (await scheme_of(ctx.session, cycle.scheme_id, cycle.scheme_version)).under(cycle.parameters)
    paper = await bulletins.draft(ctx.session, cycle, scheme, row)
    if paper is None:
        raise NotFound
    await ctx.release()
    return attachment(await asyncio.to_thread(bulletin.write, paper), f"{paper.title}.docx", bulletin.DOCX)


routes = [bulletin_file, awards, awards_file, tally, tally_file]
