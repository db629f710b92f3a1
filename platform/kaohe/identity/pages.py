"""Login, logout, switch of jurisdiction; further pages in `account_pages` and `people_pages`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from kaohe.audit.service import record
from kaohe.errors import FieldProblem, KaoheError
from kaohe.i18n import _
from kaohe.identity import account_pages, people_pages, service
from kaohe.identity.errors import WrongLogin
from kaohe.web.context import Ctx
from kaohe.web.cookies import access_cookie, gone, refresh_cookie
from kaohe.web.permissions import ANYONE, PUBLIC, allow
from kaohe.web.urls import own_path


@dataclass(frozen=True, slots=True)
class LoginPage:
    next: str


@get("/login", opt=allow(PUBLIC))
async def login_page(ctx: Ctx) -> Response[Any]:
    return ctx.page("identity/login.html", LoginPage(own_path(ctx.request.query_params.get("next", "/"))))


@post("/login", opt=allow(PUBLIC))
async def log_in(ctx: Ctx) -> Response[Any]:
    form = await ctx.form()
    login, password = form.text("login", _("登录名"), max_length=100), form["password"]
    onward = own_path(form["next"])
    address = ctx.request.client.host if ctx.request.client else ""
    try:
        form.check()
        entry = await service.log_in(
            ctx.app.database, login, password, address=address, agent=ctx.request.headers.get("user-agent", "")
        )
    except KaoheError as error:
        problems = error.problems or [FieldProblem("login", error.message)]
        status = 401 if isinstance(error, WrongLogin) else error.status
        return ctx.page("identity/login.html", LoginPage(onward), problems=problems, form=form, status=status)
    secure = ctx.app.settings.cookies_secure
    ctx.cookies.append(access_cookie(ctx.app.signer.issue(entry.access), secure=secure))
    ctx.cookies.append(refresh_cookie(entry.refresh or "", secure=secure))
    return ctx.redirect(onward)


@post("/logout", opt=allow(ANYONE, idempotent=True, before_password_change=True))
async def log_out(ctx: Ctx) -> Response[Any]:
    assert ctx.token is not None
    await service.revoke_session(ctx.session, ctx.token.session_id, "logout")
    ctx.cookies.extend(gone(secure=ctx.app.settings.cookies_secure))
    return ctx.redirect("/login")


@post("/session/jurisdiction/{jurisdiction_id:uuid}", opt=allow(ANYONE, idempotent=True))
async def switch(ctx: Ctx, jurisdiction_id: FromPath[UUID]) -> Response[Any]:
    assert ctx.token is not None
    token = await service.switch_jurisdiction(ctx.session, ctx.token, jurisdiction_id)
    record(ctx.session, "session.switched", "jurisdiction", jurisdiction_id)
    ctx.cookies.append(access_cookie(ctx.app.signer.issue(token), secure=ctx.app.settings.cookies_secure))
    return ctx.redirect("/")


routes = [login_page, log_in, log_out, switch, *account_pages.routes, *people_pages.routes]
