"""The frame: tenant scope, audit chain, idempotency, refusal at the edge."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from kaohe.audit import service as audit
from kaohe.db.session import Database, Scope, TenantMissing
from kaohe.identity.models import Role
from tests.factories.browser import Browser
from tests.factories.world import World

pytestmark = pytest.mark.anyio


async def test_session_without_scope_raises(database: Database) -> None:
    with pytest.raises(TenantMissing):
        async with database._sessions() as session:
            await session.execute(text("SELECT 1"))


async def test_tenant_table_without_tenant_fails_instead_of_answering_nothing(database: Database, world: World) -> None:
    with pytest.raises(ProgrammingError, match="no tenant is set"):
        async with database.system() as session:
            await session.execute(text("SELECT count(*) FROM audit_log"))


async def test_rows_of_another_tenant_are_invisible(database: Database, world: World) -> None:
    for place in (world.city, world.county):
        async with database.tenant(place.id) as session:
            audit.record(session, "test.done", "place", place.id)
    async with database.tenant(world.county.id, read_only=True) as session:
        found = (await session.execute(text("SELECT DISTINCT tenant_id FROM audit_log"))).scalars().all()
    assert found == [world.county.id]


async def test_read_only_transaction_cannot_write(database: Database, world: World) -> None:
    with pytest.raises(Exception, match="read-only transaction"):
        async with database.tenant(world.city.id, read_only=True) as session:
            await session.execute(text("SELECT app.append_audit('a', 'b', 'c', 'd', '{}', '')"))


async def test_audit_chain_verifies_and_cannot_be_written_by_the_application(
    database: Database, fresh_world: World
) -> None:
    for number in range(3):
        async with database.tenant(fresh_world.city.id) as session:
            audit.record(session, "test.done", "thing", number, {"说明": "第一|次"})
    verdict = await audit.verify_tenant(database, fresh_world.city.id)
    assert verdict.broken_at is None
    assert verdict.entries >= 3
    with pytest.raises(ProgrammingError, match="permission denied"):
        async with database.tenant(fresh_world.city.id) as session:
            await session.execute(text("UPDATE audit_log SET actor = 'x'"))


async def test_audit_chain_tells_where_it_was_broken(database: Database, fresh_world: World, server) -> None:  # type: ignore[no-untyped-def]
    for number in range(3):
        async with database.tenant(fresh_world.city.id) as session:
            audit.record(session, "test.done", "thing", number)
    before = await audit.verify_tenant(database, fresh_world.city.id)
    owner = Database(server.superuser_url)
    async with owner.begin(Scope(fresh_world.city.id)) as session:
        await session.execute(text("UPDATE audit_log SET detail = '[]' WHERE tenant_id = :t AND seq = :s"),
                              {"t": fresh_world.city.id, "s": before.entries - 1})  # fmt: skip
    await owner.close()
    assert (await audit.verify_tenant(database, fresh_world.city.id)).broken_at == before.entries - 1


async def test_login_opens_and_logout_revokes_at_once(browser: Browser, world: World) -> None:
    answer = await browser.log_in(world.city[Role.ORGANISER])
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    stolen = dict(browser.http.cookies)
    assert (await browser.post("/logout")).status_code == 303
    browser.http.cookies.update(stolen)
    assert (await browser.post("/logout", headers={"Accept": "application/json"})).status_code == 401


async def test_mutation_without_csrf_token_is_refused(browser: Browser, world: World) -> None:
    await browser.as_(world.city[Role.ADMIN])
    answer = await browser.post("/logout", headers={"X-CSRF-Token": "", "Accept": "application/json"})
    assert (answer.status_code, answer.json()["type"]) == (403, "urn:kaohe:stale-page")


async def test_probes_answer(browser: Browser) -> None:
    assert (await browser.get("/healthz")).text == "ok"
    assert (await browser.get("/readyz")).text == "ready"
