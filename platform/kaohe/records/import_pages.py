"""表格导入: put a file in, see what it holds or what is wrong with it, say yes, leave it working."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.catalogue import service as catalogue
from kaohe.clock import today
from kaohe.errors import FieldProblem, Invalid
from kaohe.i18n import _, said
from kaohe.jobs import enqueue
from kaohe.records import importing, queries
from kaohe.records.clauses import groups
from kaohe.records.import_columns import columns, example
from kaohe.records.models import RecordImport
from kaohe.records.views import ImportPage, ImportsPage
from kaohe.scheme.model import Scheme
from kaohe.spreadsheets import template
from kaohe.web.context import Context, Ctx
from kaohe.web.permissions import allow

# Larger files are worked on in the background.
AT_ONCE = 256 * 1024
MOST_BODY = importing.MOST_BYTES + 1024**2


@get("/records/import", opt=allow("records.import"))
async def imports(ctx: Ctx) -> Response[Any]:
    return ctx.page("records/imports.html", await _imports_page(ctx))


async def _imports_page(ctx: Context) -> ImportsPage:
    schemes = [
        (scheme.id, said(scheme.title)) for scheme in await catalogue.enabled_schemes(ctx.session) if _takes(scheme)
    ]
    return ImportsPage(schemes, await queries.imports(ctx.session))


def _takes(scheme: Scheme) -> bool:
    return any(groups([(scheme, scheme.resolve_parameters({})[0])], kind.id) for kind in scheme.kinds)


@get("/records/import/template", opt=allow("records.import"))
async def blank(ctx: Ctx) -> Response[Any]:
    scheme = await catalogue.enabled_scheme_of(ctx.session, ctx.request.query_params.get("scheme", ""))
    asked = columns(scheme)
    data = template(_("日常记录"), asked, [example(scheme, asked)])
    headers = {"Content-Disposition": f'attachment; filename="records-{scheme.id}.xlsx"'}
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return Response(data, media_type=kind, headers=headers)


@post("/records/import", opt=allow("records.import"), request_max_body_size=MOST_BODY)
async def put_in(ctx: Ctx) -> Response[Any]:
    form = await ctx.form()
    files = form.files("file")
    if not files:
        form.refuse("file", _("请选择一个 .xlsx 或 .csv 文件"))
        return ctx.page("records/imports.html", await _imports_page(ctx), problems=form.problems, form=form)
    data = await files[0].read()
    try:
        held = await importing.put_in(ctx.session, ctx.person, form["scheme"], files[0].filename, data)
    except Invalid as refused:
        problems: list[FieldProblem] = list(refused.problems)
        return ctx.page("records/imports.html", await _imports_page(ctx), problems=problems, form=form)
    if len(data) <= AT_ONCE:
        await importing.check_import(ctx.session, held.id)
    else:
        await enqueue(ctx.session, "records.check_import", upload_id=str(held.id))
    return ctx.redirect(f"/records/import/{held.id}")


@get("/records/import/{record_import_id:uuid}", opt=allow("records.import"))
async def one(ctx: Ctx, record_import_id: FromPath[UUID]) -> Response[Any]:
    view = await _import_page(ctx.session, record_import_id)
    if ctx.is_htmx:
        return ctx.fragment("records/import.html", "work", view)
    return ctx.page("records/import.html", view)


async def _import_page(session: AsyncSession, record_import_id: UUID) -> ImportPage:
    held: RecordImport = await importing.import_of(session, record_import_id)
    rows, counts = held.preview or ([], [])
    scheme = (await catalogue.schemes_of(session, [held.scheme_id])).get(held.scheme_id)
    return ImportPage(
        held.id, held.filename, said(scheme.title) if scheme else held.scheme_id, held.state, held.rows, rows, counts,
        held.problems, held.problem_count, held.sha256, held.uploaded_name, held.uploaded_at, today(),
    )  # fmt: skip


@post("/records/import/{record_import_id:uuid}/confirm", opt=allow("records.import"))
async def confirm(ctx: Ctx, record_import_id: FromPath[UUID]) -> Response[Any]:
    held = await importing.begin_import(ctx.session, record_import_id)
    if held.data is not None and len(held.data) <= AT_ONCE:
        if await importing.import_records(ctx.session, record_import_id):
            await importing.tell_of_import(ctx.session, record_import_id)
    else:
        await enqueue(ctx.session, "records.import_records", upload_id=str(record_import_id))
    return ctx.redirect(f"/records/import/{record_import_id}")


@post("/records/import/{record_import_id:uuid}/drop", opt=allow("records.import"))
async def drop(ctx: Ctx, record_import_id: FromPath[UUID]) -> Response[Any]:
    await importing.drop_import(ctx.session, record_import_id)
    return ctx.redirect("/records/import", flash=_("这次导入已放弃，没有写入任何记录。"))


routes = [imports, blank, put_in, one, confirm, drop]
