"""Schemes that a jurisdiction made itself: published once, read by whoever holds a copy, used like a plugin's."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from kaohe.catalogue import service
from kaohe.db.session import Database
from kaohe.errors import Invalid, NotFound
from kaohe.identity.models import Role
from tests.factories.browser import Browser
from tests.factories.cycles import add_subject, issued_cycle
from tests.factories.own_schemes import own_cases, own_id, own_text, publish
from tests.factories.world import World

pytestmark = pytest.mark.anyio


async def versions(database: Database, world: World) -> dict[str, list[str]]:
    """Who holds which versions of the city's own scheme."""
    found = {}
    for name in ("city", "county", "sibling", "township", "stranger"):
        async with database.tenant(getattr(world, name).id, read_only=True) as session:
            rows = await session.execute(text("SELECT version FROM scheme_versions ORDER BY number"))
            found[name] = list(rows.scalars())
    return found


async def test_published_scheme_is_on_at_once_and_nobody_elses(database: Database, fresh_world: World) -> None:
    await publish(database, fresh_world.city)
    assert await versions(database, fresh_world) == {
        "city": ["1"], "county": [], "sibling": [], "township": [], "stranger": [],
    }  # fmt: skip
    async with database.tenant(fresh_world.city.id, read_only=True) as session:
        assert (await service.scheme_of(session, own_id(fresh_world.city))).version == "1"
        assert own_id(fresh_world.city) in {one.id for one in await service.enabled_schemes(session)}
    async with database.tenant(fresh_world.stranger.id, read_only=True) as session:
        with pytest.raises(NotFound):
            await service.scheme_of(session, own_id(fresh_world.city))


async def test_what_was_given_on_follows_with_every_version(database: Database, fresh_world: World) -> None:
    world = fresh_world
    await publish(database, world.city)
    async with database.tenant(world.city.id) as session:
        await service.grant_schemes(session, world.county.id, [own_id(world.city)])
    async with database.tenant(world.county.id) as session:
        await service.grant_schemes(session, world.township.id, [own_id(world.city)])
    await publish(database, world.city, "2", points=80)
    assert await versions(database, world) == {
        "city": ["1", "2"], "county": ["1", "2"], "sibling": [], "township": ["1", "2"], "stranger": [],
    }  # fmt: skip
    async with database.tenant(world.township.id, read_only=True) as session:
        newest, first = [await service.scheme_of(session, own_id(world.city), version) for version in (None, "1")]
    assert (newest.version, first.version) == ("2", "1")


async def test_published_version_cannot_be_changed(database: Database, fresh_world: World) -> None:
    await publish(database, fresh_world.city)
    for statement in ("UPDATE scheme_versions SET text = ''", "DELETE FROM scheme_versions"):
        with pytest.raises(DBAPIError, match="permission denied"):
            async with database.tenant(fresh_world.city.id) as session:
                await session.execute(text(statement))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("own-", "their-"), "应以 own-"),
        (('version: "1"', 'version: "1a"'), "版本「1a」应为数字"),
        (("rule: judged", "rule: unheard"), "unheard"),
        (("rule: judged, points: 100", "rule: function, function: f"), "没有函数「f」"),
        (("code: work", "code: praise"), "「praise」写了两次"),
        (("periods: [year]", "periods: [year"), "第"),
    ],
)
async def test_what_cannot_be_published_says_why(
    database: Database, fresh_world: World, change: tuple[str, str], told: str
) -> None:
    async with database.tenant(fresh_world.city.id) as session:
        with pytest.raises(Invalid) as refused:
            await service.publish_scheme(session, own_text(fresh_world.city).replace(*change, 1), reason="试")
    assert told in str(refused.value) + str(refused.value.problems)
    assert (await versions(database, fresh_world))["city"] == []


async def test_anchors_that_multiply_are_refused_unread(database: Database, fresh_world: World) -> None:
    bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "\n".join(
        f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]"
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    async with database.tenant(fresh_world.city.id) as session:
        with pytest.raises(Invalid, match="超过 20000 项"):
            await service.publish_scheme(session, bomb, reason="试")


async def test_cases_must_hold_and_versions_rise(database: Database, fresh_world: World) -> None:
    city = fresh_world.city
    async with database.tenant(city.id) as session:
        with pytest.raises(Invalid) as refused:
            await service.publish_scheme(session, own_text(city), reason="试", cases=own_cases(city, total=99))
    assert refused.value.problems[0].message == "满分：c1.total: expected 99, found 100.00"
    async with database.tenant(city.id) as session:
        await service.publish_scheme(session, own_text(city), reason="试", cases=own_cases(city))
    async with database.tenant(city.id) as session:
        with pytest.raises(Invalid, match="应大于已发布的 1"):
            await service.publish_scheme(session, own_text(city), reason="再发")


async def test_party_of_a_cycle_reads_the_scheme_it_is_assessed_by(
    browser: Browser, database: Database, fresh_world: World
) -> None:
    world, scheme = fresh_world, own_id(fresh_world.city)
    await publish(database, world.city)
    await add_subject(database, world.city, "c1", "centre", name="县中心", jurisdiction_id=world.county.id)
    await issued_cycle(database, world.city, scheme)
    assert await versions(database, world) == {
        "city": ["1"], "county": ["1"], "sibling": [], "township": [], "stranger": [],
    }  # fmt: skip
    await browser.as_(world.county[Role.REPORTER])
    assert "据此接受考核" in (await browser.get("/schemes")).text
    assert "服务中心年度考核办法（试行）" in (await browser.get(f"/schemes/{scheme}")).text
    page = (await browser.get("/self-assessments")).text
    assert (
        await browser.get("/self-assessments/" + page.split("/self-assessments/")[1].split('"')[0])
    ).status_code == 200
    await browser.as_(world.sibling[Role.REPORTER])
    assert (await browser.get(f"/schemes/{scheme}")).status_code == 404
    await browser.as_(world.county[Role.ADMIN])
    assert (await browser.post(f"/schemes/{scheme}/enabling", data={"on": "1"})).status_code == 404


async def test_versions_are_told_apart_in_words(browser: Browser, database: Database, fresh_world: World) -> None:
    await publish(database, fresh_world.city)
    await publish(database, fresh_world.city, "2", points=80)
    await browser.as_(fresh_world.city[Role.ORGANISER])
    page = (await browser.get(f"/schemes/{own_id(fresh_world.city)}")).text
    assert "第2版" in page
    assert "与前一版相比有 2 处不同" in page
