"""方案: which regulations are there, and what do they say?"""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from kaohe.catalogue import service, views
from kaohe.catalogue.parameter_form import read_overrides
from kaohe.errors import Invalid, NotFound
from kaohe.i18n import _
from kaohe.identity.models import Role
from kaohe.scheme.model import Scheme
from kaohe.web.context import Context, Ctx
from kaohe.web.forms import Form
from kaohe.web.permissions import allow


@get("/schemes", opt=allow("schemes.read"))
async def schemes(ctx: Ctx) -> Response[Any]:
    may_manage, may_design = ctx.person.has(Role.ADMIN), ctx.person.has(Role.ADMIN, Role.ORGANISER)
    view = await views.schemes_page(ctx.session, may_manage=may_manage, may_design=may_design)
    return ctx.page("catalogue/schemes.html", view)


async def _visible(ctx: Context, scheme_id: str) -> tuple[Scheme, bool]:
    """The scheme and whether it is on here. Raises NotFound unless it is on, one could switch it on, or is assessed by it."""
    may_manage = ctx.person.has(Role.ADMIN)
    found = await service.available_schemes(ctx.session) if may_manage else await service.granted(ctx.session)
    on = found.get(scheme_id, False)
    if not on and not (may_manage and scheme_id in found) and scheme_id not in await service.known(ctx.session):
        raise NotFound
    return await service.scheme_of(ctx.session, scheme_id), on


@get("/schemes/{scheme_id:str}", opt=allow("schemes.read"))
async def scheme(ctx: Ctx, scheme_id: FromPath[str]) -> Response[Any]:
    found, enabled = await _visible(ctx, scheme_id)
    kind = ctx.request.query_params.get("kind", "")
    view = await views.scheme_page(ctx.session, found, kind, enabled=enabled, may_manage=ctx.person.has(Role.ADMIN))
    return ctx.page("catalogue/scheme.html", view)


@post("/schemes/{scheme_id:str}/enabling", opt=allow("schemes.manage"))
async def enable(ctx: Ctx, scheme_id: FromPath[str]) -> Response[Any]:
    form = await ctx.form()
    on = form.boolean("on")
    await service.enable_scheme(ctx.session, scheme_id, on=on)
    title = str((await service.scheme_of(ctx.session, scheme_id)).title)
    flash = _("已启用「{title}」。") if on else _("已停用「{title}」，进行中的考核不受影响。")
    return ctx.redirect("/schemes", flash=flash.format(title=title))


@get("/schemes/{scheme_id:str}/parameters", opt=allow("schemes.read"))
async def parameters(ctx: Ctx, scheme_id: FromPath[str]) -> Response[Any]:
    found, enabled = await _visible(ctx, scheme_id)
    return await _parameters(ctx, found, enabled)


async def _parameters(
    ctx: Context, found: Scheme, enabled: bool, *, problems: Any = (), form: Form | None = None
) -> Response[Any]:
    may_manage = enabled and ctx.person.has(Role.ADMIN)
    view = await views.parameters_page(ctx.session, found, enabled=enabled, may_manage=may_manage)
    return ctx.page("catalogue/parameters.html", view, problems=problems, form=form)


@post("/schemes/{scheme_id:str}/parameters", opt=allow("schemes.manage"))
async def set_parameters(ctx: Ctx, scheme_id: FromPath[str]) -> Response[Any]:
    found = await service.enabled_scheme_of(ctx.session, scheme_id)
    form = await ctx.form()
    try:
        overrides = read_overrides(form, found)
        start = form.date("valid_from", _("生效日期"))
        reason = form.text("reason", _("理由"), max_length=500)
        based_on = form.version("based_on")
        form.problems += service.override_problems(found, overrides)
        form.check()
        assert start is not None
        made = await service.set_parameters(
            ctx.session, scheme_id, overrides, valid_from=start, reason=reason, based_on=based_on
        )
    except Invalid as error:
        return await _parameters(ctx, found, True, problems=error.problems, form=form)
    flash = _("参数已保存为第 {number} 版，{day} 起生效。").format(number=made.number, day=start)
    return ctx.redirect(f"/schemes/{scheme_id}/parameters", flash=flash)


routes = [schemes, scheme, enable, parameters, set_parameters]
