"""Pages on one's own account, and the invitation that opens it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.datastructures import Cookie
from litestar.params import FromPath

from kaohe.db.session import Scope
from kaohe.errors import Invalid
from kaohe.i18n import _
from kaohe.identity import accounts, invitations
from kaohe.identity.devices import device_words
from kaohe.identity.models import Invitation, LoginSession, Role
from kaohe.identity.people import role_names
from kaohe.jurisdictions.service import name_of
from kaohe.web.context import Context, Ctx
from kaohe.web.permissions import ANYONE, PUBLIC, allow
from kaohe.web.urls import own_path


@dataclass(frozen=True, slots=True)
class PasswordPage:
    owed: bool


@dataclass(frozen=True, slots=True)
class SessionsPage:
    sessions: list[tuple[LoginSession, str]]  # each with the name of its device
    current: UUID


@dataclass(frozen=True, slots=True)
class InvitationPage:
    invitation: Invitation
    role: str
    jurisdiction: str
    needs_password: bool
    reset: bool


@get("/account/password", opt=allow(ANYONE, before_password_change=True))
async def password_page(ctx: Ctx) -> Response[Any]:
    return ctx.page("identity/password.html", PasswordPage(ctx.person.must_change_password))


@post("/account/password", opt=allow(ANYONE, before_password_change=True))
async def change_password(ctx: Ctx) -> Response[Any]:
    assert ctx.token is not None
    form = await ctx.form()
    try:
        await accounts.change_password(
            ctx.session, ctx.person.id, session_id=ctx.token.session_id,
            current=form["current"], password=form["password"], repeated=form["repeated"],
        )  # fmt: skip
    except Invalid as error:
        view = PasswordPage(ctx.person.must_change_password)
        return ctx.page("identity/password.html", view, problems=error.problems)
    return ctx.redirect("/", flash=_("密码已修改，其它设备上的登录已全部退出。"))


@get("/account/sessions", opt=allow(ANYONE))
async def sessions_page(ctx: Ctx) -> Response[Any]:
    assert ctx.token is not None
    found = await accounts.open_sessions(ctx.session, ctx.person.id)
    return ctx.page(
        "identity/sessions.html", SessionsPage([(one, device_words(one.agent)) for one in found], ctx.token.session_id)
    )


@post("/account/sessions/{session_id:uuid}/end", opt=allow(ANYONE))
async def end_session(ctx: Ctx, session_id: FromPath[UUID]) -> Response[Any]:
    await accounts.end_session(ctx.session, ctx.person.id, session_id)
    return ctx.redirect("/account/sessions", flash=_("该设备已退出登录。"))


@post("/session/locale", opt=allow(ANYONE, idempotent=True))
async def choose_locale(ctx: Ctx) -> Response[Any]:
    form = await ctx.form()
    await accounts.choose_locale(ctx.session, ctx.person.id, form["locale"])
    secure = ctx.app.settings.cookies_secure
    ctx.cookies.append(
        Cookie(key="kaohe_locale", value=form["locale"], path="/", max_age=400 * 86400, samesite="lax", secure=secure)
    )
    came_from = ctx.request.headers.get("referer", "")
    return ctx.redirect(own_path(came_from.removeprefix(str(ctx.request.base_url).rstrip("/")) or "/"))


@get("/invitations/{token:str}", opt=allow(PUBLIC))
async def invitation_page(ctx: Ctx, token: FromPath[str]) -> Response[Any]:
    return ctx.page("identity/invitation.html", await _invitation(ctx, token))


@post("/invitations/{token:str}", opt=allow(PUBLIC))
async def accept_invitation(ctx: Ctx, token: FromPath[str]) -> Response[Any]:
    tenant_id, secret = invitations.split_token(token)
    form = await ctx.form()
    try:
        reset = (await _invitation(ctx, token)).reset
        async with ctx.app.database.tenant(tenant_id) as session:
            await invitations.accept(session, secret, password=form["password"], repeated=form["repeated"])
    except Invalid as error:
        return ctx.page("identity/invitation.html", await _invitation(ctx, token), problems=error.problems)
    return ctx.redirect("/login", flash=_("新密码已设置，请登录。") if reset else _("账号已开通，请登录。"))


async def _invitation(ctx: Context, token: str) -> InvitationPage:
    tenant_id, secret = invitations.split_token(token)
    async with ctx.app.database.begin(Scope(tenant_id, read_only=True)) as session:
        found = await invitations.open_invitation(session, secret)
        return InvitationPage(
            found, role_names()[Role(found.role)], await name_of(session, tenant_id),
            await invitations.needs_password(session, found.login), await invitations.awaits_reset(session, found.login),
        )  # fmt: skip


routes = [
    password_page, change_password, sessions_page, end_session, choose_locale, invitation_page, accept_invitation,
]  # fmt: skip
