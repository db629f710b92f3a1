"""方案设计: which drafts are there, and where does a new one begin?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from uuid import UUID

from anyio.to_thread import run_sync
from litestar import Response, get, post
from litestar.params import FromPath
from sqlalchemy import Row

from kaohe.catalogue import service as catalogue
from kaohe.clock import today
from kaohe.designs import (
    import_pages,
    naming,
    node_pages,
    packing,
    publishing_pages,
    queries,
    sampling,
    section_pages,
    service,
    starting,
)
from kaohe.designs.checking import look
from kaohe.designs.document import Document, write_document
from kaohe.designs.rules import PERIODS
from kaohe.designs.starting import Begun
from kaohe.errors import FieldProblem, Invalid
from kaohe.i18n import _, said
from kaohe.web.context import Context, Ctx
from kaohe.web.forms import Form
from kaohe.web.permissions import allow

EDIT = node_pages.EDIT
_TAIL = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


@dataclass(frozen=True, slots=True)
class ListPage:
    drafts: Sequence[Row[Any]]


@dataclass(frozen=True, slots=True)
class StartPage:
    """`kinds`: whom the schemes that are on here assess, id and title; `prefix`: how the ids of own schemes begin."""

    periods: list[tuple[str, str]]
    kinds: list[tuple[str, str]]
    schemes: list[tuple[str, str]]
    prefix: str
    way: str


@get("/designs", opt=allow(EDIT))
async def designs(ctx: Ctx) -> Response[Any]:
    return ctx.page("designs/list.html", ListPage(await queries.drafts(ctx.session)))


@get("/designs/new", opt=allow(EDIT))
async def new(ctx: Ctx) -> Response[Any]:
    return await _start(ctx, Form(dict(ctx.request.query_params)))


async def _start(ctx: Context, form: Form, problems: Sequence[FieldProblem] = ()) -> Response[Any]:
    on = await catalogue.enabled_schemes(ctx.session)
    kinds = {kind.id: said(kind.title) for scheme in on for kind in scheme.kinds}
    known = {**catalogue.installed(), **{scheme.id: scheme for scheme in on}}
    schemes = [(scheme.id, f"{said(scheme.title)}（{scheme.version}）") for scheme in known.values()]
    view = StartPage(
        [(value, _(label)) for value, label in PERIODS], [*kinds.items()], schemes,
        await catalogue.own_prefix(ctx.session), form["way"] or "blank",
    )  # fmt: skip
    return ctx.page("designs/new.html", view, form=form, problems=problems)


@post("/designs", opt=allow(EDIT))
async def begin(ctx: Ctx) -> Response[Any]:
    """From nothing, or as a copy of a scheme that is there."""
    form = await ctx.form()
    try:
        begun = await (_copied(ctx, form) if form["way"] == "copy" else _blank(ctx, form))
        made = await service.begin(
            ctx.session, begun.document, by=ctx.person.name, from_=form["scheme"] if form["way"] == "copy" else "blank"
        )
    except Invalid as error:
        return await _start(ctx, form, error.problems)
    if form["next"] == "import":
        return ctx.redirect(f"/designs/{made.id}/import")
    flash = "；".join((_("已建立草稿「{title}」").format(title=made.title), *begun.left))
    return ctx.redirect(f"/designs/{made.id}/nodes/0", flash=flash)


async def _id(ctx: Context, title: str, asked: str, form: Form) -> str:
    """`own-` and the jurisdiction's name, then what was typed, or what the title sounds like."""
    prefix, taken = await catalogue.own_prefix(ctx.session), await queries.ids_in_use(ctx.session)
    tail = asked.strip().removeprefix(prefix)
    if tail and not _TAIL.fullmatch(tail):
        form.refuse("scheme_id", _("编号「{value}」应为小写字母、数字和连字符").format(value=tail[:40]))
    return prefix + tail if tail else naming.free(prefix + naming.full_word(title), taken, "-")


async def _blank(ctx: Context, form: Form) -> Begun:
    title = form.text("title", _("方案名称"), max_length=200)
    periods = [value for value, _label in PERIODS if value in form.all("periods")]
    if not periods:
        form.refuse("periods", _("请选择考核周期"))
    named = {kind.id: kind.title.zh for scheme in await catalogue.enabled_schemes(ctx.session) for kind in scheme.kinds}
    kinds = [(kind, named[kind]) for kind in form.all("kinds") if kind in named]
    if other := form.text("kind_title", _("对象类别"), required=False, max_length=60):
        kinds.append((naming.free(naming.word_of(other), {kind for kind, _title in kinds} | set(named), ""), other))
    if not kinds:
        form.refuse("kinds", _("请选择或写出考核对象的类别"))
    scheme_id = await _id(ctx, title, form["scheme_id"], form)
    form.check()
    return Begun(starting.blank(scheme_id, title, periods, kinds))


async def _copied(ctx: Context, form: Form) -> Begun:
    """Of one's own scheme: the draft of its next version, unless another name is asked for."""
    held = {scheme.id: scheme for scheme in await catalogue.enabled_schemes(ctx.session)}
    scheme = ({**catalogue.installed(), **held}).get(form["scheme"])
    title = form.text("title", _("方案名称"), required=False, max_length=200)
    if scheme is None:
        form.refuse("scheme", _("请选择方案"))
        raise Invalid(form.problems)
    if scheme.id.startswith(await catalogue.own_prefix(ctx.session)) and not title and not form["scheme_id"]:
        versions = [each.scheme.version for each in await catalogue.versions_of(ctx.session, scheme.id)]
        return starting.copy_of(scheme, scheme.id, publishing_pages.next_version(versions, ""), "")
    scheme_id = await _id(ctx, title or scheme.title.zh, form["scheme_id"], form)
    form.check()
    return starting.copy_of(scheme, scheme_id, "1", title)


@post("/designs/packages", opt=allow(EDIT))
async def take_in(ctx: Ctx) -> Response[Any]:
    """A plugin's folder, packed. Its id gives way to one of our own."""
    form = await ctx.form()
    try:
        files = form.files("file")
        if not files:
            form.refuse("file", _("请选择文件"))
        form.check()
        documents, left = await run_sync(packing.unpack, await files[0].read())
        document = _one(documents, form["scheme"])
        asked = str(document.get("id") or "")
        prefix = await catalogue.own_prefix(ctx.session)
        tail = asked.removeprefix(prefix)
        taken = await queries.ids_in_use(ctx.session)
        document["id"] = naming.free(prefix + (tail if _TAIL.fullmatch(tail) else "x"), taken, "-")
        document["version"] = str(document.get("version") or "1")
        made = await service.begin(ctx.session, document, by=ctx.person.name, from_=files[0].filename)
    except Invalid as error:
        form.problems = [FieldProblem("file", problem.message) for problem in error.problems]
        return await _start(ctx, Form({"way": "package"}), form.problems)
    flash = "；".join((_("已建立草稿「{title}」").format(title=made.title), *left))
    return ctx.redirect(f"/designs/{made.id}/nodes/0", flash=flash)


def _one(documents: list[Document], wanted: str) -> Document:
    """A plugin may bring several schemes; one draft is one of them."""
    if len(documents) == 1:
        return documents[0]
    found = next((each for each in documents if str(each.get("id")) == wanted.strip()), None)
    if found is None:
        ids = "、".join(str(each.get("id")) for each in documents)
        raise Invalid(_("里面有几份方案：{ids}。请写明要哪一份的编号").format(ids=ids))
    return found


@get("/designs/{design_id:uuid}", opt=allow(EDIT))
async def design(ctx: Ctx, design_id: FromPath[UUID]) -> Response[Any]:
    await service.draft_of(ctx.session, design_id)
    return ctx.redirect(f"/designs/{design_id}/nodes/0")


@get("/designs/{design_id:uuid}/package", opt=allow(EDIT))
async def package(ctx: Ctx, design_id: FromPath[UUID]) -> Response[Any]:
    """As a plugin's folder, with cases that say what the scheme gives today."""
    draft = await service.draft_of(ctx.session, design_id)
    looked = await run_sync(look, draft.document)
    if looked.scheme is None:
        raise Invalid(_("方案还有要改正的地方，不能导出"))
    cases = write_document(await run_sync(sampling.cases, looked.scheme, today()))
    data = await run_sync(packing.pack, draft.document, cases)
    name = quote(f"{draft.row.scheme_id}.zip")
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
    return Response(data, media_type="application/zip", headers=headers)


@post("/designs/{design_id:uuid}/undoings", opt=allow(EDIT))
async def undo(ctx: Ctx, design_id: FromPath[UUID]) -> Response[Any]:
    await service.undo(ctx.session, design_id, based_on=node_pages.based_on(await ctx.form()), by=ctx.person.name)
    return ctx.redirect(f"/designs/{design_id}/nodes/0", flash=_("已撤销上一次保存；再点一次「撤销」就恢复它。"))


@post("/designs/{design_id:uuid}/deletion", opt=allow(EDIT))
async def discard(ctx: Ctx, design_id: FromPath[UUID]) -> Response[Any]:
    title = await service.discard(ctx.session, design_id)
    return ctx.redirect("/designs", flash=_("已删除草稿「{title}」。").format(title=title))


routes = [
    designs, new, begin, take_in, design, package, undo, discard, *node_pages.routes, *section_pages.routes,
    *import_pages.routes, *publishing_pages.routes,
]  # fmt: skip
