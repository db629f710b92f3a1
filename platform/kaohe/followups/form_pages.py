"""Acting on followups: settling one or several, a deadline, a rectification report, sending it back, opening again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from kaohe.clock import today
from kaohe.errors import FieldProblem, Invalid, NotFound
from kaohe.evidence.intake import keep_files
from kaohe.followups import acting, queries
from kaohe.followups.access import filing_reach
from kaohe.followups.acting import Outcome
from kaohe.followups.errors import Settled
from kaohe.followups.showing_pages import followup_page
from kaohe.followups.views import SettlePage, line
from kaohe.i18n import _
from kaohe.web.context import Context, Ctx
from kaohe.web.forms import Form, whole_number
from kaohe.web.permissions import allow

MOST_FILES = 9
MOST_BODY = 64 * 1024**2
MOST_AT_ONCE = 500


@get("/followups/settlement", opt=allow("followups.act"))
async def ask_settlement(ctx: Ctx) -> Response[Any]:
    """`?followup=` once for each that is chosen; those settled meanwhile are left out."""
    view = await _settle_page(ctx, [one for one, _version in _ids(ctx.request.query_params.getall("followup", []))])
    if not view.lines:
        return ctx.redirect("/followups", flash=_("请先勾选要办理的，已办的不能再办。"))
    return ctx.page("followups/settlement.html", view)


def _ids(given: Sequence[str]) -> list[tuple[UUID, int]]:
    """`id.version`, or the id alone. Raises NotFound for anything else."""
    found = []
    for text in given[:MOST_AT_ONCE]:
        id_, _dot, version = text.partition(".")
        try:
            found.append((UUID(id_), whole_number(version) or 0))
        except ValueError:
            raise NotFound from None
    return found


async def _settle_page(ctx: Context, ids: Sequence[UUID], files: Sequence[Any] = ()) -> SettlePage:
    rows = await queries.chosen(ctx.session, ids)
    back = f"/followups/{rows[0].id}" if len(rows) == 1 else "/followups"
    return SettlePage([line(row, today()) for row in rows], today(), files, back)


@post("/followups/settlement", opt=allow("followups.act"), request_max_body_size=MOST_BODY)
async def settle(ctx: Ctx) -> Response[Any]:
    form = await ctx.form()
    chosen, waived = _ids(form.all("followup")), form["how"] == "waived"
    if not chosen:
        raise Settled(_("没有选定要办理的。"))
    outcome = form.text("outcome", _("不办的理由") if waived else _("办理结果"), max_length=2000)
    decided_by = form.text("decided_by", _("由谁决定"), required=False, max_length=100)
    document = form.text("document", _("文号"), required=False, max_length=100)
    on = form.date("on", _("办理日期")) or today()
    files, refused = await _attached(ctx, form, "office", None)
    problems = [*form.problems, *refused]
    if not problems:
        done = Outcome(outcome, on, document, decided_by, waived, [file.id for file in files])
        try:
            count = await acting.settle(ctx.session, ctx.person, chosen, done)
            target = f"/followups/{chosen[0][0]}" if count == 1 else "/followups"
            return ctx.redirect(target, flash=_("已登记 {n} 项的办理结果。").format(n=count))
        except Invalid as wrong:
            problems = list(wrong.problems)
    view = await _settle_page(ctx, [one for one, _version in chosen], files)
    return ctx.page("followups/settlement.html", view, problems=problems, form=form, status=200 if files else 422)


@post("/followups/reminders", opt=allow("followups.act"))
async def remind(ctx: Ctx) -> Response[Any]:
    """催办: to all who are late, of one cycle or of all."""
    form = await ctx.form()
    cycle_id = form.uuid("cycle", _("考核"), required=False)
    form.check()
    count = await acting.remind(ctx.session, ctx.person, cycle_id)
    back = f"/followups?only=late&cycle={cycle_id}" if cycle_id else "/followups?only=late"
    return ctx.redirect(back, flash=_("已催办 {n} 个对象。").format(n=count))


@post("/followups/{followup_id:uuid}/deadline", opt=allow("followups.act"))
async def set_due(ctx: Ctx, followup_id: FromPath[UUID]) -> Response[Any]:
    form = await ctx.form()
    due, note = form.date("due", _("期限")), form.text("note", _("理由"), required=False, max_length=500)
    problems = form.problems
    if due and not problems:
        try:
            await acting.set_due(ctx.session, ctx.person, followup_id, form.version(), due, note)
            return ctx.redirect(f"/followups/{followup_id}", flash=_("已定期限：{day}。").format(day=due))
        except Invalid as wrong:
            problems = list(wrong.problems)
    return await _again(ctx, followup_id, form, problems)


@post("/followups/{followup_id:uuid}/report", opt=allow("followups.report"), request_max_body_size=MOST_BODY)
async def file_report(ctx: Ctx, followup_id: FromPath[UUID]) -> Response[Any]:
    """整改报告: what was put right, with files."""
    seen = await queries.followup(ctx.session, filing_reach(ctx.person), followup_id)
    if seen is None:
        raise NotFound
    form = await ctx.form()
    words = form.text("words", _("整改情况"), max_length=5000)
    files, refused = await _attached(ctx, form, "unit", seen.unit_id if seen.party_id == seen.tenant_id else None)
    problems = [*form.problems, *refused]
    if problems:
        return await _again(ctx, followup_id, form, problems, files)
    ids = [file.id for file in files]
    await acting.file_report(ctx.app.settings, ctx.session, ctx.person, followup_id, words, ids)
    return ctx.redirect(f"/followups/{followup_id}", flash=_("整改报告已交，考核办会验收。"))


@post("/followups/{followup_id:uuid}/return", opt=allow("followups.act"))
async def send_back(ctx: Ctx, followup_id: FromPath[UUID]) -> Response[Any]:
    form = await ctx.form()
    reason = form.text("reason", _("退回理由"), max_length=1000)
    due = form.date("new_due", _("新的期限"), required=False)
    problems = form.problems
    if not problems:
        try:
            await acting.send_back(ctx.session, ctx.person, followup_id, form.version(), reason, due)
            return ctx.redirect(f"/followups/{followup_id}", flash=_("已退回，对方会收到理由。"))
        except Invalid as wrong:
            problems = [FieldProblem("new_due", one.message) for one in wrong.problems]
    return await _again(ctx, followup_id, form, problems)


@post("/followups/{followup_id:uuid}/reopening", opt=allow("followups.act"))
async def reopen(ctx: Ctx, followup_id: FromPath[UUID]) -> Response[Any]:
    form = await ctx.form()
    reason = form.text("why", _("理由"), max_length=500)
    if form.problems:
        return await _again(ctx, followup_id, form, form.problems)
    await acting.reopen(ctx.session, ctx.person, followup_id, form.version(), reason)
    return ctx.redirect(f"/followups/{followup_id}", flash=_("已恢复为待办。"))


async def _again(
    ctx: Context, followup_id: UUID, form: Form, problems: Sequence[FieldProblem], files: Sequence[Any] = ()
) -> Response[Any]:
    view = await followup_page(ctx, followup_id, files)
    return ctx.page("followups/followup.html", view, problems=problems, form=form, cycle=view.row.cycle_title,
                    status=200 if files else 422)  # fmt: skip


async def _attached(
    ctx: Context, form: Form, audience: str, unit_id: UUID | None
) -> tuple[list[Any], list[FieldProblem]]:
    come = [*form.files("camera"), *form.files("files")]
    return await keep_files(
        ctx.app.settings, ctx.session, ctx.person, form.uuids("evidence"), come, most=MOST_FILES, audience=audience,
        unit_id=unit_id,
    )  # fmt: skip


routes = [ask_settlement, settle, remind, set_due, file_report, send_back, reopen]
