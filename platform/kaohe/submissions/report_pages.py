"""Handing in a report that the regulation asks for, and reading what was handed in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from kaohe.errors import FieldProblem, Invalid, KaoheError, NotFound
from kaohe.evidence import service as evidence
from kaohe.evidence.intake import keep_files
from kaohe.i18n import _
from kaohe.identity.models import Role
from kaohe.submissions.reports import Report, hand_in, of_work
from kaohe.submissions.work import Work, open_work
from kaohe.web.context import Context, Ctx
from kaohe.web.permissions import allow

MOST_BODY = 256 * 1024**2
MOST_FILES = 20


@dataclass(frozen=True, slots=True)
class ReportsView:
    """`refused`: the report that was posted and not taken, with the files that are kept nevertheless."""

    work: Work
    reports: list[Report]
    may_file: bool
    refused: str = ""
    kept: Sequence[Any] = ()


@dataclass(frozen=True, slots=True)
class FiledReportView:
    """`copies`: (sha256, name) → the party's own file."""

    work: Work
    report: Report
    filed: Any
    copies: Mapping[tuple[str, str], UUID]

    @property
    def stands(self) -> bool:
        return bool(self.filed.id == self.report.filed[0].id)


async def _view(ctx: Context, work: Work, refused: str = "", kept: Sequence[Any] = ()) -> ReportsView:
    return ReportsView(work, await of_work(ctx.session, work), ctx.person.has(Role.LEAD), refused, kept)


@get("/self-assessments/{self_assessment_id:uuid}/reports", opt=allow("self_assessments.read"))
async def listed(ctx: Ctx, self_assessment_id: FromPath[UUID]) -> Response[Any]:
    work = await open_work(ctx.session, ctx.person, self_assessment_id)
    return ctx.page("submissions/reports.html", await _view(ctx, work), cycle=work.row.notice["title"])


@post(
    "/self-assessments/{self_assessment_id:uuid}/reports",
    opt=allow("self_assessments.file"),
    request_max_body_size=MOST_BODY,
)
async def file(ctx: Ctx, self_assessment_id: FromPath[UUID]) -> Response[Any]:
    """Refused, the files that were taken are kept, so that nobody uploads them twice."""
    work, form = await open_work(ctx.session, ctx.person, self_assessment_id), await ctx.form()
    key, body = form["report"], form.text("body", _("说明"), required=False)
    files, refused = await keep_files(
        ctx.app.settings, ctx.session, ctx.person, form.uuids("evidence"), form.files("files"), most=MOST_FILES,
        audience="unit", unit_id=work.row.unit_id, place=f"files-{key}",
    )  # fmt: skip
    problems = [*form.problems, *refused]
    try:
        if problems:
            raise Invalid(problems)
        filed = await hand_in(ctx.app.settings, ctx.session, ctx.person, work, key, [one.id for one in files], body)
    except KaoheError as error:
        told = list(error.problems) if isinstance(error, Invalid) else [FieldProblem(f"files-{key}", error.message)]
        return ctx.page("submissions/reports.html", await _view(ctx, work, key, files), problems=told, form=form,
                        cycle=work.row.notice["title"], status=200 if files else 422)  # fmt: skip
    return ctx.redirect(f"/self-assessments/{work.id}/reports/{filed}", flash=_("报告已交，考核办和考核人员可以看到。"))


@get("/self-assessments/{self_assessment_id:uuid}/reports/{filed_report_id:uuid}", opt=allow("self_assessments.read"))
async def filed_report(ctx: Ctx, self_assessment_id: FromPath[UUID], filed_report_id: FromPath[UUID]) -> Response[Any]:
    """What was handed in, word for word."""
    work = await open_work(ctx.session, ctx.person, self_assessment_id)
    every = [(one, filed) for one in await of_work(ctx.session, work) for filed in one.filed]
    report, filed = next((each for each in every if each[1].id == filed_report_id), (None, None))
    if report is None or filed is None:
        raise NotFound
    copies = await evidence.own_copies(ctx.session, ctx.person, [(one["sha256"], one["name"]) for one in filed.files])
    view = FiledReportView(work, report, filed, copies)
    return ctx.page("submissions/report.html", view, cycle=work.row.notice["title"])


routes = [listed, file, filed_report]
