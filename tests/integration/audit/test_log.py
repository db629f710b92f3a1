"""The log as the auditor reads it."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import text

from kaohe.audit.service import record
from kaohe.db.embedded import EmbeddedServer
from kaohe.db.session import Database, Scope
from kaohe.identity.models import Role
from tests.factories.browser import Browser
from tests.factories.world import World

pytestmark = pytest.mark.anyio


@pytest.fixture
async def auditor(browser: Browser, fresh_world: World, database: Database) -> Browser:
    for actor, count in (("张三", 70), ("李四", 2)):
        async with database.tenant(fresh_world.city.id) as session:
            session.sync_session.info["actor"] = actor
            for number in range(count):
                record(session, "record.confirmed", "record", number)
    return await browser.as_(fresh_world.city[Role.AUDITOR])


def shown(page: str) -> list[str]:
    """Who did it, row by row."""
    return re.findall("张三|李四", page.partition("<tbody")[2].partition("</tbody>")[0])


async def test_log_is_narrowed_by_person(auditor: Browser) -> None:
    page = (await auditor.get("/audit", params={"actor": "李四"})).text
    assert shown(page) == ["李四", "李四"]
    assert shown((await auditor.get("/audit", params={"action": "no.such"})).text) == []


async def test_log_is_narrowed_by_day(auditor: Browser) -> None:
    assert shown((await auditor.get("/audit", params={"until": "2020-01-01"})).text) == []
    assert len(shown((await auditor.get("/audit", params={"since": "2020-01-01"})).text)) > 10


async def test_older_entries_follow_and_keep_the_filter(auditor: Browser) -> None:
    first = (await auditor.get("/audit", params={"actor": "张三"})).text
    (older,) = re.findall(r'href="\?([^"]*before=[^"]*)"', first)
    second = (await auditor.get(f"/audit?{older.replace('&amp;', '&')}")).text
    assert len(shown(first)) + len(shown(second)) == 70
    assert "李四" not in shown(second)


@pytest.mark.parametrize(
    ("tampering", "broken_at"),
    [
        ("UPDATE audit_log SET actor = '王五' WHERE tenant_id = :t AND seq = 30", 30),
        ("DELETE FROM audit_log WHERE tenant_id = :t AND seq = 30", 30),
        ("DELETE FROM audit_log WHERE tenant_id = :t AND seq > 30", 31),
        ("DELETE FROM audit_heads WHERE tenant_id = :t", None),
    ],
)
async def test_chain_is_checked_on_the_page_and_the_entry_named(
    auditor: Browser, fresh_world: World, server: EmbeddedServer, tampering: str, broken_at: int | None
) -> None:
    assert "日志完整" in (await auditor.get("/audit", params={"verify": "1"})).text
    owner = Database(server.superuser_url)
    async with owner.begin(Scope(fresh_world.city.id)) as session:
        await session.execute(text(tampering), {"t": fresh_world.city.id})
    await owner.close()
    page = (await auditor.get("/audit", params={"verify": "1"})).text
    assert "日志不完整" in page
    assert broken_at is None or f"从第 {broken_at} 条起" in page


async def test_what_it_was_done_to_is_told_by_its_name(
    browser: Browser, fresh_world: World, database: Database
) -> None:
    person = fresh_world.city[Role.ORGANISER]
    async with database.tenant(fresh_world.city.id) as session:
        record(session, "role.granted", "person", person.id)
        record(session, "record.confirmed", "record", 7)
    await browser.as_(fresh_world.city[Role.AUDITOR])
    page = (await browser.get("/audit")).text
    name = await _name_of(database, fresh_world, person.id)
    assert f'人员 <span lang="zh">{name}</span>' in page
    assert '记录 <span lang="zh">7</span>' in page


async def _name_of(database: Database, world: World, person_id: object) -> str:
    async with database.tenant(world.city.id, read_only=True) as session:
        found = await session.execute(text("SELECT name FROM people WHERE id = :id"), {"id": person_id})
        return str(found.scalar_one())
