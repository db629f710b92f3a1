"""The organising side: what was filed, and returning it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from kaohe.catalogue.service import scheme_of
from kaohe.clock import today
from kaohe.errors import Invalid, NotFound
from kaohe.i18n import _
from kaohe.identity.models import Role
from kaohe.submissions import answer_views, filing, queries
from kaohe.submissions.reports import Report, reports
from kaohe.web.context import Context, Ctx
from kaohe.web.permissions import allow


@dataclass(frozen=True, slots=True)
class SubmissionView:
    """`filing`: the one that is shown, the standing one unless another number was asked for."""

    row: Any
    filing: Any | None
    versions: list[Any]
    groups: list[answer_views.Answers]
    files: int
    reports: list[Report]
    may_return: bool
    is_late: bool
    next_day: Any


@get("/submissions/{participation_id:uuid}", opt=allow("submissions.read"))
async def submission(ctx: Ctx, participation_id: FromPath[UUID]) -> Response[Any]:
    view = await _view(ctx, participation_id)
    return ctx.page("submissions/submission.html", view, cycle=view.row.title)


@post("/submissions/{participation_id:uuid}/return", opt=allow("submissions.return"))
async def give_back(ctx: Ctx, participation_id: FromPath[UUID]) -> Response[Any]:
    form = await ctx.form()
    reason = form.text("reason", _("退回理由"), max_length=1000)
    until = form.date("until", _("新的截止日期"), required=False)
    if until is not None and until < today():
        form.refuse("until", _("新的截止日期应在今天或以后"))
    try:
        form.check()
        await filing.give_back(ctx.session, ctx.person, participation_id, reason, until)
    except Invalid as refusal:
        view = await _view(ctx, participation_id)
        return ctx.page("submissions/submission.html", view, problems=refusal.problems, form=form, cycle=view.row.title)
    return ctx.redirect(f"/submissions/{participation_id}", flash=_("已退回，对方可以修改后重新报送。"))


async def _view(ctx: Context, participation_id: UUID) -> SubmissionView:
    row = await filing.open_hosted(ctx.session, ctx.person, participation_id)
    versions = list(await queries.filings(ctx.session, participation_id))
    number = ctx.request.query_params.get("number", "")
    shown = await queries.filing(ctx.session, participation_id, number)
    if shown is None and number:
        raise NotFound
    files = list(await queries.filing_evidence(ctx.session, shown.id)) if shown else []
    return SubmissionView(
        row, shown, versions, await _answers(ctx, row, shown, files), len(files),
        await reports(ctx.session, participation_id, row.notice, row.self_assessment_closes),
        ctx.person.has(Role.ORGANISER) and row.cycle_state == "issued" and row.filing_state == "filed"
        and (shown is None or shown.state == "open"),
        row.self_assessment_closes is not None and row.self_assessment_closes < today(), today() + timedelta(days=3),
    )  # fmt: skip


async def _answers(ctx: Context, row: Any, shown: Any, files: list[Any]) -> list[answer_views.Answers]:
    if shown is None:
        return []
    scheme = await scheme_of(ctx.session, row.scheme_id, shown.content["version"])  # by which it was filed
    scheme = scheme.under(row.notice["parameters"])
    values = scheme.resolve_parameters(row.notice["parameters"])[0]
    copies = {(one.leaf, one.slot, one.sha256, one.name): one.evidence_id for one in files}
    return answer_views.filed_answers(scheme, values, shown.content, copies)


routes = [submission, give_back]
