"""试算: what would change?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from anyio.to_thread import run_sync
from litestar import Response, get, post
from litestar.params import FromPath
from sqlalchemy import Row

from kaohe.catalogue.parameter_form import read_overrides
from kaohe.catalogue.service import override_problems, versions_of
from kaohe.errors import Invalid, NotFound
from kaohe.i18n import _
from kaohe.rehearsal import queries, service, trial, views
from kaohe.rehearsal.trial import Trial
from kaohe.rehearsal.views import Chosen, RehearsalPage
from kaohe.scheme.model import Scheme
from kaohe.web.context import Context, Ctx
from kaohe.web.forms import Form
from kaohe.web.permissions import allow


@get("/cycles/{cycle_id:uuid}/rehearsal", opt=allow("rehearsals.read"))
async def rehearsal(ctx: Ctx, cycle_id: FromPath[UUID]) -> Response[Any]:
    form = Form(dict(ctx.request.query_params))
    start = await _start(ctx, cycle_id, form.uuid("run", _("计算结果"), required=False))
    return await _page(ctx, start, form)


@get("/cycles/{cycle_id:uuid}/rehearsals/{rehearsal_id:uuid}", opt=allow("rehearsals.read"))
async def one_rehearsal(ctx: Ctx, cycle_id: FromPath[UUID], rehearsal_id: FromPath[UUID]) -> Response[Any]:
    """Worked out again from the facts of the run that it was saved with."""
    held = await queries.kept(ctx.session, cycle_id, rehearsal_id)
    if held is None:
        raise NotFound
    start = await _start(ctx, cycle_id, held.run_id)
    return await _page(ctx, start, Form({"version": held.scheme_version}), held)


@post("/cycles/{cycle_id:uuid}/rehearsals", opt=allow("rehearsals.write"))
async def save(ctx: Ctx, cycle_id: FromPath[UUID]) -> Response[Any]:
    form = await ctx.form()
    start = await _start(ctx, cycle_id, form.uuid("run", _("计算结果"), required=False))
    name = form.text("name", _("名称"), max_length=60)
    if start.run_id is None:
        raise Invalid(_("这项考核还没有计算结果，不能试算"))
    known = await _versions(ctx, start)
    scheme, overrides = _wished(known, start, form)
    tried = await _try(known, start, scheme, {} if form.problems else overrides)
    try:
        form.check()
        made = await service.save(ctx.session, cycle_id, start.run_id, name, tried, ctx.person.id, ctx.person.name)
    except Invalid as error:
        form.problems = list(error.problems)
        return await _page(ctx, start, form, tried=tried)
    return ctx.redirect(f"/cycles/{cycle_id}/rehearsals/{made}", flash=_("已保存试算「{name}」。").format(name=name))


@post("/cycles/{cycle_id:uuid}/rehearsals/{rehearsal_id:uuid}/deletion", opt=allow("rehearsals.write"))
async def discard(ctx: Ctx, cycle_id: FromPath[UUID], rehearsal_id: FromPath[UUID]) -> Response[Any]:
    name = await service.discard(ctx.session, cycle_id, rehearsal_id)
    return ctx.redirect(f"/cycles/{cycle_id}/rehearsal", flash=_("已删除试算「{name}」。").format(name=name))


async def _start(ctx: Context, cycle_id: UUID, run_id: UUID | None) -> Row[Any]:
    start = await queries.start(ctx.session, cycle_id, run_id)
    if start is None or (run_id and start.run_id is None):
        raise NotFound
    return start


Versions = Mapping[str, Scheme]


async def _versions(ctx: Context, start: Row[Any]) -> Versions:
    """Oldest first. Raises NotFound where the cycle's own is not among them."""
    known = {one.scheme.version: one.scheme for one in reversed(await versions_of(ctx.session, start.scheme_id))}
    if start.scheme_version not in known:
        raise NotFound
    return known


def _wished(known: Versions, start: Row[Any], form: Form) -> tuple[Scheme, dict[str, Any]]:
    """The version and the parameters asked for; what is wrong with them goes to the form."""
    scheme = known.get(form["version"] or start.scheme_version)
    if scheme is None:
        form.refuse("version", _("没有安装方案的第 {version} 版").format(version=form["version"][:40]))
        scheme = known[start.scheme_version]
    asked = read_overrides(form, scheme)
    overrides = {name: value for name, value in asked.items() if f"parameters.{name}" in form}
    form.problems += override_problems(scheme, overrides)
    return scheme, overrides


async def _try(known: Versions, start: Row[Any], scheme: Scheme, overrides: dict[str, Any]) -> Trial:
    return await run_sync(trial.attempt, known[start.scheme_version], start.facts, scheme, overrides)


async def _page(
    ctx: Context, start: Row[Any], form: Form, opened: Row[Any] | None = None, tried: Trial | None = None
) -> Response[Any]:
    """Where something typed is wrong nothing is worked out, and the fields show what was typed."""
    kept = await queries.kept_of(ctx.session, start.id)
    names = await queries.group_names(ctx.session, start.run_id) if start.run_id else {}
    known = await _versions(ctx, start)
    if tried is None:
        scheme, overrides = _wished(known, start, form)
        await ctx.release()
        asked = dict(opened.parameters) if opened else overrides
        tried = await _try(known, start, scheme, {} if form.problems else asked) if start.run_id else None
    view = _view(ctx, known, start, form, tried, names, kept, opened)
    if ctx.is_htmx:
        return ctx.fragment("rehearsal/rehearsal.html", "outcome", view, problems=form.problems, form=form)
    return ctx.page("rehearsal/rehearsal.html", view, problems=form.problems, form=form, cycle=start.title)


def _view(
    ctx: Context, known: Versions, start: Row[Any], form: Form, tried: Trial | None, names: dict[str, str],
    kept: Sequence[Row[Any]], opened: Row[Any] | None,
) -> RehearsalPage:  # fmt: skip
    asked = ctx.request.query_params
    chosen = Chosen(asked.get("group", ""), bool(asked.get("everyone")), ctx.page_number)
    outcome = views.outcome_of(tried, names, chosen) if tried and tried.after else None
    versions = [(each.version, _version(each, start)) for each in known.values()]
    posted = [(name, form[name]) for name in form.names() if name in {"run", "version"} or "parameters." in name]
    return RehearsalPage(
        start, tried.scheme.version if tried else start.scheme_version, versions,
        views.inputs_of(tried.scheme, tried.values) if tried else [], chosen, outcome,
        tried.problems if tried else [], kept, opened, posted,
    )  # fmt: skip


def _version(scheme: Scheme, start: Row[Any]) -> str:
    words = _("第 {version} 版（本次考核用的）") if scheme.version == start.scheme_version else _("第 {version} 版")
    return words.format(version=scheme.version)


routes = [rehearsal, one_rehearsal, save, discard]
