"""Trying a draft, and making a version of it that never changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from anyio.to_thread import run_sync
from litestar import Response, get, post
from litestar.params import FromPath

from kaohe.catalogue import service as catalogue
from kaohe.catalogue.service import Published, differences
from kaohe.clock import today
from kaohe.designs import sampling, service, trying, views
from kaohe.designs.checking import look
from kaohe.designs.document import write_document
from kaohe.designs.node_pages import EDIT, based_on
from kaohe.designs.service import Draft
from kaohe.designs.trying import Outcome
from kaohe.errors import FieldProblem, Invalid
from kaohe.i18n import _
from kaohe.scheme.model import Scheme
from kaohe.scoring.explaining import KINDS
from kaohe.web.context import Context, Ctx
from kaohe.web.forms import Form
from kaohe.web.permissions import allow

PUBLISH = "designs.publish"


@dataclass(frozen=True, slots=True)
class TrialPage:
    frame: views.Frame
    period: str
    outcome: Outcome | None
    titles: Mapping[str, str]
    leaves: list[tuple[str, str]]
    line_kinds: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PublicationPage:
    """`changes`: against the last version, in words; None where there is none."""

    frame: views.Frame
    changes: list[str] | None
    versions: list[Published]
    version: str
    groups: list[tuple[str, list[Any]]]


@get("/designs/{design_id:uuid}/trial", opt=allow(EDIT))
async def trial(ctx: Ctx, design_id: FromPath[UUID]) -> Response[Any]:
    draft = await service.draft_of(ctx.session, design_id)
    looked = await run_sync(look, draft.document)
    facts = ""
    if looked.scheme is not None and ctx.request.query_params.get("sample"):
        facts = await run_sync(_sample, looked.scheme)
    return _trial(ctx, draft, looked, Form({"facts": facts}))


def _sample(scheme: Scheme) -> str:
    """As a table where that is enough."""
    found = sampling.sample(scheme, today())
    plain = write_document({name: value for name, value in found.items() if name != "scheme"})
    return trying.as_table(scheme, found) or plain


def _trial(
    ctx: Context, draft: Draft, looked: Any, form: Form, outcome: Outcome | None = None,
    problems: list[FieldProblem] | None = None,
) -> Response[Any]:  # fmt: skip
    scheme: Scheme | None = looked.scheme
    titles = {node.code: node.title.zh for node in scheme.nodes} if scheme else {}
    leaves = [(code, leaf.title.zh) for code, leaf in scheme.leaves.items()] if scheme else []
    period = sampling.period_for(scheme, today()).text if scheme else ""
    words = {kind: _(word) for kind, word in KINDS.items()}
    frame = views.frame_of(draft, looked, "trial")
    view = TrialPage(frame, form["period"] or period, outcome, titles, leaves, words)
    return ctx.page("designs/trial.html", view, form=form, problems=problems or [], status=422 if problems else 200)


@post("/designs/{design_id:uuid}/trial", opt=allow(EDIT, idempotent=True))
async def try_it(ctx: Ctx, design_id: FromPath[UUID]) -> Response[Any]:
    """Facts as YAML, or a table: pasted out of a spreadsheet, or as a file."""
    form = await ctx.form()
    draft = await service.draft_of(ctx.session, design_id)
    looked = await run_sync(look, draft.document)
    if looked.scheme is None:
        return _trial(ctx, draft, looked, form)
    try:
        outcome = await _outcome(looked.scheme, form)
    except Invalid as error:
        return _trial(
            ctx, draft, looked, form, problems=[FieldProblem("facts", each.message) for each in error.problems]
        )
    return _trial(ctx, draft, looked, form, outcome)


async def _outcome(scheme: Scheme, form: Form) -> Outcome:
    files = form.files("file")
    text = form["facts"].replace("\r\n", "\n")
    head = text.strip().partition("\n")[0]
    if not files and "\t" not in head:
        return await run_sync(trying.attempt, scheme, text)
    data, name = (await files[0].read(), files[0].filename) if files else (text.encode(), _("粘贴的表格.csv"))
    facts, places, table = await run_sync(trying.from_table, scheme, form["period"].strip(), data, name)
    if table.problems:
        return Outcome([], [(each.place, each.message) for each in table.problems])
    return await run_sync(trying.attempt, scheme, facts, places)


@get("/designs/{design_id:uuid}/publication", opt=allow(PUBLISH))
async def publication(ctx: Ctx, design_id: FromPath[UUID]) -> Response[Any]:
    return await _publication(ctx, await service.draft_of(ctx.session, design_id), Form.empty())


async def _publication(
    ctx: Context, draft: Draft, form: Form, problems: list[FieldProblem] | None = None
) -> Response[Any]:
    looked = await run_sync(look, draft.document)
    versions = await catalogue.versions_of(ctx.session, draft.row.scheme_id)
    version = next_version([each.scheme.version for each in versions], draft.row.scheme_version)
    changes = None
    if versions and looked.scheme is not None:
        changes = differences(versions[0].scheme, looked.scheme)
    view = PublicationPage(
        views.frame_of(draft, looked, "publication"), changes, versions, version, views.checks_by_degree(looked)
    )
    return ctx.page("designs/publication.html", view, form=form, problems=problems or [])


def next_version(taken: list[str], wished: str) -> str:
    """What the draft says, unless that is published already."""
    if wished and wished not in taken:
        return wished
    numbers = [int(each.partition(".")[0]) for each in taken if each.partition(".")[0].isdecimal()]
    return str(max(numbers, default=0) + 1)


@post("/designs/{design_id:uuid}/publication", opt=allow(PUBLISH))
async def publish(ctx: Ctx, design_id: FromPath[UUID]) -> Response[Any]:
    form = await ctx.form()
    draft = await service.draft_of(ctx.session, design_id, lock=True)
    try:
        reason = form.text("reason", _("理由"), max_length=500)
        version = form.text("version", _("版本"), max_length=20)
        form.check()
        await service.publish(
            ctx.session, draft, version=version, reason=reason, based_on=based_on(form), by=ctx.person.name
        )
    except Invalid as error:
        return await _publication(ctx, draft, form, list(error.problems))
    flash = _("已发布「{title}」第 {version} 版，并已启用，可以用来新建考核。").format(
        title=draft.row.title, version=version
    )
    return ctx.redirect(f"/schemes/{draft.row.scheme_id}", flash=flash)


routes = [trial, try_it, publication, publish]
