"""Putting the application together: routes of every domain, the edge, error pages, start and stop."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from importlib import import_module
from importlib.util import find_spec

from litestar import Litestar, Request, Response, get
from litestar.config.app import AppConfig
from litestar.di import Provide
from litestar.middleware import DefineMiddleware
from litestar.types import ControllerRouterHandler
from sqlalchemy import text

from kaohe import jobs
from kaohe import settings as settings_module
from kaohe.db.session import Database
from kaohe.errors import Unavailable
from kaohe.identity.tokens import Signer
from kaohe.plugins import registry
from kaohe.settings import Settings
from kaohe.web import access_log, problems, security
from kaohe.web.assets import asset
from kaohe.web.context import App, Context
from kaohe.web.edge import Edge
from kaohe.web.permissions import PUBLIC, allow
from kaohe.web.templating import Templates

# Domains in import order; each may bring `pages.routes` and `api.routes`.
DOMAINS = (
    "audit", "jurisdictions", "identity", "catalogue", "designs", "subjects", "tenants", "evidence", "inbox", "cycles",
    "records", "submissions", "grading", "followups", "results", "rehearsal", "changeovers", "contributions", "registers",
    "home",
)  # fmt: skip


def provide_context(request: Request) -> Context:  # type: ignore[type-arg]
    ctx: Context = request.scope["state"]["ctx"]
    return ctx


@get("/healthz", opt=allow(PUBLIC), sync_to_thread=False)
def healthz() -> str:
    """The process answers."""
    return "ok"


@get("/readyz", opt=allow(PUBLIC))
async def readyz(request: Request) -> str:  # type: ignore[type-arg]
    """The process can work: the database answers. Raises Unavailable otherwise."""
    try:
        async with request.app.state.kaohe.database.system() as session:
            await session.execute(text("SELECT 1"))
    except Exception as error:
        raise Unavailable from error
    return "ready"


def domain_routes() -> list[ControllerRouterHandler]:
    found: list[ControllerRouterHandler] = []
    for domain in DOMAINS:
        for module in ("pages", "api"):
            name = f"kaohe.{domain}.{module}"
            if find_spec(f"kaohe.{domain}") and find_spec(name):
                found.extend(import_module(name).routes)
    return found


def calm_collector() -> None:
    """What is there by now stays; full collections of a large heap were the longest pauses."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def _lifespan(app: App) -> Callable[[Litestar], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def run(_: Litestar) -> AsyncIterator[None]:
        registry()  # before the first request, and so that its objects are frozen too
        calm_collector()
        async with _worker(app):
            yield
        await app.database.close()

    return run


def _worker(app: App) -> AbstractAsyncContextManager[None]:
    url = app.settings.database_url
    return jobs.worker(app.database, url) if app.settings.jobs and url else nullcontext()


def build(app: App, config: AppConfig | None = None) -> Litestar:
    handlers: list[ControllerRouterHandler] = [healthz, readyz, asset, *domain_routes()]
    litestar = Litestar(
        route_handlers=handlers,
        dependencies={"ctx": Provide(provide_context, sync_to_thread=False)},
        middleware=[DefineMiddleware(Edge)],
        exception_handlers={Exception: problems.handle},
        before_send=[security.add_headers, access_log.log_answer],
        lifespan=[_lifespan(app)],
        openapi_config=None,
        request_max_body_size=12 * 1024 * 1024,
        logging_config=None,
        debug=False,
    )
    litestar.state.kaohe = app
    return litestar


def create_app(settings: Settings | None = None) -> Litestar:
    """The ASGI application from the environment's settings; needs a database address."""
    chosen = settings or settings_module.load()
    if not chosen.database_url:
        raise Unavailable("没有数据库地址：设置 KAOHE_DATABASE_URL，或用 kaohe demo 启动内置数据库。")
    database = Database(chosen.database_url, pool_size=chosen.database_pool)
    signer = Signer.load_or_create(chosen.home / "keys" / "signing.pem")
    return build(App(chosen, database, signer, Templates(reload=chosen.log_level == "debug")))


__all__ = ["Response", "build", "create_app"]
