"""The tree and one of its nodes."""

from __future__ import annotations

import copy
from typing import Any
from uuid import UUID

from anyio.to_thread import run_sync
from litestar import Response, get, post
from litestar.params import FromPath

from kaohe.designs import members, reading, rules, service, tree, views
from kaohe.designs.checking import look, title_of, with_form
from kaohe.designs.conflict_views import conflict_page
from kaohe.designs.document import Document
from kaohe.designs.members import Member
from kaohe.designs.offering import offered
from kaohe.designs.reading import Read
from kaohe.designs.rules import RuleForm
from kaohe.designs.service import Draft
from kaohe.errors import FieldProblem, Invalid
from kaohe.i18n import _
from kaohe.web.context import Context, Ctx
from kaohe.web.forms import Form
from kaohe.web.permissions import allow

EDIT = "designs.edit"


def based_on(form: Form) -> int:
    return form.version("saves")


@get("/designs/{design_id:uuid}/nodes/{at:str}", opt=allow(EDIT))
async def node(ctx: Ctx, design_id: FromPath[UUID], at: FromPath[str]) -> Response[Any]:
    draft = await service.draft_of(ctx.session, design_id)
    address = tree.parse(at)
    if not draft.document.get("indicators") and at == "0":
        return await _empty(ctx, draft)
    held = tree.node_at(draft.document, address)
    form = rules.form_of(str(held.get("rule", "sum")), branch=bool(held.get("children")))
    return await _page(ctx, draft, address, form, members.show(_asked_of(draft, form), held))


def _asked_of(draft: Draft, rule: RuleForm) -> tuple[Member, ...]:
    return offered(rules.members_of(rule), draft.document)


async def _empty(ctx: Context, draft: Draft) -> Response[Any]:
    return ctx.page("designs/empty.html", views.frame_of(draft, await run_sync(look, draft.document), "nodes"))


async def _page(
    ctx: Context, draft: Draft, at: tree.Address, rule: RuleForm, shown: list[members.Shown], *,
    problems: list[FieldProblem] | None = None, form: Form | None = None,
) -> Response[Any]:  # fmt: skip
    looked = await run_sync(look, draft.document)
    view = views.node_page(draft, looked, at, rule, members.with_errors(shown, problems or []))
    if ctx.is_htmx and not problems:
        return ctx.fragment("designs/node.html", "node_form", view, form=form)
    return ctx.page("designs/node.html", view, problems=problems or [], form=form)


def _read(draft: Draft, at: str, form: Form) -> tuple[tree.Address, dict[str, Any], RuleForm, Read]:
    address = tree.parse(at)
    held = tree.node_at(draft.document, address)
    rule = rules.form_of(form["rule"], branch=bool(held.get("children")))
    return address, held, rule, reading.read(_asked_of(draft, rule), form, held)


def _apply(document: Document, held: dict[str, Any], rule: RuleForm, read: Read) -> None:
    """The node as the form has it; what the form does not know stays."""
    changed = held.get("rule", "sum") != rule.name
    made = rules.drop_others(held, rule) if changed else dict(held)
    for name, value in read.values.items():
        members.put(made, name, value)
    members.put(made, "rule", None if rule.name == "sum" else rule.name)
    before, after = str(held.get("code")), str(made.get("code"))
    children = made.pop("children", None)
    held.clear()
    held.update(made | ({"children": children} if children else {}))
    if before != after:
        held["code"] = before
        tree.rename(document, before, after)


@post("/designs/{design_id:uuid}/nodes/{at:str}", opt=allow(EDIT))
async def save_node(ctx: Ctx, design_id: FromPath[UUID], at: FromPath[str]) -> Response[Any]:
    form = await ctx.form()
    draft = await service.draft_of(ctx.session, design_id, lock=True)
    seen = based_on(form)
    if seen != draft.saves:
        return await _conflict(ctx, draft, at, form)
    address, held, rule, read = _read(draft, at, form)
    code = read.values.get("code")
    if code and code != held.get("code") and code in tree.codes(draft.document):
        read.problems.append(FieldProblem("m.code", _("代码「{code}」已经有了，请换一个").format(code=code)))
    if read.problems:
        shown = members.as_typed(_asked_of(draft, rule), form)
        return await _page(ctx, draft, address, rule, shown, problems=read.problems, form=form)
    _apply(draft.document, held, rule, read)
    await service.save(ctx.session, draft, draft.document, based_on=seen, by=ctx.person.name, what=title_of(held))
    flash = _("已保存「{title}」。").format(title=title_of(held))
    return ctx.redirect(f"/designs/{design_id}/nodes/{tree.written(address)}", flash=flash)


async def _conflict(ctx: Context, draft: Draft, at: str, form: Form) -> Response[Any]:
    """Found again by its code, wherever it stands now."""
    address = tree.address_of(draft.document, form["was"])
    place = f"nodes/{tree.written(address) if address else '0'}"
    held = tree.node_at(draft.document, address) if address else {}
    rule = rules.form_of(form["rule"], branch=bool(held.get("children")))
    asked = _asked_of(draft, rule)
    rows = views.differing(members.as_typed(asked, form), members.show(asked, held))
    return await conflict_page(ctx, draft, place, rows, form, gone=address is None)


@post("/designs/{design_id:uuid}/nodes/{at:str}/form", opt=allow(EDIT, idempotent=True))
async def node_form(ctx: Ctx, design_id: FromPath[UUID], at: FromPath[str]) -> Response[Any]:
    """The form of another rule with what was typed so far; nothing is stored."""
    form = await ctx.form()
    draft = await service.draft_of(ctx.session, design_id)
    address = tree.parse(at)
    held = tree.node_at(draft.document, address)
    rule = rules.form_of(form["rule"], branch=bool(held.get("children")))
    asked = _asked_of(draft, rule)
    typed = [
        each if _was_sent(each, form) else members.show([each.member], held)[0]
        for each in members.as_typed(asked, form)
    ]
    return await _page(ctx, draft, address, rule, [_with_blanks(each) for each in typed], form=form)


def _was_sent(shown: members.Shown, form: Form) -> bool:
    return any(name == shown.name or name.startswith(shown.name + ".") for name in form.names())


def _with_blanks(shown: members.Shown) -> members.Shown:
    """A table that was not there before begins with empty rows."""
    return shown if shown.rows or shown.member.kind != "rows" else members.show([shown.member], {})[0]


@post("/designs/{design_id:uuid}/nodes/{at:str}/checks", opt=allow(EDIT, idempotent=True))
async def node_checks(ctx: Ctx, design_id: FromPath[UUID], at: FromPath[str]) -> Response[Any]:
    """As if it were saved: what would be wrong then."""
    form = await ctx.form()
    draft = await service.draft_of(ctx.session, design_id)
    draft = Draft(draft.row, copy.deepcopy(draft.document))
    _address, held, rule, read = _read(draft, at, form)
    _apply(draft.document, held, rule, read)
    looked = with_form(await run_sync(look, draft.document), read.problems, f"nodes/{at}", title_of(held))
    return ctx.fragment("designs/checks.html", "checks", views.frame_of(draft, looked, f"nodes/{at}"), status=200)


@post("/designs/{design_id:uuid}/nodes", opt=allow(EDIT))
async def add_node(ctx: Ctx, design_id: FromPath[UUID]) -> Response[Any]:
    form = await ctx.form()
    title = form.text("title", _("名称"), max_length=200)
    form.check()
    above = tree.parse(form["under"]) if form["under"] else ()
    at = await service.change(
        ctx.session, design_id, lambda document: tree.add(document, above, title), based_on=based_on(form),
        by=ctx.person.name, what=f"add {title}",
    )  # fmt: skip
    return ctx.redirect(
        f"/designs/{design_id}/nodes/{tree.written(at)}", flash=_("已加上「{title}」。").format(title=title)
    )


@post("/designs/{design_id:uuid}/nodes/{at:str}/place", opt=allow(EDIT))
async def move_node(ctx: Ctx, design_id: FromPath[UUID], at: FromPath[str]) -> Response[Any]:
    """`way`: up, down, in, out; or `to`: under which node, or top."""
    form = await ctx.form()
    address = tree.parse(at)

    def act(document: Document) -> tree.Address:
        if form["way"] in ("up", "down", "in", "out"):
            return tree.move(document, address, form["way"])
        if not form["to"]:
            raise Invalid(_("请选择移到哪里"))
        return tree.put(
            document, tree.node_at(document, address), () if form["to"] == "top" else tree.parse(form["to"])
        )

    moved = await service.change(
        ctx.session, design_id, act, based_on=based_on(form), by=ctx.person.name, what=f"move {at}"
    )
    return ctx.redirect(f"/designs/{design_id}/nodes/{tree.written(moved)}")


@post("/designs/{design_id:uuid}/nodes/{at:str}/copies", opt=allow(EDIT))
async def copy_node(ctx: Ctx, design_id: FromPath[UUID], at: FromPath[str]) -> Response[Any]:
    form, address = await ctx.form(), tree.parse(at)
    made = await service.change(
        ctx.session, design_id, lambda document: tree.duplicate(document, address), based_on=based_on(form),
        by=ctx.person.name, what=f"copy {at}",
    )  # fmt: skip
    return ctx.redirect(f"/designs/{design_id}/nodes/{tree.written(made)}", flash=_("已复制，请改名称。"))


@post("/designs/{design_id:uuid}/nodes/{at:str}/deletion", opt=allow(EDIT))
async def delete_node(ctx: Ctx, design_id: FromPath[UUID], at: FromPath[str]) -> Response[Any]:
    form, address = await ctx.form(), tree.parse(at)
    gone = await service.change(
        ctx.session, design_id, lambda document: tree.remove(document, address), based_on=based_on(form),
        by=ctx.person.name, what=f"delete {at}",
    )  # fmt: skip
    home = tree.written(address[:-1]) or "0"
    return ctx.redirect(
        f"/designs/{design_id}/nodes/{home}", flash=_("已删除「{title}」。").format(title=title_of(gone))
    )


routes = [node, save_node, node_form, node_checks, add_node, move_node, copy_node, delete_node]
