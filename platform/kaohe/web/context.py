"""What a handler works with: who is asking, the open transaction, and how to answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from uuid import UUID

from litestar import Request, Response
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.db import direct
from kaohe.db.session import Database
from kaohe.errors import FieldProblem, Forbidden, Invalid
from kaohe.i18n import _
from kaohe.identity.models import Role
from kaohe.identity.tokens import AccessToken, Signer
from kaohe.settings import Settings
from kaohe.web.forms import Form, whole_number
from kaohe.web.templating import Frame, Templates


@dataclass(frozen=True, slots=True)
class App:
    """What one process holds: settings, database, key, templates."""

    settings: Settings
    database: Database
    signer: Signer
    templates: Templates


@dataclass(frozen=True, slots=True)
class Person:
    id: UUID
    login: str
    name: str
    must_change_password: bool
    # (role, unit): unit None means the whole jurisdiction
    roles: tuple[tuple[Role, UUID | None], ...]
    jurisdictions: tuple[tuple[UUID, str], ...]

    def has(self, *roles: Role) -> bool:
        return any(role in roles for role, _ in self.roles)

    def units(self, *roles: Role) -> frozenset[UUID] | None:
        """The units for which the person holds one of the roles; None = the whole jurisdiction."""
        held = [unit for role, unit in self.roles if role in roles]
        return None if None in held else frozenset(unit for unit in held if unit)


@dataclass(slots=True)
class Context:
    """One request. `session` is in a READ ONLY transaction for GET and committed by the edge otherwise."""

    app: App
    request: Request[Any, Any, Any]
    nonce: str
    request_id: str
    locale: str
    transaction: AsyncSession | None = None
    token: AccessToken | None = None
    who: Person | None = None
    jurisdiction: str = ""
    tier: str = ""
    inbox_unread: int = 0
    cookies: list[Cookie] = field(default_factory=list)

    @property
    def session(self) -> AsyncSession:
        if self.transaction is None:
            raise RuntimeError("this route has no transaction")
        return self.transaction

    @property
    def person(self) -> Person:
        if self.who is None:
            raise RuntimeError("this route is public: nobody is logged in")
        return self.who

    @property
    def known(self) -> bool:
        return self.who is not None

    @property
    def tenant_id(self) -> UUID:
        if self.token is None or self.token.tenant_id is None:
            raise Forbidden(_("您还没有任何辖区的角色。"))
        return self.token.tenant_id

    @property
    def page_number(self) -> int:
        """`?page=` of a list, from 1."""
        number = whole_number(self.request.query_params.get("page", "1"))
        return number if number is not None and 0 < number < 100_000 else 1

    def csrf_token(self) -> str:
        return self.app.signer.csrf(self.token.session_id, self.token.tenant_id) if self.token else ""

    async def sent(self, header: str, name: str) -> str:
        """From the header, else the query, else a small form. Large multipart bodies are not read for it."""
        value = self.request.headers.get(header) or self.request.query_params.get(name)
        if value is None and self.request.content_type[0] == "application/x-www-form-urlencoded":
            value = (await self.request.form()).get(name)
        return value if isinstance(value, str) else ""

    async def form(self) -> Form:
        """Raises Invalid for bytes that are no text."""
        try:
            return Form(await self.request.form())
        except UnicodeDecodeError as error:
            raise Invalid(_("提交的内容不是 UTF-8 文字。")) from error

    async def release(self) -> None:
        """Give the database connection back before a long answer (a download)."""
        if self.transaction is not None:
            await direct.close(self.transaction)

    def page(
        self, template: str, view: Any = None, *, problems: Sequence[FieldProblem] = (), form: Form | None = None,
        status: int | None = None, cycle: str = "",
    ) -> Response[bytes]:  # fmt: skip
        """A whole page. `view` is a typed object; with `problems` the answer is 422 and `form` is shown again."""
        html = self.app.templates.render(
            template, page=Frame.of(self, cycle), view=view, problems=problems, form=form or Form.empty()
        )
        return self._html(html, status or (422 if problems else 200))

    def fragment(
        self, template: str, block: str, view: Any = None, *, problems: Sequence[FieldProblem] = (),
        form: Form | None = None, status: int | None = None,
    ) -> Response[bytes]:  # fmt: skip
        """One block of a page's template, for htmx."""
        html = self.app.templates.render_block(
            template, block, page=Frame.of(self, ""), view=view, problems=problems, form=form or Form.empty()
        )
        return self._html(html, status or (422 if problems else 200))

    def _html(self, html: str, status: int) -> Response[bytes]:
        return Response(html.encode(), media_type="text/html; charset=utf-8", status_code=status, cookies=self.cookies)

    def redirect(self, path: str, *, flash: str = "") -> Response[Any]:
        """303 to a path of our own; `flash` is shown once on the next page."""
        cookies = list(self.cookies)
        if flash:
            cookies.append(flash_cookie(flash, secure=self.app.settings.cookies_secure))
        if self.is_htmx:
            return Response(b"", status_code=204, headers={"HX-Redirect": path}, cookies=cookies)
        return Redirect(path, status_code=303, cookies=cookies)

    @property
    def is_htmx(self) -> bool:
        return self.request.headers.get("hx-request") == "true"


def flash_cookie(text: str, *, secure: bool) -> Cookie:
    from urllib.parse import quote

    return Cookie(
        key="kaohe_flash", value=quote(text), path="/", max_age=60, httponly=True, samesite="lax", secure=secure
    )


Ctx: TypeAlias = NamedDependency[Context]
