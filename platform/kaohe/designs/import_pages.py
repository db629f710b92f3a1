"""A tree from a spreadsheet: template, upload, every error or a preview of each row's rule, then a yes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote
from uuid import UUID

from anyio.to_thread import run_sync
from litestar import Response, get, post
from litestar.params import FromPath

from kaohe.designs import importing, queries, rules, service, views
from kaohe.designs.checking import look
from kaohe.designs.document import Document
from kaohe.designs.import_columns import COLUMNS, EXAMPLES
from kaohe.designs.importing import Line
from kaohe.designs.members import text_of
from kaohe.designs.node_pages import EDIT, based_on
from kaohe.designs.proposing import Proposal
from kaohe.designs.service import Draft
from kaohe.errors import FieldProblem, NotFound
from kaohe.i18n import _
from kaohe.spreadsheets import template
from kaohe.web.context import Ctx
from kaohe.web.forms import Form
from kaohe.web.permissions import allow

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class ImportPage:
    frame: views.Frame
    columns: list[tuple[str, str]]
    errors: tuple[FieldProblem, ...]
    file_name: str


@dataclass(frozen=True, slots=True)
class PreviewRow:
    line: Line
    rule: str
    words: str
    options: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class PreviewPage:
    frame: views.Frame
    id: UUID
    file_name: str
    rows: list[PreviewRow]
    unsure: int
    remarks: list[str]
    applied: bool
    blank: bool


@get("/designs/{design_id:uuid}/import", opt=allow(EDIT))
async def import_page(ctx: Ctx, design_id: FromPath[UUID]) -> Response[Any]:
    draft = await service.draft_of(ctx.session, design_id)
    return ctx.page("designs/import.html", await _view(draft))


async def _view(draft: Draft, errors: Sequence[FieldProblem] = (), file_name: str = "") -> ImportPage:
    frame = views.frame_of(draft, await run_sync(look, draft.document), "nodes/import")
    return ImportPage(frame, [(column.label, column.note) for column in COLUMNS], tuple(errors), file_name)


@get("/designs/{design_id:uuid}/import/template", opt=allow(EDIT))
async def import_template(ctx: Ctx, design_id: FromPath[UUID]) -> Response[Any]:
    await service.draft_of(ctx.session, design_id)
    data = template(_("指标表"), COLUMNS, EXAMPLES)
    name = quote(_("指标导入模板.xlsx"))
    return Response(data, media_type=XLSX, headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"})


@post("/designs/{design_id:uuid}/imports", opt=allow(EDIT))
async def upload(ctx: Ctx, design_id: FromPath[UUID]) -> Response[Any]:
    form = await ctx.form()
    draft = await service.draft_of(ctx.session, design_id)
    files = form.files("file")
    if not files:
        problems = [FieldProblem("file", _("请选择文件"))]
        return ctx.page("designs/import.html", await _view(draft), problems=problems, form=form)
    data, name = await files[0].read(), files[0].filename
    rows, wrong, ignored = await run_sync(importing.read_rows, data, name)
    if wrong:
        return ctx.page("designs/import.html", await _view(draft, wrong, name), status=422)
    made = await service.keep_import(ctx.session, design_id, name, rows, by=ctx.person.name)
    left_out = _("没有读入的列：{heads}").format(heads="、".join(ignored)) if ignored else ""
    return ctx.redirect(f"/designs/{design_id}/imports/{made}", flash=left_out)


@get("/designs/{design_id:uuid}/imports/{design_import_id:uuid}", opt=allow(EDIT))
async def preview(ctx: Ctx, design_id: FromPath[UUID], design_import_id: FromPath[UUID]) -> Response[Any]:
    draft = await service.draft_of(ctx.session, design_id)
    held = await queries.design_import(ctx.session, design_id, design_import_id)
    if held is None:
        raise NotFound
    plan = importing.plan_of(held.rows)
    rows = [_row(line) for line in plan.lines]
    frame = views.frame_of(draft, await run_sync(look, draft.document), "nodes/import")
    view = PreviewPage(
        frame, held.id, held.file_name, rows, sum(not row.line.proposal.sure for row in rows), plan.remarks,
        held.applied_at is not None, _is_blank(draft.document),
    )  # fmt: skip
    return ctx.page("designs/preview.html", view)


def _is_blank(document: Document) -> bool:
    """Nothing stands there yet but what a new draft begins with."""
    nodes = document.get("indicators") or []
    return not nodes or [node.get("code") for node in nodes] == ["x1"]


def _row(line: Line) -> PreviewRow:
    found = line.proposal
    names = list(
        dict.fromkeys((found.rule, *(rule for rule in importing.PLAIN if rule == "counter" or line.points is not None)))
    )
    return PreviewRow(
        line, found.rule, proposal_words(found), [(name, _(rules.form_of(name, branch=False).label)) for name in names]
    )


def proposal_words(found: Proposal) -> str:
    """每次扣 2 分，上限 6 分."""
    form = rules.form_of(found.rule, branch=False)
    labels = {member.name: member for member in form.members}
    words = []
    for name, value in found.members.items():
        member = labels.get(name)
        if member is None or value is None or name == "unit":
            continue
        if name == "steps":
            words.append("；".join(f"≥ {text_of(each['at'])} → {text_of(each['points'])}" for each in value))
        elif member.kind == "no":
            words.append(_("达不到不得分"))
        else:
            words.append(f"{_(member.label)} {text_of(value)}{' ' + _(member.unit) if member.unit else ''}")
    windows = dict(rules.PERIODS)
    words += [
        _("{window}最多 {most} 分").format(window=_("每") + _(windows[w]) if w else "", most=text_of(most))
        for w, most in found.caps.items()
    ]
    return "，".join(words)


@post("/designs/{design_id:uuid}/imports/{design_import_id:uuid}/application", opt=allow(EDIT))
async def carry_out(ctx: Ctx, design_id: FromPath[UUID], design_import_id: FromPath[UUID]) -> Response[Any]:
    form = await ctx.form()
    draft = await service.draft_of(ctx.session, design_id, lock=True)
    held = await queries.design_import(ctx.session, design_id, design_import_id, lock=True)
    if held is None:
        raise NotFound
    lines = [_chosen(line, form) for line in importing.plan_of(held.rows).lines]
    await service.apply_import(
        ctx.session, draft, held, lines, replacing=form.boolean("replacing"), window=_window(draft.document),
        based_on=based_on(form), by=ctx.person.name,
    )  # fmt: skip
    at = 0 if form.boolean("replacing") else len(draft.document["indicators"]) - 1
    flash = _("已导入 {count} 行。请逐项核对，旁边的检查会指出要改的地方。").format(count=len(lines))
    return ctx.redirect(f"/designs/{design_id}/nodes/{at}", flash=flash)


def _chosen(line: Line, form: Form) -> Line:
    wanted = form[f"rule.{line.row}"]
    if wanted in importing.PLAIN and wanted != line.proposal.rule:
        return replace(line, proposal=importing.turned(line.proposal, wanted, line.points))
    return line


def _window(document: Mapping[str, Any]) -> str:
    """A cap without a window holds for the longest period that is scored."""
    held = [name for name, _label in rules.PERIODS if name in (document.get("periods") or ())]
    return held[-1] if held else "year"


routes = [import_page, import_template, upload, preview, carry_out]
