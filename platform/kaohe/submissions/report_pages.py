"""Handing in a report that the regulation asks for."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath

from kaohe.errors import FieldProblem, Invalid, KaoheError
from kaohe.evidence import service as evidence
from kaohe.i18n import _
from kaohe.identity.models import Role
from kaohe.submissions.reports import Report, hand_in, reports
from kaohe.submissions.work import Work, open_work
from kaohe.web.context import Context, Ctx
from kaohe.web.permissions import allow

MOST_BODY = 256 * 1024**2


@get("/self-assessments/{self_assessment_id:uuid}/reports", opt=allow("self_assessments.read"))
async def listed(ctx: Ctx, self_assessment_id: FromPath[UUID]) -> Response[Any]:
    work = await open_work(ctx.session, ctx.person, self_assessment_id)
    return ctx.page("submissions/reports.html", await _view(ctx, work), cycle=work.row.notice["title"])


async def _view(ctx: Context, work: Work) -> dict[str, Work | list[Report] | bool]:
    asked = await reports(ctx.session, work.id, work.row.notice)
    return {"work": work, "reports": asked, "may_file": ctx.person.has(Role.LEAD)}


@post(
    "/self-assessments/{self_assessment_id:uuid}/reports",
    opt=allow("self_assessments.file"),
    request_max_body_size=MOST_BODY,
)
async def file(ctx: Ctx, self_assessment_id: FromPath[UUID]) -> Response[Any]:
    work = await open_work(ctx.session, ctx.person, self_assessment_id)
    form = await ctx.form()
    given, key = form.files("files"), form["report"]
    try:
        if not given:
            raise Invalid([FieldProblem(f"files-{key}", _("请选择报告文件"))])
        name = evidence.clean_name(given[0].filename)
        content = await evidence.store_pieces(ctx.app.settings, ctx.tenant_id, name, _pieces(given[0]))
        file_id = await evidence.keep(ctx.session, ctx.person, content, name, audience="unit", unit_id=work.row.unit_id)
        await hand_in(ctx.app.settings, ctx.session, ctx.person, work, key, file_id)
    except KaoheError as refused:
        problems = list(refused.problems) if isinstance(refused, Invalid) else []
        problems = problems or [FieldProblem(f"files-{key}", refused.message)]
        view = await _view(ctx, work)
        return ctx.page("submissions/reports.html", view, problems=problems, form=form, cycle=work.row.notice["title"])
    return ctx.redirect(f"/self-assessments/{work.id}/reports", flash=_("报告已交，考核办和考核人员可以看到。"))


async def _pieces(file: UploadFile) -> AsyncIterator[bytes]:
    while piece := await file.read(256 * 1024):
        yield piece


routes = [listed, file]
