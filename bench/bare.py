"""The reference of a page: checks the same token, runs one equal query under row-level security with raw psycopg and
renders the same template with the same data. Nothing else: no permission, no frame, no audit, no idempotency."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import uvicorn
from litestar import Litestar, Request, Response, get, post
from litestar.params import FromPath
from psycopg import AsyncCursor, AsyncRawCursor
from psycopg_pool import AsyncConnectionPool

from bench import pages
from bench.pages import Recorded
from kaohe.app import calm_collector
from kaohe.db.session import Database
from kaohe.identity.tokens import AccessToken, Signer
from kaohe.settings import Settings
from kaohe.web.context import App
from kaohe.web.cookies import ACCESS
from kaohe.web.templating import Templates

SCOPE = "SELECT set_config('app.tenant_id', %s, true), set_config('app.person_id', %s, true)"
SAVE = (
    "UPDATE claims SET remark = %s, version = version + 1, updated_at = now()"
    " WHERE tenant_id = app.tenant_id() AND self_assessment_id = %s AND leaf = %s RETURNING version"
)


class Bare:
    def __init__(
        self, signer: Signer, templates: Templates, pool: AsyncConnectionPool[Any], known: list[Recorded]
    ) -> None:
        self.signer, self.templates, self.pool = signer, templates, pool
        self.known = {each.page.path: (each.main, each.template, each.context) for each in known}

    async def query(self, token: AccessToken, statement: Any, parameters: Any) -> list[Any]:
        async with self.pool.connection() as connection:
            await connection.execute(SCOPE, (str(token.tenant_id), str(token.person_id)))
            cursor = AsyncRawCursor(connection) if isinstance(parameters, list) else AsyncCursor(connection)
            rows: list[Any] = await (await cursor.execute(statement, parameters)).fetchall()
            return rows

    def token(self, request: Request[Any, Any, Any]) -> AccessToken:
        return self.signer.read(request.cookies[ACCESS])

    def routes(self) -> list[Any]:
        @get(list(self.known), media_type="text/html")
        async def page(request: Request[Any, Any, Any]) -> bytes:
            main, template, context = self.known[request.url.path]
            await self.query(self.token(request), *main)
            return self.templates.render(template, **context).encode()

        @post("/self-assessments/{self_assessment_id:uuid}/claims/{leaf:str}")
        async def save(
            request: Request[Any, Any, Any], self_assessment_id: FromPath[UUID], leaf: FromPath[str]
        ) -> Response[Any]:
            form = await request.form()
            rows = await self.query(self.token(request), SAVE, (form["remark"], self_assessment_id, leaf))
            return Response({"version": rows[0][0]}, status_code=200)

        @get("/healthz", sync_to_thread=False)
        def healthz() -> str:
            return "ok"

        return [page, save, healthz]


@asynccontextmanager
async def _life(pool: AsyncConnectionPool[Any], _app: Litestar) -> AsyncIterator[None]:
    await pool.open()
    calm_collector()
    yield
    await pool.close()


async def _known(app: App) -> list[Recorded]:
    found = pages.readers(app.settings.home)
    try:
        return await pages.record(app, found.read)
    finally:
        await app.database.close()


def application() -> Litestar:
    settings = Settings(home=Path(os.environ["KAOHE_HOME"]), database_url=os.environ["KAOHE_DATABASE_URL"])
    assert settings.database_url
    signer, templates = Signer.load_or_create(settings.home / "keys" / "signing.pem"), Templates()
    known = asyncio.run(_known(App(settings, Database(settings.database_url), signer, templates)))
    url = settings.database_url.replace("+psycopg", "")
    pool: AsyncConnectionPool[Any] = AsyncConnectionPool(url, min_size=10, max_size=10, open=False)
    return Litestar(Bare(signer, templates, pool, known).routes(), lifespan=[partial(_life, pool)],
                    openapi_config=None, logging_config=None)  # fmt: skip


def main() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    app = application()
    print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    config = uvicorn.Config(app, loop="uvloop", http="httptools", ws="none", log_config=None, access_log=False)
    uvicorn.Server(config).run([listener])


if __name__ == "__main__":
    main()
