"""Writing a contribution: a new draft, the draft again, the text at a step that edits it, and an addition with proof."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from kaohe.catalogue.entries import EntryForm, entry_form, entry_row, read_entry
from kaohe.clock import today
from kaohe.contributions import adding, queries, service
from kaohe.contributions.errors import NotYourStep
from kaohe.contributions.models import Contribution
from kaohe.contributions.place import Standing, way_of
from kaohe.contributions.service import MOST_TITLE, Writing
from kaohe.contributions.views import AddPage, Choice, WritePage, line
from kaohe.errors import FieldProblem, Invalid, NotFound
from kaohe.evidence.intake import keep_files
from kaohe.i18n import _, said
from kaohe.records import service as records
from kaohe.web.context import Context, Ctx
from kaohe.web.forms import Form
from kaohe.web.permissions import allow

MOST_FILES = 9
MOST_BODY = 64 * 1024**2
NOT_WRITTEN = {"matter", "note"}  # the contribution itself is the matter, its text says the rest


@get("/contributions/new", opt=allow("contributions.write"))
async def new(ctx: Ctx) -> Response[Any]:
    """Which way and for whom, unless there is only one; then the draft."""
    asked, found = ctx.request.query_params, await service.openings(ctx.session, ctx.person)
    if asked.get("subject") or (len(found) == 1 and len(found[0].subjects) == 1):
        only = found[0] if found and not asked.get("subject") else None
        place = await _blank(
            ctx, only.scheme.id if only else asked.get("scheme", ""), only.way.id if only else asked.get("way", ""),
            str(only.subjects[0].id) if only else asked["subject"],
        )  # fmt: skip
        return ctx.page("contributions/write.html", await _write_page(ctx, place, None, []))
    return ctx.page("contributions/choose.html", [
        Choice(one.scheme.id, said(one.scheme.title), one.way.id, said(one.way.title), said(one.way.steps[0].title),
               [(str(subject.id), subject.name) for subject in one.subjects])
        for one in found
    ])  # fmt: skip


async def _blank(ctx: Context, scheme_id: str, way_id: str, subject: str) -> Standing:
    """A contribution that is not there yet. Raises NotFound where the person may not begin it."""
    for opening in await service.openings(ctx.session, ctx.person):
        if (opening.scheme.id, opening.way.id) == (scheme_id, way_id):
            for one in opening.subjects:
                if str(one.id) == subject:
                    first = opening.way.steps_of(one.kind)[0]
                    row = Contribution(scheme_id=scheme_id, way=way_id, subject_id=one.id, subject_name=one.name,
                                       subject_kind=one.kind, title="", body="", entry={}, state="draft", step=first.id,
                                       waits_for="", acted=[], barred=[], version=0)  # fmt: skip
                    return Standing(opening.scheme, way_of(opening.scheme, way_id), row)
    raise NotFound


async def _entry_form(ctx: Context, place: Standing, leaf: str | None) -> EntryForm | None:
    """What the record of the leaf asks for besides the contribution itself."""
    if leaf is None:
        return None
    draft = await records.draft_of(ctx.session, place.row.subject_id, place.scheme.id, leaf, today(), {})
    made = entry_form(
        draft.scheme, draft.leaf, kind=place.row.subject_kind, parameters=draft.parameters,
        attributes=draft.subject.attributes, subjects=await records.subject_choices(ctx.session, draft.leaf),
    )  # fmt: skip
    return replace(made, inputs=tuple(one for one in made.inputs if one.name not in NOT_WRITTEN))


async def _write_page(
    ctx: Context, place: Standing, form: Form | None, files: Sequence[Any], problems: Sequence[FieldProblem] = ()
) -> WritePage:
    row, drafting = place.row, place.index == 0
    leaf = place.way.recorded(row.subject_kind) if drafting else None
    if leaf and not place.is_new and await service.is_recorded(ctx.session, place):
        leaf = None
    made = await _entry_form(ctx, place, leaf)
    new_one = {"scheme": row.scheme_id, "way": row.way, "subject": row.subject_id}
    step, after = place.steps[place.index], place.following
    reason = ""
    if row.state == "returned":
        reason = next(
            (act.note for act in reversed(await queries.acts(ctx.session, row.id)) if act.action == "returned"), ""
        )
    return WritePage(
        said(step.title), row.subject_name, said(place.way.title),
        f"/contributions/{row.id}/text?" if not place.is_new else f"/contributions?{urlencode(new_one)}&",
        f"/contributions/{row.id}" if not place.is_new else "/contributions", form["title"] if form else row.title,
        form["body"] if form else row.body, row.version,
        entry_row(made, row.entry, posted=form, problems=problems) if made else None, files, drafting,
        said(after.title) if drafting and after else "", reason,
    )  # fmt: skip


async def _read(ctx: Context, place: Standing, form: Form) -> tuple[Writing, list[Any], list[FieldProblem]]:
    """What was written, its files, and what is wrong with it."""
    title = form.text("title", _("标题"), max_length=MOST_TITLE)
    body = form.text("body", _("正文"), required=False)
    drafting = place.index == 0
    made = await _entry_form(ctx, place, place.way.recorded(place.row.subject_kind) if drafting else None)
    entry = read_entry(form, made) if made else None
    files, refused = await _files(ctx, form, place.row.subject_id)
    writing = Writing(title, body, entry.values if entry else {}, [file.id for file in files])
    return writing, files, [*form.problems, *(entry.problems if entry else ()), *refused]


async def _files(ctx: Context, form: Form, unit_id: UUID) -> tuple[list[Any], list[FieldProblem]]:
    come = [*form.files("camera"), *form.files("files")]
    return await keep_files(ctx.app.settings, ctx.session, ctx.person, form.uuids("evidence"), come, most=MOST_FILES,
                            audience="unit", unit_id=unit_id)  # fmt: skip


@post("/contributions", opt=allow("contributions.write"), request_max_body_size=MOST_BODY)
async def begin(ctx: Ctx) -> Response[Any]:
    asked, form = ctx.request.query_params, await ctx.form()
    place = await _blank(ctx, asked.get("scheme", ""), asked.get("way", ""), asked.get("subject", ""))
    writing, files, problems = await _read(ctx, place, form)
    if problems and not writing.title:
        page = await _write_page(ctx, place, form, files, problems)
        return ctx.page("contributions/write.html", page, problems=problems, form=form, status=200 if files else 422)
    row = await service.begin(ctx.session, ctx.person, place.scheme.id, place.way.id, place.row.subject_id, writing)
    return await _saved(ctx, Standing(place.scheme, place.way, row), form, files, problems)


async def _saved(
    ctx: Context, place: Standing, form: Form, files: Sequence[Any], problems: list[FieldProblem]
) -> Response[Any]:
    """Kept in any case; sent off if asked for and nothing is wrong."""
    row = place.row
    if form.boolean("send") and not problems:
        try:
            await service.pass_on(ctx.app.settings, ctx.session, ctx.person, row.id, row.version)
            return ctx.redirect(f"/contributions/{row.id}", flash=_("已送出，下一步的办理人会收到消息。"))
        except Invalid as refused:
            problems = list(refused.problems)
    if problems:  # what was written is kept, so the answer stands
        page = await _write_page(ctx, place, form, files, problems)
        return ctx.page("contributions/write.html", page, problems=problems, form=form, status=200)
    return ctx.redirect(f"/contributions/{row.id}", flash=_("已保存。"))


@get("/contributions/{contribution_id:uuid}/text", opt=allow("contributions.write"))
async def write(ctx: Ctx, contribution_id: FromPath[UUID]) -> Response[Any]:
    place = await service.standing(ctx.session, ctx.person, contribution_id)
    if not place.may_write(ctx.person):
        return ctx.redirect(f"/contributions/{contribution_id}")
    files = await queries.evidence(ctx.session, contribution_id)
    return ctx.page("contributions/write.html", await _write_page(ctx, place, None, files))


@post("/contributions/{contribution_id:uuid}/text", opt=allow("contributions.write"), request_max_body_size=MOST_BODY)
async def rewrite(ctx: Ctx, contribution_id: FromPath[UUID]) -> Response[Any]:
    form = await ctx.form()
    place = await service.standing(ctx.session, ctx.person, contribution_id)
    if not place.may_write(ctx.person):
        raise NotYourStep(_("您现在不能修改这份稿件。"))
    writing, files, problems = await _read(ctx, place, form)
    version = form.version()
    if not writing.title:
        page = await _write_page(ctx, place, form, files, problems)
        return ctx.page("contributions/write.html", page, problems=problems, form=form, status=200 if files else 422)
    row = await service.rewrite(ctx.session, ctx.person, contribution_id, version, writing)
    return await _saved(ctx, Standing(place.scheme, place.way, row), form, files, problems)


@get("/contributions/{contribution_id:uuid}/records", opt=allow("contributions.act"))
async def ask_addition(ctx: Ctx, contribution_id: FromPath[UUID]) -> Response[Any]:
    place = await service.standing(ctx.session, ctx.person, contribution_id)
    leaf = ctx.request.query_params.get("leaf", "") or next((one.leaf for one in place.way.adds), "")
    return ctx.page("contributions/add.html", await _add_page(ctx, place, leaf, None, []))


async def _add_page(
    ctx: Context,
    place: Standing,
    leaf: str,
    form: Form | None,
    files: Sequence[Any],
    problems: Sequence[FieldProblem] = (),
) -> AddPage:
    addition = adding.addition_of(place, ctx.person, leaf)
    made, node = await _entry_form(ctx, place, leaf), place.scheme.leaves[leaf]
    assert made is not None
    proof = "、".join(slot.name for slot in node.evidence)
    return AddPage(
        line(place.row, place.scheme), said(addition.title), "，".join(filter(None, (node.article, said(node.title)))), proof,
        entry_row(made, {}, posted=form, problems=problems), form["date"] if form else today().isoformat(), today(),
        f"/contributions/{place.row.id}/records?{urlencode({'leaf': leaf})}&", files,
    )  # fmt: skip


@post("/contributions/{contribution_id:uuid}/records", opt=allow("contributions.act"), request_max_body_size=MOST_BODY)
async def add(ctx: Ctx, contribution_id: FromPath[UUID]) -> Response[Any]:
    form, leaf = await ctx.form(), ctx.request.query_params.get("leaf", "")
    place = await service.standing(ctx.session, ctx.person, contribution_id)
    adding.addition_of(place, ctx.person, leaf)
    made = await _entry_form(ctx, place, leaf)
    assert made is not None
    entry, day = read_entry(form, made), form.date("date", _("日期")) or today()
    files, refused = await _files(ctx, form, place.row.subject_id)
    problems = [*form.problems, *entry.problems, *refused]
    if not problems:
        try:
            await adding.add_record(ctx.app.settings, ctx.session, ctx.person, contribution_id, leaf, day, entry.values,
                                    [file.id for file in files])  # fmt: skip
            return ctx.redirect(f"/contributions/{contribution_id}", flash=_("已登记，起草人会收到消息。"))
        except Invalid as error:
            problems = list(error.problems)
    page = await _add_page(ctx, place, leaf, form, files, problems)
    return ctx.page("contributions/add.html", page, problems=problems, form=form, status=200 if files else 422)


routes = [new, begin, write, rewrite, ask_addition, add]
