"""The list of records, one record, replies and reversals; 登记 in `entry_pages`, imports in `import_pages`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from kaohe.catalogue import service as catalogue
from kaohe.catalogue.entries import entry_words
from kaohe.clock import today
from kaohe.errors import FieldProblem, NotFound
from kaohe.evidence.service import also_readable
from kaohe.i18n import _, said
from kaohe.identity.models import Role
from kaohe.records import entry_pages, import_pages, queries, service
from kaohe.records.access import OFFICE, UNIT, reach_of
from kaohe.records.clauses import groups
from kaohe.records.telling import entry_of
from kaohe.records.views import Line, ListPage, Other, Photo, RecordPage
from kaohe.scheme.model import Scheme
from kaohe.web.context import Context, Ctx
from kaohe.web.permissions import allow

HANDLING = (*UNIT, Role.ORGANISER, Role.APPROVER)
FILTERS = ("q", "subject", "clause", "start", "end", "state")


@also_readable
async def evidence_of_a_record(session: Any, person: Any, evidence_id: UUID) -> bool:
    """Whoever sees a record sees its photos."""
    return await queries.evidence_in_reach(session, reach_of(person), evidence_id)


@get("/records", opt=allow("records.read"))
async def listed(ctx: Ctx) -> Response[Any]:
    asked = {name: ctx.request.query_params.get(name, "").strip()[:100] for name in FILTERS}
    received = ctx.request.query_params.get("show") == "received"
    number = ctx.request.query_params.get("page", "1")
    number = int(number) if number.isdecimal() and len(number) < 6 else 1
    rows, total = await queries.page(
        ctx.session, _filter(asked, received=received), reach_of(ctx.person), max(1, number)
    )
    schemes = await catalogue.schemes_of(ctx.session, {row.scheme_id for row in rows})
    leaves = [schemes[row.scheme_id].leaves.get(row.leaf) for row in rows if row.scheme_id in schemes]
    units = await service.unit_names(ctx.session, leaves)
    office = ctx.person.has(*OFFICE) or ctx.person.units(*UNIT) is None
    enabled = await catalogue.enabled_schemes(ctx.session)
    query = urlencode(
        {name: value for name, value in asked.items() if value} | ({"show": "received"} if received else {})
    )
    return ctx.page("records/list.html", ListPage(
        lines=[line(row, schemes.get(row.scheme_id), units) for row in rows],
        total=total, page=max(1, number), pages=max(1, -(-min(total, queries.MOST_COUNTED) // queries.PAGE)), filters=asked,
        query=query, clauses=_clauses(enabled), office=office, may_write=ctx.person.has(Role.INSPECTOR),
        may_import=ctx.person.has(Role.INSPECTOR, Role.ORGANISER), received=received,
        has_ways=any(scheme.ways for scheme in enabled) and ctx.person.has(*HANDLING),
    ))  # fmt: skip


def _filter(asked: dict[str, str], *, received: bool) -> queries.Filter:
    scheme_id, _colon, leaf = asked["clause"].partition(":")
    try:
        subject = UUID(asked["subject"]) if asked["subject"] else None
    except ValueError:
        raise NotFound from None
    return queries.Filter(
        asked["q"], subject, scheme_id, leaf, entry_pages.day_of(asked["start"]), entry_pages.day_of(asked["end"]),
        asked["state"], received,
    )  # fmt: skip


def _clauses(schemes: list[Scheme]) -> list[tuple[str, str]]:
    """(value, words) for the filter."""
    found: dict[str, str] = {}
    for scheme in schemes:
        for kind in scheme.kinds:
            for group in groups([(scheme, scheme.resolve_parameters({})[0])], kind.id):
                found |= {f"{scheme.id}:{c.code}": f"{kind.title} · {c.title}" for c in group.clauses}
    return list(found.items())


def matter_words(matter: str | None) -> str:
    """What somebody called it; records written together without a name share a number, which says nothing."""
    return "" if matter is None or re.fullmatch(r"\d{4,}-\d{7}", matter) else matter


def line(row: Any, scheme: Scheme | None, units: Mapping[str, str]) -> Line:
    """A clause of a scheme that is no longer installed is shown by its code."""
    leaf = scheme.leaves.get(row.leaf) if scheme else None
    entry = {name: value for name, value in entry_of(row).items() if name != "matter"}
    words = entry_words(leaf, entry, scheme=scheme, units=units) if leaf else ""
    title, article = (said(leaf.title), leaf.article) if leaf else (row.leaf, "")
    return Line(
        row.id, service.number_words(row.number), row.subject_name, title, article, words, matter_words(row.matter),
        row.note or "", row.date, row.state, row.entered_name, getattr(row, "replies", 0), getattr(row, "photos", 0),
    )  # fmt: skip


@get("/records/{record_id:uuid}", opt=allow("records.read"))
async def one(ctx: Ctx, record_id: FromPath[UUID]) -> Response[Any]:
    return ctx.page("records/record.html", await _record_page(ctx, record_id))


async def _record_page(ctx: Context, record_id: UUID) -> RecordPage:
    session, reach = ctx.session, reach_of(ctx.person)
    row = await queries.record(session, reach, record_id)
    if row is None:
        raise NotFound
    scheme = (await catalogue.schemes_of(session, [row.scheme_id])).get(row.scheme_id)
    own, office = row.tenant_id == ctx.tenant_id, ctx.person.has(Role.INSPECTOR, Role.ORGANISER)
    other = _other(row)
    units = await service.unit_names(session, [scheme.leaves.get(row.leaf)] if scheme else [])
    again = urlencode({"subject": row.subject_id})
    return RecordPage(
        line(row, scheme, units), said(scheme.title) if scheme else row.scheme_id, row.entered_at, row.source, row.reply_until,
        [Photo(file.id, file.name) for file in await queries.evidence(session, record_id)],
        await queries.replies(session, record_id),
        [line(each, scheme, units) for each in await queries.linked(session, reach, row)],
        other if row.state == "reversed" else None, other if row.state == "reversal" else None,
        may_reverse=own and office and row.state == "confirmed",
        may_reply=ctx.person.has(Role.STAFF, *UNIT) and service.may_reply(ctx.person, row, day=today()),
        may_write=ctx.person.has(Role.INSPECTOR) and own, just_made="made" in ctx.request.query_params, again=again,
    )  # fmt: skip


def _other(row: Any) -> Other | None:
    if row.other_id is None:
        return None
    reason = row.other_note if row.state == "reversed" else row.note
    return Other(row.other_id, service.number_words(row.other_number), reason or "", row.other_name, row.other_at)


@post("/records/{record_id:uuid}/replies", opt=allow("records.reply"))
async def reply(ctx: Ctx, record_id: FromPath[UUID]) -> Response[Any]:
    form = await ctx.form()
    words = form.text("text", _("申辩"), max_length=2000)
    if form.problems:
        view = await _record_page(ctx, record_id)
        return ctx.page("records/record.html", view, problems=form.problems, form=form)
    await service.reply(ctx.session, ctx.person, record_id, words)
    return ctx.redirect(f"/records/{record_id}", flash=_("申辩已送达登记人。"))


@get("/records/{record_id:uuid}/reversal", opt=allow("records.reverse"))
async def ask_reversal(ctx: Ctx, record_id: FromPath[UUID]) -> Response[Any]:
    view = await _record_page(ctx, record_id)
    if not view.may_reverse:
        raise NotFound
    return ctx.page("records/reversal.html", view)


@post("/records/{record_id:uuid}/reversal", opt=allow("records.reverse"))
async def reverse(ctx: Ctx, record_id: FromPath[UUID]) -> Response[Any]:
    form = await ctx.form()
    reason = form.text("reason", _("冲销原因"), max_length=500)
    if form.problems:
        problems: list[FieldProblem] = form.problems
        return ctx.page("records/reversal.html", await _record_page(ctx, record_id), problems=problems, form=form)
    await service.reverse_record(ctx.session, ctx.person, record_id, reason, linked=form.boolean("linked"))
    return ctx.redirect(f"/records/{record_id}", flash=_("记录已冲销，不再计分；冲销记录与原记录都会保留。"))


routes = [listed, one, reply, ask_reversal, reverse, *entry_pages.routes, *import_pages.routes]
