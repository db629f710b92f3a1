"""A visitor in process: cookies, CSRF and idempotency keys as a browser would send them."""

from __future__ import annotations

import secrets
from typing import Any

import httpx
from litestar import Litestar

from kaohe.db.session import Scope
from kaohe.identity.service import Entry, open_session
from kaohe.identity.tokens import AccessToken
from kaohe.web.context import App
from kaohe.web.cookies import ACCESS, REFRESH
from tests.factories.world import PASSWORD, Somebody


class Browser:
    def __init__(self, asgi: Litestar, app: App) -> None:
        self._app = app
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(asgi, raise_app_exceptions=False), base_url="http://kaohe.test"
        )
        self.token: AccessToken | None = None

    async def log_in(self, who: Somebody, password: str = PASSWORD) -> httpx.Response:
        """Through the login page, as a person does."""
        answer = await self.http.post("/login", data={"login": who.login, "password": password, "next": "/"})
        if ACCESS in self.http.cookies:
            self.token = self._app.signer.read(self.http.cookies[ACCESS])
        return answer

    async def as_(self, who: Somebody) -> Browser:
        """Logged in without the cost of the password hash."""
        async with self._app.database.begin(Scope(person_id=who.id)) as session:
            entry: Entry = await open_session(session, who.id, address="127.0.0.1", agent="tests")
        access = AccessToken(who.id, entry.access.session_id, who.tenant_id)
        self.token = access
        self.http.cookies.set(ACCESS, self._app.signer.issue(access))
        self.http.cookies.set(REFRESH, entry.refresh or "")
        return self

    @property
    def csrf(self) -> str:
        return self._app.signer.csrf(self.token.session_id, self.token.tenant_id) if self.token else ""

    async def get(self, path: str, **options: Any) -> httpx.Response:
        return await self.http.get(path, **options)

    async def post(self, path: str, data: dict[str, Any] | None = None, **options: Any) -> httpx.Response:
        """Carries a fresh idempotency key and the CSRF token unless the caller gives its own headers."""
        return await self.request("POST", path, data=data, **options)

    async def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        headers = {"X-CSRF-Token": self.csrf, "Idempotency-Key": secrets.token_hex(16), **options.pop("headers", {})}
        return await self.http.request(method, path, headers=headers, **options)
