"""Checking the answers, filing, the receipt, withdrawing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from kaohe.catalogue.service import scheme_of
from kaohe.errors import Invalid, NotFound
from kaohe.evidence import service as evidence
from kaohe.i18n import _
from kaohe.identity.models import Role
from kaohe.submissions import answer_views, filing, queries
from kaohe.submissions.views import claimed_total
from kaohe.submissions.work import Work, open_work
from kaohe.web.context import Ctx
from kaohe.web.permissions import allow

READ, FILE = "self_assessments.read", "self_assessments.file"


@dataclass(frozen=True, slots=True)
class CheckView:
    work: Work
    groups: list[answer_views.Answers]
    total: str
    may_file: bool


@dataclass(frozen=True, slots=True)
class ReceiptView:
    work: Work
    filing: Any | None  # the one that stands
    earlier: list[Any]
    may_withdraw: bool


@dataclass(frozen=True, slots=True)
class FiledView:
    work: Work
    filing: Any
    groups: list[answer_views.Answers]


@get("/self-assessments/{self_assessment_id:uuid}/check", opt=allow(READ))
async def check_answers(ctx: Ctx, self_assessment_id: FromPath[UUID]) -> Response[Any]:
    work = await open_work(ctx.session, ctx.person, self_assessment_id)
    return ctx.page(
        "submissions/check.html", _check_view(work, ctx.person.has(Role.LEAD)), cycle=work.row.notice["title"]
    )


def _check_view(work: Work, may_file: bool) -> CheckView:
    return CheckView(work, answer_views.answers_of(work), claimed_total(work), may_file)


@post("/self-assessments/{self_assessment_id:uuid}/filing", opt=allow(FILE))
async def file(ctx: Ctx, self_assessment_id: FromPath[UUID]) -> Response[Any]:
    work = await open_work(ctx.session, ctx.person, self_assessment_id)
    form = await ctx.form()
    if not form.boolean("confirmed"):
        form.refuse("confirmed", _("请先勾选“内容已核对”。"))
    try:
        form.check()
        await filing.file_self_assessment(ctx.app.settings, ctx.session, ctx.person, work)
    except Invalid as refusal:
        return ctx.page("submissions/check.html", _check_view(work, True), problems=refusal.problems, form=form)
    return ctx.redirect(f"/self-assessments/{work.id}/receipt")


@get("/self-assessments/{self_assessment_id:uuid}/receipt", opt=allow(READ))
async def receipt(ctx: Ctx, self_assessment_id: FromPath[UUID]) -> Response[Any]:
    work = await open_work(ctx.session, ctx.person, self_assessment_id)
    every = await queries.filings(ctx.session, work.id)
    standing = next((one for one in every if one.state == "open"), None)
    may_withdraw = standing is not None and ctx.person.has(Role.LEAD) and work.days_left >= 0
    view = ReceiptView(work, standing, [one for one in every if one.state != "open"], may_withdraw)
    return ctx.page("submissions/receipt.html", view, cycle=work.row.notice["title"])


@get("/self-assessments/{self_assessment_id:uuid}/filings/{number:str}", opt=allow(READ))
async def filed(ctx: Ctx, self_assessment_id: FromPath[UUID], number: FromPath[str]) -> Response[Any]:
    """What was handed in under that number, word for word."""
    work = await open_work(ctx.session, ctx.person, self_assessment_id)
    found = await queries.filing(ctx.session, work.id, number)
    if found is None:
        raise NotFound
    notice = work.row.notice
    scheme = (await scheme_of(ctx.session, notice["scheme_id"], found.content["version"])).under(notice["parameters"])
    values = scheme.resolve_parameters(notice["parameters"])[0]
    names = {(claim["leaf"], one["slot"], one["sha256"], one["name"]) for claim in found.content["claims"]
             for one in claim["evidence"]}  # fmt: skip
    own = await evidence.own_copies(ctx.session, ctx.person, {name[2:] for name in names})
    copies = {name: own[name[2:]] for name in names if name[2:] in own}
    groups = answer_views.filed_answers(scheme, values, found.content, copies)
    return ctx.page("submissions/filed.html", FiledView(work, found, groups), cycle=work.row.notice["title"])


@post("/self-assessments/{self_assessment_id:uuid}/withdrawal", opt=allow(FILE))
async def withdraw(ctx: Ctx, self_assessment_id: FromPath[UUID]) -> Response[Any]:
    work = await open_work(ctx.session, ctx.person, self_assessment_id)
    form = await ctx.form()
    reason = form.text("reason", _("撤回理由"), required=False, max_length=500)
    form.check()
    await filing.withdraw(ctx.session, ctx.person, work, reason)
    return ctx.redirect(f"/self-assessments/{work.id}", flash=_("已撤回，可以继续修改；截止前请重新报送。"))


routes = [check_answers, file, receipt, filed, withdraw]
