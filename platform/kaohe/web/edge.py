"""The edge: one place where a request gets its person, permission, transaction, idempotency and commit.

For GET the handler's answer is sent as it is made, in a READ ONLY transaction. For anything else the answer is held
back until the transaction is committed: what a person is told was stored is stored.
"""

from __future__ import annotations

import secrets
from time import perf_counter
from typing import Any
from urllib.parse import urlencode, urlsplit

from litestar import Request
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Send
from litestar.types import Scope as AsgiScope

from kaohe import i18n
from kaohe.db import direct
from kaohe.db.session import Scope, entered, settle
from kaohe.errors import Forbidden, KaoheError, NotFound, StalePage, Unauthenticated
from kaohe.identity import service as identity
from kaohe.identity.errors import SessionEnded
from kaohe.identity.models import Role
from kaohe.identity.tokens import AccessToken, TokenExpired, TokenInvalid
from kaohe.logging import request_id as current_request_id
from kaohe.web import idempotency
from kaohe.web.context import App, Context, Person
from kaohe.web.cookies import ACCESS, REFRESH, access_cookie, refresh_cookie
from kaohe.web.permissions import ANYONE, PERMISSIONS, PUBLIC

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class PasswordOwed(KaoheError):
    """Logged in, but the first password must be changed before anything else."""

    code, status, title = "password-owed", 403, "请先修改初始密码"


class Edge:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: AsgiScope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return
        opt: dict[str, Any] = scope["route_handler"].opt
        request: Request[Any, Any, Any] = Request(scope, receive)
        ctx = context_of(scope, request)
        _refuse_nul(scope)
        if opt.get("permission", PUBLIC) == PUBLIC:
            _refuse_foreign_origin(request)
            await _recognise(ctx)
            await self.app(scope, receive, _with_cookies(ctx, send))
            return
        ctx.token = await _authenticate(ctx)
        if opt.get("transaction", True):
            await self._in_transaction(ctx, opt, scope, receive, send)
        else:
            await _check_only(ctx, opt)
            await self.app(scope, receive, _with_cookies(ctx, send))

    async def _in_transaction(
        self, ctx: Context, opt: dict[str, Any], scope: AsgiScope, receive: Receive, send: Send
    ) -> None:
        token = ctx.token
        assert token is not None
        reads = ctx.request.method in SAFE
        if not reads and ctx.request.content_type[0] == "application/x-www-form-urlencoded":
            await ctx.request.body()  # a form that never ends to arrive holds no connection to the database
        session = await ctx.app.database.open(Scope(token.tenant_id, token.person_id, token.session_id, reads))
        ctx.transaction = session
        try:
            _enter(ctx)
            _check_permission(ctx, opt)
            if reads:
                await self.app(scope, receive, _with_cookies(ctx, send))
            else:
                await self._mutate(ctx, opt, scope, receive, send)
        finally:
            await direct.close(session)

    async def _mutate(self, ctx: Context, opt: dict[str, Any], scope: AsgiScope, receive: Receive, send: Send) -> None:
        await _check_csrf(ctx)
        claim = None if opt.get("idempotent") else await idempotency.claim(ctx)
        if claim is not None and claim.first_answer is not None:
            await _replay(claim.first_answer, send)
            return
        held = _HeldAnswer()
        await self.app(scope, receive, held)
        if held.status < 400:
            if claim is not None:
                claim.remember(held.status, held.headers, held.body)
            await settle(ctx.session)
            await direct.commit(ctx.session)
        else:
            await direct.rollback(ctx.session)
        await held.release(_with_cookies(ctx, send))


class _HeldAnswer:
    """Collects what the handler sends until the transaction is decided."""

    def __init__(self) -> None:
        self._messages: list[Message] = []
        self.status = 500
        self.headers: list[tuple[bytes, bytes]] = []
        self.body = b""

    async def __call__(self, message: Message) -> None:
        self._messages.append(message)
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = list(message["headers"])
        elif message["type"] == "http.response.body":
            self.body += message.get("body", b"")

    async def release(self, send: Send) -> None:
        for message in self._messages:
            await send(message)


async def _replay(answer: idempotency.Answer, send: Send) -> None:
    headers = [*answer.headers, (b"idempotency-replayed", b"true")]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body, "more_body": False})


def context_of(scope: AsgiScope, request: Request[Any, Any, Any]) -> Context:
    given = request.headers.get("x-request-id", "")
    identity_ = given if given.isascii() and given.replace("-", "").isalnum() and len(given) <= 64 else ""
    made = identity_ or secrets.token_hex(8)
    current_request_id.set(made)
    scope["state"]["request_id"] = made
    scope["state"]["began"] = perf_counter()
    nonce = secrets.token_urlsafe(16)
    scope["state"]["nonce"] = nonce
    language = request.cookies.get("kaohe_locale", "zh")
    i18n.locale.set(language if language in i18n.LOCALES else "zh")
    app: App = request.app.state.kaohe
    ctx = Context(app, request, nonce, made, i18n.locale.get())
    scope["state"]["ctx"] = ctx
    return ctx


def _refuse_nul(scope: AsgiScope) -> None:
    """PostgreSQL takes no NUL, and no address of ours holds one."""
    if "\x00" in scope["path"] or b"%00" in scope["query_string"] or b"\x00" in scope["query_string"]:
        raise NotFound


async def _authenticate(ctx: Context) -> AccessToken:
    """From the bearer header or the cookie; an expired cookie is renewed on the way by the refresh token."""
    bearer = _bearer(ctx.request)
    text = ctx.request.cookies.get(ACCESS, "") if bearer is None else bearer
    try:
        if text:
            return ctx.app.signer.recognise(text)
    except TokenInvalid as error:
        raise Unauthenticated from error
    except TokenExpired:
        if bearer is not None:
            raise SessionEnded from None
    secret = ctx.request.cookies.get(REFRESH)
    if not secret:
        raise SessionEnded if text else Unauthenticated
    entry = await identity.refresh(ctx.app.database, secret)
    secure = ctx.app.settings.cookies_secure
    ctx.cookies.append(access_cookie(ctx.app.signer.issue(entry.access), secure=secure))
    if entry.refresh:
        ctx.cookies.append(refresh_cookie(entry.refresh, secure=secure))
    return entry.access


def _bearer(request: Request[Any, Any, Any]) -> str | None:
    kind, _space, text = request.headers.get("authorization", "").partition(" ")
    return text if kind.lower() == "bearer" else None


async def _recognise(ctx: Context) -> None:
    """On a public page: who is it, if anybody."""
    try:
        ctx.token = ctx.app.signer.recognise(ctx.request.cookies.get(ACCESS, ""))
    except (TokenExpired, TokenInvalid):
        ctx.token = None


def _enter(ctx: Context) -> None:
    row = entered(ctx.session)
    if row is None:
        raise SessionEnded
    roles = tuple((Role(role), _uuid(unit)) for role, unit in row.roles)
    homes = tuple(sorted(((_uuid(home), name) for home, name in row.jurisdictions), key=lambda home: home[1]))
    ctx.who = Person(row.person_id, row.login, row.name, row.must_change_password, roles, homes)
    ctx.jurisdiction, ctx.tier, ctx.inbox_unread = row.jurisdiction or "", row.tier or "", row.inbox_unread


def _uuid(text: str | None) -> Any:
    from uuid import UUID

    return UUID(text) if text else None


async def _check_only(ctx: Context, opt: dict[str, Any]) -> None:
    """For handlers with sessions of their own: the same checks in a short transaction."""
    token = ctx.token
    assert token is not None
    session = await ctx.app.database.open(Scope(token.tenant_id, token.person_id, token.session_id, True))
    ctx.transaction = session
    try:
        _enter(ctx)
        _check_permission(ctx, opt)
        if ctx.request.method not in SAFE:
            await _check_csrf(ctx)
    finally:
        await direct.close(session)
        ctx.transaction = None


def _check_permission(ctx: Context, opt: dict[str, Any]) -> None:
    allowed = PERMISSIONS[opt["permission"]]
    if ctx.person.must_change_password and not opt.get("before_password_change"):
        raise PasswordOwed
    if opt["permission"] == ANYONE:
        return
    if not ctx.person.has(*allowed):
        raise Forbidden


async def _check_csrf(ctx: Context) -> None:
    if _bearer(ctx.request) is not None:
        return  # not sent by a browser on its own, as a cookie is, or a proxy's password
    token = ctx.token
    assert token is not None
    given = await ctx.sent("x-csrf-token", "csrf_token")
    if not ctx.app.signer.csrf_fits(given, token.session_id, token.tenant_id):
        raise StalePage


def _refuse_foreign_origin(request: Request[Any, Any, Any]) -> None:
    """Public forms (login) have no session to bind a token to; the browser says where the form stands, an old one
    by its origin only."""
    if request.method in SAFE:
        return
    site = request.headers.get("sec-fetch-site")
    if site is None and (origin := request.headers.get("origin")):
        own = {request.headers.get("host", ""), urlsplit(request.app.state.kaohe.settings.base_url).netloc}
        site = "same-origin" if urlsplit(origin).netloc in own else "cross-site"
    if site not in {"same-origin", "none", None}:
        raise StalePage


def _with_cookies(ctx: Context, send: Send) -> Send:
    async def wrapped(message: Message) -> None:
        if message["type"] == "http.response.start" and ctx.cookies:
            present = b";".join(value for key, value in message["headers"] if key == b"set-cookie")
            added = [
                (b"set-cookie", cookie.to_header(header="").strip().encode())
                for cookie in ctx.cookies
                if cookie.key.encode() + b"=" not in present
            ]
            message["headers"] = [*message["headers"], *added]
        await send(message)

    return wrapped


def login_path(request: Request[Any, Any, Any]) -> str:
    """Where to log in, and come back: to the page itself, or to the one whose form was sent."""
    came = urlsplit(str(request.url) if request.method in SAFE else request.headers.get("referer", ""))
    own = came.netloc == request.headers.get("host", "") and came.path not in {"", "/"}
    return "/login?" + urlencode({"next": f"{came.path}?{came.query}".rstrip("?")}) if own else "/login"
