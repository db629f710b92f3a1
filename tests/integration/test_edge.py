"""What comes in that no page of ours sends, and what goes out with every answer."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import psycopg
import pytest
from sqlalchemy import text

from kaohe import logging
from kaohe.db import direct
from kaohe.db.embedded import EmbeddedServer
from kaohe.db.embedded.roles import plain
from kaohe.db.session import Database, Scope
from kaohe.identity.models import Role
from kaohe.sweeping import sweep
from kaohe.web.context import App
from tests.factories.browser import Browser
from tests.factories.world import World

pytestmark = pytest.mark.anyio
JSON = {"Accept": "application/json"}


async def test_address_that_never_was_gets_a_page_with_the_number_of_the_request(browser: Browser) -> None:
    answer = await browser.get("/no/such/place", headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert "<html" in answer.text
    assert answer.headers["x-request-id"] in answer.text


@pytest.mark.parametrize("address", ["/people?q=a%00b", "/audit?before=%00", "/schemes/a%00b"])
async def test_address_with_nul_is_not_found(browser: Browser, world: World, address: str) -> None:
    await browser.as_(world.city[Role.ADMIN])
    assert (await browser.get(address)).status_code == 404


@pytest.mark.parametrize("version", ["--5", "9" * 5000, "²", "1e3", ""])
async def test_version_that_is_no_number_fits_nothing(browser: Browser, world: World, version: str) -> None:
    await browser.as_(world.city[Role.AUDITOR])
    assert (await browser.get("/audit", params={"before": version})).status_code == 200
    await browser.as_(world.city[Role.ADMIN])
    assert (await browser.get("/people", params={"page": version})).status_code == 200


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2026-02-30"])
async def test_day_out_of_every_calendar_is_told(browser: Browser, world: World, day: str) -> None:
    await browser.as_(world.city[Role.AUDITOR])
    answer = await browser.get("/audit", params={"since": day})
    assert answer.status_code == 422
    assert f"「{day}」应为日期" in answer.text


async def test_nul_in_a_field_is_dropped(browser: Browser, fresh_world: World) -> None:
    await browser.as_(fresh_world.city[Role.ADMIN])
    form = {"name": "李\x00一", "login": f"li-{fresh_world.city.slug}", "role": "inspector", "unit": ""}
    answer = await browser.post("/people/invitations", form)
    assert answer.status_code == 201
    assert "李一" in answer.text


async def test_bytes_that_are_no_text_are_told(browser: Browser, world: World) -> None:
    await browser.as_(world.city[Role.ADMIN])
    answer = await browser.request("POST", "/subjects/imports", files={"kind": (None, b"\xed\xa0\x80")}, headers=JSON)
    assert answer.status_code == 422
    assert "UTF-8" in answer.json()["detail"]


async def test_password_of_a_proxy_does_not_stand_for_the_csrf_token(browser: Browser, world: World) -> None:
    """A browser sends it on its own, like a cookie; only a bearer token shows that a program asks."""
    await browser.as_(world.city[Role.ADMIN])
    basic = {"Authorization": "Basic YTpi", "X-CSRF-Token": "", **JSON}
    assert (await browser.post("/people/invitations", {}, headers=basic)).json()["type"] == "urn:kaohe:stale-page"


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 401),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://kaohe.test"}, 401),
        ({}, 401),
    ],
)
async def test_login_form_of_a_foreign_page_is_refused(browser: Browser, sent: dict[str, str], status: int) -> None:
    answer = await browser.http.post("/login", data={"login": "nobody", "password": "x", "next": "/"}, headers=sent)
    assert answer.status_code == status


async def test_first_answer_is_kept_sealed_and_swept_away(
    browser: Browser, fresh_world: World, database: Database, server: EmbeddedServer
) -> None:
    await browser.as_(fresh_world.city[Role.ADMIN])
    form = {"name": "李一", "login": f"li-{fresh_world.city.slug}", "role": "inspector", "unit": ""}
    invited = await browser.post("/people/invitations", form, headers={"Idempotency-Key": "once"})
    assert "/invitations/" in invited.text
    owner = Database(server.superuser_url)
    async with owner.begin(Scope(fresh_world.city.id)) as session:
        tenant = {"t": fresh_world.city.id}
        (kept,) = (await session.execute(text("SELECT * FROM idempotency_keys WHERE tenant_id = :t"), tenant)).all()
        assert kept.key != "once"
        assert b"/invitations/" not in kept.body
        past = "UPDATE idempotency_keys SET created_at = now() - interval '3 days' WHERE tenant_id = :t"
        await session.execute(text(past), tenant)
    await owner.close()
    await sweep(database)
    async with database.tenant(fresh_world.city.id) as session:
        assert (await session.execute(text("SELECT count(*) FROM idempotency_keys"))).scalar_one() == 0


async def test_answer_too_long_to_keep_is_told_instead_of_cut(
    browser: Browser, fresh_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kaohe.web.idempotency.MOST_BODY", 10)
    await browser.as_(fresh_world.city[Role.ADMIN])
    form = {"name": "李一", "login": f"li-{fresh_world.city.slug}", "role": "inspector", "unit": ""}
    key = {"Idempotency-Key": "once", **JSON}
    assert (await browser.post("/people/invitations", form, headers=key)).status_code == 201
    again = await browser.post("/people/invitations", form, headers=key)
    assert (again.status_code, again.json()["detail"]) == (409, "这项内容已经提交过。")


async def test_every_request_is_a_line_that_holds_no_secret(
    browser: Browser, world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    logging.configure("info", "json")
    try:
        await browser.get("/people?q=someone")
        await browser.get(f"/invitations/{world.city.id.hex}.secret", headers={"X-Request-Id": "mine"})
        await browser.get("/healthz")
    finally:
        logging.configure("warning", "console")
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines() if '"request"' in line]
    assert [(line["method"], line["path"], line["status"]) for line in lines] == [
        ("GET", "/people", 303),
        ("GET", "/invitations/…", 404),
    ]
    assert lines[1]["request_id"] == "mine"


async def test_forms_that_never_end_hold_no_connection(browser: Browser, kaohe: App, world: World) -> None:
    async def stalled() -> AsyncIterator[bytes]:
        yield b"csrf_token="
        begun.release()
        await asyncio.Event().wait()

    begun, headers = asyncio.Semaphore(0), {"Content-Type": "application/x-www-form-urlencoded"}
    await browser.as_(world.city[Role.ADMIN])
    client = browser.http
    forms = [asyncio.create_task(client.post("/logout", content=stalled(), headers=headers)) for _ in range(5)]
    for _form in forms:
        await begun.acquire()
    assert kaohe.database.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    for form in forms:
        form.cancel()
    await asyncio.gather(*forms, return_exceptions=True)


async def test_connections_that_died_are_replaced(server: EmbeddedServer, world: World) -> None:
    database = Database(server.app_url, pool_size=3)
    sessions = [await database.open(Scope(world.city.id)) for _ in range(3)]
    pids = [(await direct.rows(session, "SELECT pg_backend_pid() AS pid"))[0].pid for session in sessions]
    for session in sessions:
        await direct.close(session)
    async with await psycopg.AsyncConnection.connect(plain(server.superuser_url), autocommit=True) as superuser:
        await superuser.execute("SELECT pg_terminate_backend(pid, 10000) FROM unnest(%s::int[]) AS pid", [pids])
    session = await database.open(Scope(world.city.id))
    assert (await direct.rows(session, "SELECT 1 AS one"))[0].one == 1
    await direct.close(session)
    await database.close()
