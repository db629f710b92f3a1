"""Grading 评分: my queue, one subject, one leaf."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from kaohe.catalogue.service import scheme_of
from kaohe.clock import today
from kaohe.errors import FieldProblem, Invalid, NotFound
from kaohe.evidence import service as evidence
from kaohe.evidence.intake import keep_files
from kaohe.grading import queries, requests, service, views
from kaohe.grading.claims import evidence_of, records_of
from kaohe.grading.errors import FindingChanged
from kaohe.grading.marking import Mark, read_mark
from kaohe.grading.models import EvidenceRequest
from kaohe.grading.task import Task, open_task
from kaohe.i18n import _, said
from kaohe.scheme.model import Indicator
from kaohe.submissions.service import reports
from kaohe.web.context import Context, Ctx
from kaohe.web.forms import Form
from kaohe.web.permissions import allow

DAYS_TO_ANSWER = 3
MOST_FILES = 20
MOST_BODY = 256 * 1024**2
_CONTROL = frozenset({"csrf_token", "idempotency_key", "version", "adopt", "keep_reason"})


@get("/grading", opt=allow("grading.read"))
async def my_queue(ctx: Ctx) -> Response[Any]:
    rows = await queries.of_person(ctx.session, ctx.person.id)
    marks = await queries.marks_by_assignment(ctx.session, ctx.person.id) if rows else {}
    schemes = {row.cycle_id: await scheme_of(ctx.session, row.scheme_id, row.scheme_version) for row in _first(rows)}
    return ctx.page("grading/queue.html", views.queue(rows, marks, schemes))


def _first(rows: Iterable[Any]) -> list[Any]:
    """One row of each cycle."""
    return list({row.cycle_id: row for row in rows}.values())


@get("/grading/{assignment_id:uuid}", opt=allow("grading.read"))
async def one_subject(ctx: Ctx, assignment_id: FromPath[UUID]) -> Response[Any]:
    task = await open_task(ctx.session, ctx.person.id, assignment_id)
    return ctx.page("grading/subject.html", await _subject(ctx, task), cycle=task.row.cycle)


async def _subject(ctx: Context, task: Task) -> views.TaskView:
    row = task.row
    asked = await reports(ctx.session, row.participation_id, row.notice, row.self_assessment_closes)
    return views.task_view(task, asked)


@get("/grading/{assignment_id:uuid}/{leaf:str}", opt=allow("grading.read"))
async def one_leaf(ctx: Ctx, assignment_id: FromPath[UUID], leaf: FromPath[str]) -> Response[Any]:
    task = await open_task(ctx.session, ctx.person.id, assignment_id)
    return await _desk(ctx, task, task.leaf(leaf))


@post("/grading/{assignment_id:uuid}/{leaf:str}", opt=allow("grading.write"))
async def save(ctx: Ctx, assignment_id: FromPath[UUID], leaf: FromPath[str]) -> Response[Any]:
    task = await open_task(ctx.session, ctx.person.id, assignment_id, lock=True)
    indicator, form = task.leaf(leaf), await ctx.form()
    try:
        mark = read_mark(task, indicator, form)
    except Invalid as refused:
        return await _desk(ctx, task, indicator, form=form, problems=list(refused.problems))
    version = form.version()
    try:
        await service.save_mark(ctx.session, task, indicator, mark, version, ctx.person.name)
    except FindingChanged as changed:
        return _conflict(ctx, task, indicator, mark, changed, form)
    if mark.reason and form.boolean("keep_reason"):
        await service.keep_reason(ctx.session, ctx.person.id, mark.reason)
    return ctx.redirect(_after(task, indicator), flash=_("已保存：{title}").format(title=indicator.title))


@post("/grading/{assignment_id:uuid}/{leaf:str}/requests", opt=allow("grading.write"))
async def ask(ctx: Ctx, assignment_id: FromPath[UUID], leaf: FromPath[str]) -> Response[Any]:
    task = await open_task(ctx.session, ctx.person.id, assignment_id)
    indicator, form = task.leaf(leaf), await ctx.form()
    question = form.text("question", _("要补充什么"), max_length=500)
    due = form.date("due", _("答复期限"))
    if due and due < today():
        form.refuse("due", _("答复期限「{day}」应不早于今天").format(day=due))
    if form.problems or due is None:
        return await _desk(ctx, task, indicator, form=form, problems=form.problems)
    await requests.ask_for_more(ctx.session, task, indicator, question, due, ctx.person.name)
    return ctx.redirect(
        f"/grading/{assignment_id}/{leaf}", flash=_("已发给{name}。").format(name=task.row.subject_name)
    )


@post("/grading/{assignment_id:uuid}/filing", opt=allow("grading.write"))
async def file(ctx: Ctx, assignment_id: FromPath[UUID]) -> Response[Any]:
    task = await open_task(ctx.session, ctx.person.id, assignment_id, lock=True)
    try:
        await service.file_assignment(ctx.session, task)
    except Invalid as refused:
        listed = [FieldProblem(f"leaf-{problem.place}", problem.message) for problem in refused.problems]
        return ctx.page("grading/subject.html", await _subject(ctx, task), problems=listed, cycle=task.row.cycle)
    return ctx.redirect("/grading", flash=_("{subject}的评分已提交。").format(subject=task.row.subject_name))


@get("/cycles/{cycle_id:uuid}/grading", opt=allow("grading.manage"))
async def overview(ctx: Ctx, cycle_id: FromPath[UUID]) -> Response[Any]:
    rows = await queries.of_cycle(ctx.session, cycle_id)
    if not rows:
        raise NotFound
    scheme = await scheme_of(ctx.session, rows[0].scheme_id, rows[0].scheme_version)
    channels = {one.id: said(one.title) for one in scheme.channels}
    return ctx.page("grading/overview.html", {"rows": rows, "channels": channels}, cycle=rows[0].cycle)


@post("/assignments/{assignment_id:uuid}/reopening", opt=allow("grading.manage"))
async def reopen(ctx: Ctx, assignment_id: FromPath[UUID]) -> Response[Any]:
    form = await ctx.form()
    reason = form.text("reason", _("退回理由"), max_length=500)
    form.check()
    row = await service.reopen_assignment(ctx.session, assignment_id, reason)
    return ctx.redirect(
        f"/cycles/{row.cycle_id}/grading", flash=_("{name}的评分已退回。").format(name=row.subject_name)
    )


@get("/evidence-requests/{request_id:uuid}", opt=allow("grading.answer"))
async def question(ctx: Ctx, request_id: FromPath[UUID]) -> Response[Any]:
    return ctx.page("grading/question.html", await _question(ctx, await _asked(ctx, request_id)))


async def _question(ctx: Context, asked: EvidenceRequest, kept: Sequence[Any] = ()) -> views.QuestionView:
    files = await queries.answer_files(ctx.session, asked.id)
    own = await evidence.own_copies(ctx.session, ctx.person, [(one.sha256, one.name) for one in files])
    return views.QuestionView(asked, [(one, own.get((one.sha256, one.name))) for one in files], kept)


@post("/evidence-requests/{request_id:uuid}/answer", opt=allow("grading.answer"), request_max_body_size=MOST_BODY)
async def answer(ctx: Ctx, request_id: FromPath[UUID]) -> Response[Any]:
    asked, form = await _asked(ctx, request_id), await ctx.form()
    words = form.text("answer", _("答复"), max_length=2000)
    come = [*form.files("camera"), *form.files("files")]
    files, refused = await keep_files(
        ctx.app.settings, ctx.session, ctx.person, form.uuids("evidence"), come, most=MOST_FILES, audience="unit",
        unit_id=await queries.unit_of(ctx.session, asked.participation_id),
    )  # fmt: skip
    if problems := [*form.problems, *refused]:
        view, status = await _question(ctx, asked, files), 200 if files else 422
        return ctx.page("grading/question.html", view, form=form, problems=problems, status=status)
    await requests.answer(ctx.app.settings, ctx.session, ctx.person, asked, words, [one.id for one in files])
    return ctx.redirect(f"/evidence-requests/{request_id}", flash=_("已答复，评分人可以看到。"))


async def _asked(ctx: Ctx, request_id: UUID) -> EvidenceRequest:
    units = ctx.person.units(*requests.ANSWERING)
    return await requests.open_request(ctx.session, request_id, ctx.tenant_id, units)


async def _desk(
    ctx: Ctx, task: Task, leaf: Indicator, *, form: Form | None = None, problems: list[FieldProblem] | None = None
) -> Response[Any]:
    files = await evidence_of(ctx.session, task.filed, leaf.code)
    records = await records_of(ctx.session, task.scheme, task.row, leaf.code)
    asked = ctx.request.query_params
    view = views.desk_view(
        task, leaf, files, records, show=asked.get("evidence", ""), adopt="adopt" in asked,
        posted=form, problems=problems or (), due=today() + timedelta(days=DAYS_TO_ANSWER),
    )  # fmt: skip
    return ctx.page("grading/desk.html", view, form=form, problems=problems or (), cycle=task.row.cycle)


def _conflict(ctx: Ctx, task: Task, leaf: Indicator, mark: Mark, changed: FindingChanged, form: Form) -> Response[Any]:
    posted = [(name, form[name]) for name in form.names() if name not in _CONTROL]
    if form.boolean("adopt"):
        posted.append(("adopt", "1"))
    view = views.conflict_view(task, leaf, mark, changed.theirs, posted)
    return ctx.page("grading/conflict.html", view, status=409, cycle=task.row.cycle)


def _after(task: Task, leaf: Indicator) -> str:
    """On to the next leaf that is still open, else the next in order, else the list."""
    codes = [each.code for each in task.leaves]
    place = codes.index(leaf.code) + 1
    following = [*task.leaves[place:], *task.leaves[: place - 1]]
    nearest = next((each.code for each in following if not task.is_done(each)), "")
    return f"/grading/{task.row.id}/{nearest}".rstrip("/")


routes = [my_queue, one_subject, one_leaf, save, ask, file, overview, reopen, question, answer]
