"""One real PostgreSQL and one application per test process; worlds of jurisdictions and people made as needed."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from litestar import Litestar

from kaohe.app import build
from kaohe.db import embedded, migrate
from kaohe.db.embedded import EmbeddedServer
from kaohe.db.session import Database
from kaohe.identity.tokens import Signer
from kaohe.logging import configure
from kaohe.settings import Settings
from kaohe.web.context import App
from kaohe.web.templating import Templates
from tests.factories.browser import Browser
from tests.factories.world import World, make_world

configure("warning", "console")  # an unconfigured log would print all locals of a failure


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def home() -> Iterator[Path]:
    """Not pytest's own folder: as root the server runs as another user, who cannot enter that one."""
    folder = Path(tempfile.mkdtemp(prefix="kaohe-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def server(home: Path) -> Iterator[EmbeddedServer]:
    with embedded.start(home) as running:
        migrate.upgrade(running.owner_url)
        yield running


@pytest.fixture(scope="session")
async def database(server: EmbeddedServer) -> AsyncIterator[Database]:
    made = Database(server.app_url)
    yield made
    await made.close()


@pytest.fixture(scope="session")
async def kaohe(server: EmbeddedServer, database: Database, home: Path) -> App:
    settings = Settings(home=home, database_url=server.app_url)
    return App(settings, database, Signer.load_or_create(home / "keys" / "signing.pem"), Templates())


@pytest.fixture(scope="session")
def asgi(kaohe: App) -> Litestar:
    return build(kaohe)


@pytest.fixture(scope="session")
async def world(database: Database) -> World:
    """Shared and for reading: a city, its county and township, a sibling county, an unrelated city."""
    return await make_world(database)


@pytest.fixture
async def fresh_world(database: Database) -> World:
    """For tests that change things: nobody else's rows can be met."""
    return await make_world(database)


@pytest.fixture
def browser(asgi: Litestar, kaohe: App) -> Browser:
    """An anonymous visitor; `await browser.log_in(person)` or `browser.as_(person, tenant_id)`."""
    return Browser(asgi, kaohe)
