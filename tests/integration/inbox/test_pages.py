"""Reading and confirming in the browser."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import select

from kaohe.db.session import Database
from kaohe.identity.models import Role
from kaohe.inbox import service
from kaohe.inbox.models import Delivery, Message
from tests.factories.browser import Browser
from tests.factories.world import Somebody, World

pytestmark = pytest.mark.anyio


async def letter_to(database: Database, who: Somebody, **options: object) -> UUID:
    async with database.tenant(who.tenant_id) as session:
        return await service.send(session, tenant_id=who.tenant_id, kind="cycle", title="年度考核通知",
                                  person_id=who.id, **options)  # type: ignore[arg-type]  # fmt: skip


async def test_opening_changes_nothing_and_the_small_post_marks_it_read(
    database: Database, fresh_world: World, browser: Browser
) -> None:
    lead = fresh_world.city[Role.LEAD]
    message_id = await letter_to(database, lead, body="请于月底前报送。")
    await browser.as_(lead)
    assert "请于月底前报送。" in (await browser.get(f"/inbox/{message_id}")).text
    assert "年度考核通知" in (await browser.get("/inbox?show=unread")).text
    answer = await browser.post(f"/inbox/{message_id}/read", headers={"HX-Request": "true"})
    assert "已读" in answer.text
    assert "<html" not in answer.text
    assert "没有未读消息" in (await browser.get("/inbox?show=unread")).text


async def test_receipt_keeps_who_and_when_and_the_first_one_stands(
    database: Database, fresh_world: World, browser: Browser
) -> None:
    city = fresh_world.city
    async with database.tenant(city.id) as session:
        message_id = await service.send(session, tenant_id=city.id, kind="cycle", title="通知",
                                        roles=[Role.LEAD, Role.REPORTER], asks_receipt=True)  # fmt: skip
    for role in (Role.LEAD, Role.REPORTER):
        await browser.as_(city[role])
        assert (await browser.post(f"/inbox/{message_id}/receipt")).status_code == 303
    assert city[Role.LEAD].name in (await browser.get(f"/inbox/{message_id}")).text
    async with database.tenant(city.id, read_only=True) as session:
        row = (await session.execute(select(Message.receipt_by, Message.receipt_name))).one()
        reads = (await session.execute(select(Delivery.read_at))).scalars().all()
    assert tuple(row) == (city[Role.LEAD].id, city[Role.LEAD].name)
    assert [read is None for read in reads] == [False, False]


async def test_a_message_that_asks_for_no_receipt_takes_none(
    database: Database, fresh_world: World, browser: Browser
) -> None:
    lead = fresh_world.city[Role.LEAD]
    message_id = await letter_to(database, lead)
    await browser.as_(lead)
    assert (await browser.post(f"/inbox/{message_id}/receipt")).status_code == 409


@pytest.mark.parametrize("path", ["", "/read", "/receipt"])
async def test_anothers_message_answers_like_an_absent_one(
    database: Database, fresh_world: World, browser: Browser, path: str
) -> None:
    message_id = await letter_to(database, fresh_world.city[Role.LEAD], asks_receipt=True)
    method = "POST" if path else "GET"
    for who in (fresh_world.city[Role.REPORTER], fresh_world.county[Role.LEAD]):
        await browser.as_(who)
        foreign = await browser.request(method, f"/inbox/{message_id}{path}")
        absent = await browser.request(method, f"/inbox/{UUID(int=7)}{path}")
        assert (foreign.status_code, absent.status_code) == (404, 404)


async def test_an_empty_inbox_says_what_will_come(fresh_world: World, browser: Browser) -> None:
    await browser.as_(fresh_world.city[Role.AUDITOR])
    assert "还没有消息" in (await browser.get("/inbox")).text
