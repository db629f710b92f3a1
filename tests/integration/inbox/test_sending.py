"""Messages reach those who are meant, and nobody else."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from kaohe.db.session import Database, acting_for
from kaohe.identity.models import Membership, Role
from kaohe.inbox import service
from kaohe.inbox.models import Delivery, Message
from kaohe.subjects.models import Subject
from tests.factories.browser import Browser
from tests.factories.world import Place, Somebody, World, make_person

pytestmark = pytest.mark.anyio


async def receivers(database: Database, place: Place) -> set[object]:
    async with database.tenant(place.id, read_only=True) as session:
        return set((await session.execute(select(Delivery.person_id))).scalars())


async def send_notice(database: Database, place: Place, **options: object) -> None:
    async with database.tenant(place.id) as session:
        await service.send(session, tenant_id=place.id, kind="cycle", title="通知", **options)  # type: ignore[arg-type]


async def test_a_message_to_roles_reaches_their_holders_only(database: Database, fresh_world: World) -> None:
    city = fresh_world.city
    await send_notice(database, city, roles=[Role.ORGANISER, Role.APPROVER])
    assert await receivers(database, city) == {city[Role.ORGANISER].id, city[Role.APPROVER].id}


async def test_a_message_into_another_tenant_keeps_its_sender(database: Database, fresh_world: World) -> None:
    city, county = fresh_world.city, fresh_world.county
    async with database.tenant(city.id) as session:
        await service.send(session, tenant_id=county.id, kind="cycle", title="通知", roles=[Role.LEAD])
    assert (await receivers(database, city), await receivers(database, county)) == (set(), {county[Role.LEAD].id})
    async with database.tenant(county.id, read_only=True) as session:
        assert (await session.execute(select(Message.sender_tenant_id))).scalar_one() == city.id


async def unit_with_reporter(database: Database, place: Place) -> tuple[Subject, Somebody]:
    async with database.tenant(place.id) as session:
        unit = Subject(code="w1", kind="window", name="不动产登记窗口")
        session.add(unit)
    return unit, await make_person(database, place.id, Role.REPORTER, tag=f"w1-{place.slug}", subject_id=unit.id)


async def test_a_message_to_a_unit_goes_to_its_own_people_and_else_to_the_jurisdictions(
    database: Database, fresh_world: World
) -> None:
    county = fresh_world.county
    unit, reporter = await unit_with_reporter(database, county)
    await send_notice(database, county, roles=[Role.REPORTER, Role.LEAD], subject_id=unit.id)
    assert await receivers(database, county) == {reporter.id}
    await send_notice(database, county, roles=[Role.LEAD], subject_id=unit.id)
    assert await receivers(database, county) == {reporter.id, county[Role.LEAD].id}


async def test_a_message_to_the_whole_jurisdiction_leaves_the_units_alone(
    database: Database, fresh_world: World
) -> None:
    county = fresh_world.county
    await unit_with_reporter(database, county)
    await send_notice(database, county, roles=[Role.REPORTER])
    assert await receivers(database, county) == {county[Role.REPORTER].id}


@pytest.mark.parametrize(("asks_receipt", "expected"), [(True, 1), (False, 0)])
async def test_whoever_gets_the_role_later_gets_what_still_waits(
    database: Database, fresh_world: World, asks_receipt: bool, expected: int
) -> None:
    county, newcomer = fresh_world.county, fresh_world.sibling[Role.AUDITOR]
    await send_notice(database, county, roles=[Role.LEAD], asks_receipt=asks_receipt)
    async with database.system() as session, acting_for(session, county.id):
        session.add(Membership(tenant_id=county.id, person_id=newcomer.id, role=Role.LEAD))
    assert len(await receivers(database, county)) == 1 + expected


async def test_unread_messages_are_counted_as_the_transaction_begins(
    database: Database, fresh_world: World, browser: Browser
) -> None:
    city = fresh_world.city
    letter = service.Letter(kind="cycle", title="通知", person_id=city[Role.LEAD].id)
    async with database.tenant(city.id) as session:
        await service.send_all(session, city.id, [letter] * 120)
    await browser.as_(city[Role.LEAD])
    assert "99+" in (await browser.get("/inbox")).text
    await browser.post("/inbox/read")
    assert "条未读" not in (await browser.get("/inbox")).text
