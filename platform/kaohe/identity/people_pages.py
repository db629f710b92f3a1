"""People of a jurisdiction: who holds which role; inviting and ending."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from kaohe.errors import Invalid
from kaohe.i18n import _
from kaohe.identity import invitations, people, resetting
from kaohe.identity.invitations import Invited
from kaohe.identity.models import Invitation, Role
from kaohe.identity.people import Member
from kaohe.web.context import Context, Ctx
from kaohe.web.forms import Form
from kaohe.web.permissions import allow


@dataclass(frozen=True, slots=True)
class PeoplePage:
    members: list[Member]
    total: int
    page: int
    pages: int
    search: str
    invitations: list[Invitation]
    role_names: dict[Role, str]
    may_manage: bool


@dataclass(frozen=True, slots=True)
class InvitePage:
    role_options: list[tuple[str, str]]
    units: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class InvitedPage:
    name: str
    link: str
    expires_at: Any
    reset: bool


@get("/people", opt=allow("people.read"))
async def people_page(ctx: Ctx) -> Response[Any]:
    search = ctx.request.query_params.get("q", "").strip()[:60]
    number = ctx.page_number
    found, total = await people.members(ctx.session, search=search, page=number)
    may_manage = ctx.person.has(Role.ADMIN)
    waiting = list(await people.open_invitations(ctx.session)) if may_manage else []
    pages = max(1, -(-total // people.PAGE_ROWS))
    view = PeoplePage(found, total, number, pages, search, waiting, people.role_names(), may_manage)
    return ctx.page("identity/people.html", view)


@get("/people/invite", opt=allow("people.manage"))
async def invite_page(ctx: Ctx) -> Response[Any]:
    return ctx.page("identity/invite.html", await _invite_view(ctx))


@post("/people/invitations", opt=allow("people.manage"))
async def invite(ctx: Ctx) -> Response[Any]:
    form = await ctx.form()
    try:
        return await _invite(ctx, form)
    except Invalid as error:
        return ctx.page("identity/invite.html", await _invite_view(ctx), problems=error.problems, form=form)


async def _invite(ctx: Context, form: Form) -> Response[Any]:
    login = form.text("login", _("登录名"), max_length=60)
    name = form.text("name", _("姓名"), max_length=60)
    role = form.choice("role", _("角色"), [role.value for role in people.GRANTABLE])
    unit = form.uuid("unit", _("单位"), required=False)
    if unit and unit not in {UUID(key) for key, _name in await people.units(ctx.session)}:
        form.refuse("unit", _("请选择单位"))
    form.check()
    made = await invitations.invite(
        ctx.session, login=login, name=name, role=Role(role), subject_id=unit, by=ctx.person.id
    )
    return _link(ctx, name, made)


def _link(ctx: Context, name: str, made: Invited, *, reset: bool = False) -> Response[Any]:
    view = InvitedPage(name, ctx.app.settings.base_url + made.link_path, made.expires_at, reset)
    return ctx.page("identity/invited.html", view, status=201)


@post("/people/roles/{membership_id:uuid}/password-reset", opt=allow("people.manage"))
async def reset_password(ctx: Ctx, membership_id: FromPath[UUID]) -> Response[Any]:
    made = await resetting.reset_here(ctx.app.database, ctx.session, membership_id, by=ctx.person.id)
    return _link(ctx, made.name, made, reset=True)


@post("/people/invitations/{invitation_id:uuid}/revoke", opt=allow("people.manage"))
async def revoke_invitation(ctx: Ctx, invitation_id: FromPath[UUID]) -> Response[Any]:
    await people.revoke_invitation(ctx.session, invitation_id)
    return ctx.redirect("/people", flash=_("邀请已作废。"))


@post("/people/roles/{membership_id:uuid}/end", opt=allow("people.manage"))
async def end_role(ctx: Ctx, membership_id: FromPath[UUID]) -> Response[Any]:
    await people.end_role(ctx.session, membership_id, by=ctx.person.id)
    return ctx.redirect("/people", flash=_("角色已取消，立即生效。"))


async def _invite_view(ctx: Context) -> InvitePage:
    names = people.role_names()
    return InvitePage([(role.value, names[role]) for role in people.GRANTABLE], await people.units(ctx.session))


routes = [people_page, invite_page, invite, reset_password, revoke_invitation, end_role]
