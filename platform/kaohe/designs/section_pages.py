"""The tabs beside the tree, the text itself, and what is acknowledged."""

from __future__ import annotations

import copy
import difflib
from typing import Any
from uuid import UUID

from anyio.to_thread import run_sync
from litestar import Response, get, post
from litestar.params import FromPath

from kaohe.designs import members, reading, service, views
from kaohe.designs.checking import Check, Looked, look, with_form
from kaohe.designs.conflict_views import conflict_page
from kaohe.designs.document import Document, read_document
from kaohe.designs.members import Member
from kaohe.designs.node_pages import EDIT, based_on
from kaohe.designs.offering import offered
from kaohe.designs.reading import Read
from kaohe.designs.sections import Section, section_of
from kaohe.designs.service import Draft
from kaohe.errors import FieldProblem, Invalid, NotFound
from kaohe.i18n import _
from kaohe.web.context import Context, Ctx
from kaohe.web.forms import Form
from kaohe.web.permissions import allow


def _section(name: str) -> Section:
    found = section_of(name)
    if found is None:
        raise NotFound
    return found


def _asked_of(draft: Draft, asked: Section) -> tuple[Member, ...]:
    return offered(asked.members, draft.document)


@get("/designs/{design_id:uuid}/sections/{section:str}", opt=allow(EDIT))
async def section(ctx: Ctx, design_id: FromPath[UUID], section: FromPath[str]) -> Response[Any]:
    asked = _section(section)
    draft = await service.draft_of(ctx.session, design_id)
    return await _page(ctx, draft, asked, members.show(_asked_of(draft, asked), draft.document))


async def _page(
    ctx: Context, draft: Draft, asked: Section, shown: list[members.Shown], problems: list[FieldProblem] | None = None,
    form: Form | None = None,
) -> Response[Any]:  # fmt: skip
    frame = views.frame_of(draft, await run_sync(look, draft.document), f"sections/{asked.name}")
    view = views.SectionPage(frame, asked, members.with_errors(shown, problems or []), _(asked.intro))
    return ctx.page("designs/section.html", view, problems=problems or [], form=form)


def _apply(document: Document, asked: Section, read: Read) -> None:
    for name, value in read.values.items():
        members.put(document, name, value)
    if asked.name == "identity":
        _weigh_channels(document)


def _weigh_channels(document: Document) -> None:
    """Each channel has its weight among the parameters; who adds a channel need not know that."""
    channels = [str(each.get("id")) for each in document.get("channels") or [] if isinstance(each, dict)]
    for channel in channels:
        name, parameters = f"channel_{channel}", document.get("parameters") or {}
        if name not in parameters:
            made = {
                "default": 1,
                "min": 0,
                "max": 100,
                "silent": True,
                "title": _("{channel}的权重").format(channel=channel),
            }
            document["parameters"] = {**parameters, name: made}


@post("/designs/{design_id:uuid}/sections/{section:str}", opt=allow(EDIT))
async def save_section(ctx: Ctx, design_id: FromPath[UUID], section: FromPath[str]) -> Response[Any]:
    asked, form = _section(section), await ctx.form()
    draft = await service.draft_of(ctx.session, design_id, lock=True)
    seen, typed = based_on(form), members.as_typed(_asked_of(draft, asked), form)
    if seen != draft.saves:
        rows = views.differing(typed, members.show(_asked_of(draft, asked), draft.document))
        return await conflict_page(ctx, draft, f"sections/{section}", rows, form)
    read = reading.read(_asked_of(draft, asked), form, draft.document)
    if read.problems:
        return await _page(ctx, draft, asked, typed, read.problems, form)
    _apply(draft.document, asked, read)
    await service.save(ctx.session, draft, draft.document, based_on=seen, by=ctx.person.name, what=section)
    return ctx.redirect(f"/designs/{design_id}/sections/{section}", flash=_("已保存。"))


@post("/designs/{design_id:uuid}/sections/{section:str}/checks", opt=allow(EDIT, idempotent=True))
async def section_checks(ctx: Ctx, design_id: FromPath[UUID], section: FromPath[str]) -> Response[Any]:
    asked, form = _section(section), await ctx.form()
    draft = await service.draft_of(ctx.session, design_id)
    document = copy.deepcopy(draft.document)
    read, here = reading.read(_asked_of(draft, asked), form, draft.document), f"sections/{section}"
    _apply(document, asked, read)
    looked = with_form(await run_sync(look, document), read.problems, here, _(asked.label))
    return _fragment(ctx, draft, looked, here)


def _fragment(ctx: Context, draft: Draft, looked: Looked, here: str) -> Response[Any]:
    return ctx.fragment("designs/checks.html", "checks", views.frame_of(draft, looked, here), status=200)


@get("/designs/{design_id:uuid}/text", opt=allow(EDIT))
async def text(ctx: Ctx, design_id: FromPath[UUID]) -> Response[Any]:
    draft = await service.draft_of(ctx.session, design_id)
    return await _text_page(ctx, draft, Form({"text": draft.row.text}))


async def _text_page(
    ctx: Context, draft: Draft, form: Form, problems: list[FieldProblem] | None = None
) -> Response[Any]:
    frame = views.frame_of(draft, await run_sync(look, draft.document), "text")
    return ctx.page("designs/text.html", frame, form=form, problems=problems or [])


@post("/designs/{design_id:uuid}/text", opt=allow(EDIT))
async def save_text(ctx: Ctx, design_id: FromPath[UUID]) -> Response[Any]:
    form = await ctx.form()
    draft = await service.draft_of(ctx.session, design_id, lock=True)
    seen = based_on(form)
    if seen != draft.saves:
        return await conflict_page(ctx, draft, "text", _lines(form["text"], draft.row.text), form)
    try:
        document = await run_sync(read_document, form["text"])
        await service.save(ctx.session, draft, document, based_on=seen, by=ctx.person.name, what="text")
    except Invalid as error:
        wrong = [FieldProblem("text", problem.message) for problem in error.problems]
        return await _text_page(ctx, draft, form, wrong)
    return ctx.redirect(f"/designs/{design_id}/text", flash=_("已保存。"))


def _lines(mine: str, theirs: str) -> list[tuple[str, str, str]]:
    a, b = mine.replace("\r\n", "\n").splitlines(), theirs.splitlines()
    found = []
    for tag, start, end, from_, to in difflib.SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if tag != "equal":
            label = _("第 {line} 行").format(line=start + 1)
            found.append((label, "\n".join(a[start:end]), "\n".join(b[from_:to])))
    return found[:100]


@post("/designs/{design_id:uuid}/text/checks", opt=allow(EDIT, idempotent=True))
async def text_checks(ctx: Ctx, design_id: FromPath[UUID]) -> Response[Any]:
    form = await ctx.form()
    draft = await service.draft_of(ctx.session, design_id)
    try:
        looked = await run_sync(lambda: look(read_document(form["text"])))
    except Invalid as error:
        looked = Looked(None, tuple(Check("error", each.message, "text", _("文本")) for each in error.problems))
    return _fragment(ctx, draft, looked, "text")


@post("/designs/{design_id:uuid}/acknowledgements", opt=allow(EDIT))
async def acknowledge(ctx: Ctx, design_id: FromPath[UUID]) -> Response[Any]:
    """A contradiction of the regulation itself is left as it is, for a reason that everybody can read."""
    form = await ctx.form()
    reason = form.text("reason", _("理由"), max_length=500)
    check, at = form["check"][:60], form["at"][:200]
    form.check()

    def act(document: Document) -> None:
        held = [
            each
            for each in document.get("acknowledged") or []
            if (each.get("check"), each.get("at", "")) != (check, at)
        ]
        document["acknowledged"] = [*held, {"check": check, "reason": reason} | ({"at": at} if at else {})]

    await service.change(
        ctx.session, design_id, act, based_on=based_on(form), by=ctx.person.name, what=f"acknowledge {check}"
    )
    here = form["here"] if form["here"].replace(".", "").replace("/", "").isalnum() else "nodes/0"
    return ctx.redirect(f"/designs/{design_id}/{here}", flash=_("已记下理由。"))


routes = [section, save_section, section_checks, text, save_text, text_checks, acknowledge]
