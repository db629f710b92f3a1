"""目标: what each subject is to reach, as a table or from a spreadsheet."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Any
from urllib.parse import quote
from uuid import UUID

from anyio.to_thread import run_sync
from litestar import Response, get, post
from sqlalchemy import Row

from kaohe.catalogue import service as catalogue
from kaohe.clock import today
from kaohe.errors import FieldProblem, NotFound
from kaohe.i18n import _, said
from kaohe.scheme.model import Kind, Scheme
from kaohe.spreadsheets import read_table, template
from kaohe.subjects import import_pages, queries, targets
from kaohe.subjects.queries import PAGE_ROWS
from kaohe.subjects.targets import Target
from kaohe.web.context import Context, Ctx
from kaohe.web.forms import Form
from kaohe.web.permissions import allow

SHOWN = 500


@dataclass(frozen=True, slots=True)
class TargetsPage:
    choices: list[tuple[str, str, str, bool]]
    scheme: Scheme
    kind: Kind
    targets: list[Target]
    rows: list[Any]
    number: int
    pages: int
    total: int
    empty: int
    errors: list[FieldProblem]
    file_name: str

    @property
    def href(self) -> str:
        return f"/subjects/targets?scheme={self.scheme.id}&kind={self.kind.id}"

    @property
    def tables(self) -> list[tuple[str, list[Target]]]:
        """The figures by the table that they are of, each with its name."""
        return [(table, list(figures)) for table, figures in groupby(self.targets, lambda target: target.table)]

    @property
    def shown(self) -> list[FieldProblem]:
        return self.errors[:SHOWN]


async def _asked(ctx: Context, scheme: str, kind: str) -> tuple[Scheme, Kind, list[tuple[Scheme, list[Kind]]]]:
    """Raises NotFound unless the scheme is on here and wants figures of the kind; '' is the first."""
    offered = targets.with_targets(await catalogue.enabled_schemes(ctx.session))
    for one, kinds in offered:
        for each in kinds:
            if scheme in ("", one.id) and kind in ("", each.id):
                return one, each, offered
    raise NotFound(_("没有需要逐个对象设目标的方案"), next_step=_("启用带目标的方案后，这里会列出要填的目标。"))


async def _view(
    ctx: Context, scheme: Scheme, kind: Kind, offered: list[tuple[Scheme, list[Kind]]], number: int,
    errors: list[FieldProblem] | None = None, file_name: str = "",
) -> TargetsPage:  # fmt: skip
    found, rows = (
        targets.targets_of(scheme, kind),
        await queries.with_attributes(ctx.session, kind.id, day=today(), number=number),
    )
    total = rows[0].total if rows else 0
    choices = [
        (_called(one, each, len(offered), len(kinds)), one.id, each.id, (one.id, each.id) == (scheme.id, kind.id))
        for one, kinds in offered for each in kinds
    ]  # fmt: skip
    missing = sum(not target.text(row.attributes) for row in rows for target in found)
    return TargetsPage(
        choices, scheme, kind, found, list(rows), number, max(1, -(-total // PAGE_ROWS)), total, missing, errors or [],
        file_name,
    )  # fmt: skip


def _called(scheme: Scheme, kind: Kind, schemes: int, kinds: int) -> str:
    """Of scheme and kind what tells this choice from the others."""
    return "·".join(said(one.title) for one, many in ((scheme, schemes > 1), (kind, kinds > 1)) if many)


@get("/subjects/targets", opt=allow("subjects.manage"))
async def targets_page(ctx: Ctx) -> Response[Any]:
    query = ctx.request.query_params
    scheme, kind, offered = await _asked(ctx, query.get("scheme", ""), query.get("kind", ""))
    return ctx.page("subjects/targets.html", await _view(ctx, scheme, kind, offered, ctx.page_number))


@post("/subjects/targets", opt=allow("subjects.manage"))
async def set_targets(ctx: Ctx) -> Response[Any]:
    """One page of the table; each subject with the version that the person saw."""
    form = await ctx.form()
    scheme, kind, offered = await _asked(ctx, form["scheme"], form["kind"])
    number = form.version("page") or 1
    changes = await _typed(ctx, form, scheme, kind)
    if form.problems:
        view = await _view(ctx, scheme, kind, offered, number)
        return ctx.page("subjects/targets.html", view, problems=form.problems, form=form)
    count = await targets.carry_out(ctx.session, scheme, changes)
    flash = _("已保存，{n} 个对象的目标有变化。").format(n=count) if count else _("没有变化。")
    return ctx.redirect(f"/subjects/targets?scheme={scheme.id}&kind={kind.id}&page={number}", flash=flash)


async def _typed(ctx: Context, form: Form, scheme: Scheme, kind: Kind) -> list[targets.Change]:
    ids = form.uuids("subject")
    rows: dict[UUID, Row[Any]] = await targets.rows_of(ctx.session, kind.id, ids)
    changes = []
    for row in rows.values():
        version = form.version(f"version-{row.id}")
        cells = {
            target: form[place].strip()
            for target in targets.targets_of(scheme, kind)
            if (place := f"{row.id}.{target.key}") in form
        }
        change, wrong = targets.planned(row, version, cells)
        changes.append(change)
        for target, message in wrong:
            words = _("{name}「{label}」：{message}").format(name=row.name, label=target.label, message=message)
            form.refuse(f"{row.id}.{target.key}", words)
    return changes


@get("/subjects/targets/template", opt=allow("subjects.manage"))
async def targets_template(ctx: Ctx) -> Response[Any]:
    """With every subject and what is set so far, to be completed and sent back."""
    query = ctx.request.query_params
    scheme, kind, _offered = await _asked(ctx, query.get("scheme", ""), query.get("kind", ""))
    found = targets.targets_of(scheme, kind)
    rows = await queries.with_attributes(ctx.session, kind.id, day=today())
    lines = [[row.code, row.name, *(target.text(row.attributes) for target in found)] for row in rows]
    data = template(_("目标"), targets.sheet_columns(found), rows=lines)
    name = quote(_("{scheme}目标.xlsx").format(scheme=scheme.title))
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
    return Response(data, media_type=import_pages.XLSX, headers=headers)


@post("/subjects/targets/imports", opt=allow("subjects.manage"))
async def import_targets(ctx: Ctx) -> Response[Any]:
    """All or nothing: one wrong cell and nothing is stored."""
    form = await ctx.form()
    scheme, kind, offered = await _asked(ctx, form["scheme"], form["kind"])
    files = form.files("file")
    if not files:
        problems = [FieldProblem("file", _("请选择文件"))]
        return ctx.page(
            "subjects/targets.html", await _view(ctx, scheme, kind, offered, 1), problems=problems, form=form
        )
    found, name = targets.targets_of(scheme, kind), files[0].filename
    table = await run_sync(read_table, await files[0].read(), name, targets.sheet_columns(found))
    rows = {row.code: row for row in await queries.with_attributes(ctx.session, kind.id)}
    changes = targets.plan_table(table, found, rows) if table.rows or not table.problems else []
    if table.problems:
        view = await _view(ctx, scheme, kind, offered, 1, import_pages.in_order(table.problems), name)
        return ctx.page("subjects/targets.html", view, status=422)
    count = await targets.carry_out(ctx.session, scheme, changes)
    flash = _("已从「{file}」导入，{n} 个对象的目标有变化。").format(file=name, n=count)
    return ctx.redirect(f"/subjects/targets?scheme={scheme.id}&kind={kind.id}", flash=flash)


routes = [targets_page, set_targets, targets_template, import_targets]
