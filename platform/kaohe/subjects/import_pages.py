"""Importing subjects: template, upload, every error or a preview, then a yes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID

from anyio.to_thread import run_sync
from litestar import Response, get, post
from litestar.params import FromPath

from kaohe.errors import FieldProblem, Invalid, NotFound
from kaohe.i18n import _
from kaohe.spreadsheets import read_table, template
from kaohe.subjects import importing, queries, service, views
from kaohe.subjects.kinds import SubjectKind
from kaohe.web.context import Context, Ctx
from kaohe.web.permissions import allow

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN = 500


@dataclass(frozen=True, slots=True)
class ImportPage:
    kinds: list[tuple[str, str]]
    kind: SubjectKind
    columns: list[tuple[str, bool, str]]
    errors: tuple[FieldProblem, ...]
    file_name: str

    @property
    def shown(self) -> tuple[FieldProblem, ...]:
        return self.errors[:SHOWN]


@dataclass(frozen=True, slots=True)
class PreviewPage:
    id: UUID
    kind: str
    kind_title: str
    file_name: str
    sha256: str
    created_at: datetime
    rows: list[dict[str, Any]]
    counts: dict[str, int]
    applied_at: datetime | None


@get("/subjects/import", opt=allow("subjects.manage"))
async def import_page(ctx: Ctx) -> Response[Any]:
    return ctx.page("subjects/import.html", await _view(ctx, ctx.request.query_params.get("kind", "")))


async def _view(ctx: Context, kind_id: str, errors: tuple[FieldProblem, ...] = (), file_name: str = "") -> ImportPage:
    kinds = await service.kinds(ctx.session)
    if not kinds:
        raise NotFound(_("还没有启用方案，不知道要导入哪类对象"), next_step=_("请管理员先启用方案。"))
    kind = kinds.get(kind_id) or next(iter(kinds.values()))
    columns = [
        (each.label, each.required, each.note) for each in importing.columns_of(kind, views.parent_title(kind, kinds))
    ]
    return ImportPage([(id_, each.title) for id_, each in kinds.items()], kind, columns, errors, file_name)


@get("/subjects/import/template", opt=allow("subjects.manage"))
async def import_template(ctx: Ctx) -> Response[Any]:
    kinds = await service.kinds(ctx.session)
    kind = kinds.get(ctx.request.query_params.get("kind", ""))
    if kind is None:
        raise NotFound
    data = template(kind.title, importing.columns_of(kind, views.parent_title(kind, kinds)))
    name = quote(_("{kind}导入模板.xlsx").format(kind=kind.title))
    return Response(data, media_type=XLSX, headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"})


@post("/subjects/imports", opt=allow("subjects.manage"))
async def upload(ctx: Ctx) -> Response[Any]:
    form = await ctx.form()
    kinds = await service.kinds(ctx.session)
    kind = kinds.get(form["kind"])
    if kind is None:
        raise NotFound
    files = form.files("file")
    if not files:
        problems = [FieldProblem("file", _("请选择文件"))]
        return ctx.page("subjects/import.html", await _view(ctx, kind.id), problems=problems, form=form)
    data, name = await files[0].read(), files[0].filename
    table = await run_sync(read_table, data, name, importing.columns_of(kind, views.parent_title(kind, kinds)))
    rows = [] if table.problems and not table.rows else await importing.plan(ctx.session, kind, table)
    if table.problems:
        view = await _view(ctx, kind.id, tuple(in_order(table.problems)), name)
        return ctx.page("subjects/import.html", view, status=422)
    sha256 = hashlib.sha256(data).hexdigest()
    made = await importing.keep(ctx.session, kind.id, name, sha256, rows, by=ctx.person.id)
    return ctx.redirect(f"/subjects/imports/{made}")


def in_order(problems: list[FieldProblem]) -> list[FieldProblem]:
    """Of the file first, then row by row."""

    def place(problem: FieldProblem) -> tuple[int, int, str]:
        cell = problem.place.rpartition("!")[2] if "!" in problem.place else ""
        letters = cell.rstrip("0123456789")
        return int(cell[len(letters) :] or 0), len(letters), letters

    return sorted(problems, key=place)


@get("/subjects/imports/{import_id:uuid}", opt=allow("subjects.manage"))
async def preview(ctx: Ctx, import_id: FromPath[UUID]) -> Response[Any]:
    held = await queries.import_of(ctx.session, import_id)
    if held is None:
        raise NotFound
    kinds = await service.kinds(ctx.session)
    title = kinds[held.kind].title if held.kind in kinds else held.kind
    counts = {effect: sum(row["effect"] == effect for row in held.rows) for effect in ("new", "changed", "same")}
    shown = sorted(held.rows, key=lambda row: (row["effect"] == "same", row["row"]))[:SHOWN]
    view = PreviewPage(
        held.id, held.kind, title, held.file_name, held.sha256, held.created_at, shown, counts, held.applied_at
    )
    return ctx.page("subjects/preview.html", view)


@post("/subjects/imports/{import_id:uuid}/application", opt=allow("subjects.manage"))
async def carry_out(ctx: Ctx, import_id: FromPath[UUID]) -> Response[Any]:
    held = await queries.import_of(ctx.session, import_id, lock=True)
    if held is None:
        raise NotFound
    if held.kind not in await service.kinds(ctx.session):
        raise Invalid(_("使用这类对象的方案已停用"))
    counts = await importing.carry_out(ctx.session, held)
    flash = _("已导入：新增 {new} 个，修改 {changed} 个。").format(new=counts["new"], changed=counts["changed"])
    return ctx.redirect(f"/subjects?kind={held.kind}", flash=flash)


routes = [import_page, import_template, upload, preview, carry_out]
