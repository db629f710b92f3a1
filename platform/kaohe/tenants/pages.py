"""辖区: who is below us, who is set up, who has whom as administrator."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from kaohe.catalogue import service as catalogue
from kaohe.clock import today
from kaohe.errors import Invalid, NotFound
from kaohe.i18n import _
from kaohe.identity.models import Role
from kaohe.jurisdictions import service as jurisdictions
from kaohe.tenants import service, views
from kaohe.web.context import Context, Ctx
from kaohe.web.forms import Form
from kaohe.web.permissions import allow


@get("/jurisdictions", opt=allow("jurisdictions.read"))
async def tree(ctx: Ctx) -> Response[Any]:
    query = ctx.request.query_params
    view = await views.tree_page(
        ctx.session,
        search=query.get("q", "").strip()[:60],
        number=ctx.page_number,
        may_manage=ctx.person.has(Role.ADMIN),
    )
    return ctx.page("jurisdictions/tree.html", view)


@get("/jurisdictions/new", opt=allow("jurisdictions.manage"))
async def new_jurisdiction(ctx: Ctx) -> Response[Any]:
    above = _uuid(ctx.request.query_params.get("above")) or ctx.tenant_id
    return ctx.page("jurisdictions/new.html", await _set_up_view(ctx, above))


@post("/jurisdictions", opt=allow("jurisdictions.manage"))
async def set_up(ctx: Ctx) -> Response[Any]:
    form = await ctx.form()
    above = _uuid(form["above"]) or ctx.tenant_id
    try:
        wanted = _wanted(form)
        new_id, invited = await service.set_up(ctx.session, above, wanted, by=ctx.person.id)
    except Invalid as error:
        return ctx.page("jurisdictions/new.html", await _set_up_view(ctx, above), problems=error.problems, form=form)
    return _link_page(ctx, new_id, wanted.name, wanted.admin_name, invited, new=True)


def _wanted(form: Form) -> service.Wanted:
    name = form.text("name", _("名称"), max_length=60)
    tier = form.choice("tier", _("级别"), jurisdictions.TIERS)
    code = form.text("division_code", _("区划代码"), required=False, max_length=12, pattern=service.CODE)
    slug = form.text("slug", _("标识"), required=False, max_length=61).lower()
    start = form.date("valid_from", _("设立日期"))
    login = form.text("admin_login", _("管理员登录名"), max_length=60).lower()
    admin = form.text("admin_name", _("管理员姓名"), max_length=60)
    form.check()
    assert start is not None
    return service.Wanted(name, tier, code, slug, start, form.all("schemes"), login, admin)


async def _set_up_view(ctx: Context, above: UUID) -> views.SetUpPage:
    parent = await service.own_or_below(ctx.session, above)
    names = jurisdictions.tier_names()
    tiers = [(tier, names[tier]) for tier in service.tiers_below(parent.tier)]
    own = await catalogue.available_schemes(ctx.session)
    known = await catalogue.schemes_of(ctx.session, own)
    schemes = [(id_, str(scheme.title), scheme.regulation) for id_, scheme in known.items()]
    return views.SetUpPage(parent, tiers, schemes, today())


def _link_page(ctx: Context, jurisdiction_id: UUID, place: str, name: str, invited: Any, *, new: bool) -> Response[Any]:
    link = ctx.app.settings.base_url + invited.link_path
    view = views.InvitedPage(jurisdiction_id, place, name, link, invited.expires_at, new)
    return ctx.page("jurisdictions/invited.html", view, status=201)


@get("/jurisdictions/{jurisdiction_id:uuid}", opt=allow("jurisdictions.read"))
async def jurisdiction(ctx: Ctx, jurisdiction_id: FromPath[UUID]) -> Response[Any]:
    return await _shown(ctx, jurisdiction_id)


async def _shown(ctx: Context, jurisdiction_id: UUID, *, problems: Any = (), form: Form | None = None) -> Response[Any]:
    view = await views.jurisdiction_page(
        ctx.session, jurisdiction_id, may_manage=ctx.person.has(Role.ADMIN), today=today()
    )
    return ctx.page("jurisdictions/jurisdiction.html", view, problems=problems, form=form)


@post("/jurisdictions/{jurisdiction_id:uuid}/schemes", opt=allow("jurisdictions.manage"))
async def grant(ctx: Ctx, jurisdiction_id: FromPath[UUID]) -> Response[Any]:
    row = await service.own_or_below(ctx.session, jurisdiction_id)
    form = await ctx.form()
    chosen = form.all("schemes")
    if not chosen:
        form.refuse("schemes", _("请选择要授予的方案"))
    try:
        form.check()
        await catalogue.grant_schemes(ctx.session, jurisdiction_id, chosen)
    except Invalid as error:
        return await _shown(ctx, jurisdiction_id, problems=error.problems, form=form)
    return ctx.redirect(f"/jurisdictions/{jurisdiction_id}", flash=_("已为{name}启用方案。").format(name=row.name))


@post("/jurisdictions/{jurisdiction_id:uuid}/administrators", opt=allow("jurisdictions.manage"))
async def invite_administrator(ctx: Ctx, jurisdiction_id: FromPath[UUID]) -> Response[Any]:
    row = await service.own_or_below(ctx.session, jurisdiction_id)
    form = await ctx.form()
    try:
        login = form.text("login", _("登录名"), max_length=60)
        name = form.text("admin_name", _("姓名"), max_length=60)
        form.check()
        invited = await service.invite_administrator(
            ctx.session, jurisdiction_id, login=login, name=name, by=ctx.person.id
        )
    except Invalid as error:
        return await _shown(ctx, jurisdiction_id, problems=error.problems, form=form)
    return _link_page(ctx, jurisdiction_id, row.name, name, invited, new=False)


@post("/jurisdictions/{jurisdiction_id:uuid}/names", opt=allow("jurisdictions.manage"))
async def rename(ctx: Ctx, jurisdiction_id: FromPath[UUID]) -> Response[Any]:
    form = await ctx.form()
    try:
        name = form.text("name", _("新名称"), max_length=60)
        start = form.date("valid_from", _("更名日期"))
        form.check()
        assert start is not None
        await jurisdictions.rename_jurisdiction(ctx.session, jurisdiction_id, name, valid_from=start)
    except Invalid as error:
        return await _shown(ctx, jurisdiction_id, problems=error.problems, form=form)
    return ctx.redirect(f"/jurisdictions/{jurisdiction_id}", flash=_("已更名；以往的考核仍用原名。"))


@post("/jurisdictions/{jurisdiction_id:uuid}/end", opt=allow("jurisdictions.manage"))
async def end(ctx: Ctx, jurisdiction_id: FromPath[UUID]) -> Response[Any]:
    form = await ctx.form()
    try:
        last_day = form.date("last_day", _("最后一天"))
        reason = form.text("reason", _("理由"), max_length=500)
        form.check()
        assert last_day is not None
        if jurisdiction_id == ctx.tenant_id:
            raise NotFound
        await jurisdictions.end_jurisdiction(ctx.session, jurisdiction_id, last_day=last_day, reason=reason)
    except Invalid as error:
        return await _shown(ctx, jurisdiction_id, problems=error.problems, form=form)
    return ctx.redirect("/jurisdictions", flash=_("已撤销；它以往的考核都保留。"))


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise NotFound from None


routes = [tree, new_jurisdiction, set_up, jurisdiction, grant, invite_administrator, rename, end]
