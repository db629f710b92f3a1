"""The platform as people meet it: a real server with the demo's jurisdictions, and Chromium."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from kaohe.db import embedded, migrate
from kaohe.db.session import Database
from kaohe.demo import PASSWORD, tenants
from tests.e2e.announced import claims_of_centres
from tests.e2e.standing import Standing
from tests.e2e.visitor import Visitor

CHROMIUM = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
            "--disable-sync", "--no-first-run"]  # fmt: skip
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 860}
PATIENCE_MS = 120_000  # a shared machine may stand still for a minute; waiting costs nothing where all is well

SignIn = Callable[..., AbstractContextManager[Visitor]]


@pytest.fixture(scope="session")
def standing() -> Iterator[Standing]:
    """Jurisdictions, people and subjects stand; nothing has happened yet."""
    home = Path(tempfile.mkdtemp(prefix="kaohe-e2e-"))
    home.chmod(0o755)
    with embedded.start(home) as server:
        migrate.upgrade(server.owner_url)
        asyncio.run(_load(server.app_url))
        with _serving(home, server.app_url) as url:
            yield Standing(url, server.superuser_url, server.app_url, home)
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def platform(standing: Standing) -> str:
    """The address."""
    return standing.url


async def _load(url: str) -> None:
    database = Database(url, pool_size=2)
    await tenants.load(database, PASSWORD)
    await database.close()


@contextmanager
def _serving(home: Path, database_url: str) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KAOHE_")} | {
        "KAOHE_HOME": str(home), "KAOHE_DATABASE_URL": database_url, "KAOHE_PORT": str(port), "KAOHE_LOG_LEVEL": "warning",
    }  # fmt: skip
    process = subprocess.Popen([Path(sys.executable).with_name("kaohe"), "serve"], env=environment)
    try:
        url = f"http://127.0.0.1:{port}"
        with httpx.Client(transport=httpx.HTTPTransport(retries=60), timeout=180) as client:
            assert client.get(f"{url}/readyz").text == "ready"
        yield url
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(180)


@pytest.fixture(scope="session")
def claims(standing: Standing) -> dict[str, str]:
    """By centre, where its reporter claims: a cycle of the city in which self-assessment is open."""
    return standing.play(claims_of_centres)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
    yield browser
    browser.close()


@pytest.fixture
def sign_in(platform: str, chromium: Browser) -> SignIn:
    """`with sign_in("rc.organiser") as organiser:`; `phone=True` for a small screen that can be touched."""

    @contextmanager
    def enter(login: str, *, phone: bool = False, script: bool = True, password: str = PASSWORD) -> Iterator[Visitor]:
        context = chromium.new_context(
            base_url=platform,
            viewport=PHONE if phone else DESK,
            has_touch=phone,
            locale="zh-CN",
            java_script_enabled=script,
        )
        context.set_default_timeout(PATIENCE_MS)
        page: Page = context.new_page()
        visitor = Visitor(page)
        try:
            visitor.log_in(login, password)
            yield visitor
        except Exception as problem:
            problem.add_note(visitor.tells())
            raise
        visitor.check_nothing_broke()
        context.close()

    return enter
