"""Enabling schemes, giving them on, and parameters as dated versions."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text

from kaohe.catalogue import service
from kaohe.clock import today
from kaohe.db.session import Database
from kaohe.errors import Conflict, Invalid, NotFound
from kaohe.identity.models import Role
from tests.factories.browser import Browser
from tests.factories.world import World

pytestmark = pytest.mark.anyio

SCHEME = "window-staff"
CAP = {"parameters.bonus_cap": "8", "valid_from": "2026-01-01", "reason": "会议纪要", "based_on": "0"}


async def enable(database: Database, world: World) -> None:
    async with database.tenant(world.city.id) as session:
        await service.enable_scheme(session, SCHEME)


async def test_city_at_the_top_switches_a_scheme_on_and_off(browser: Browser, fresh_world: World) -> None:
    await browser.as_(fresh_world.city[Role.ADMIN])
    assert (await browser.post(f"/schemes/{SCHEME}/enabling", data={"on": "1"})).status_code == 303
    await browser.as_(fresh_world.city[Role.INSPECTOR])
    assert (await browser.get(f"/schemes/{SCHEME}")).status_code == 200
    await browser.as_(fresh_world.city[Role.ADMIN])
    await browser.post(f"/schemes/{SCHEME}/enabling", data={"on": "0"})
    await browser.as_(fresh_world.city[Role.INSPECTOR])
    assert (await browser.get(f"/schemes/{SCHEME}")).status_code == 404


async def test_county_has_only_what_it_was_given(browser: Browser, database: Database, fresh_world: World) -> None:
    await browser.as_(fresh_world.county[Role.ADMIN])
    assert (await browser.post(f"/schemes/{SCHEME}/enabling", data={"on": "1"})).status_code == 404
    async with database.tenant(fresh_world.city.id) as session:
        assert await service.grant_schemes(session, fresh_world.county.id, [SCHEME]) == [SCHEME]
        assert await service.grant_schemes(session, fresh_world.county.id, [SCHEME]) == []
    assert (await browser.get(f"/schemes/{SCHEME}")).status_code == 200
    async with database.tenant(fresh_world.county.id) as session:
        assert await service.grant_schemes(session, fresh_world.township.id, [SCHEME]) == [SCHEME]
        with pytest.raises(NotFound):
            await service.grant_schemes(session, fresh_world.sibling.id, [SCHEME])
        with pytest.raises(Invalid, match="本级不能授予"):
            await service.grant_schemes(session, fresh_world.township.id, ["district-circles"])


async def test_giver_sees_what_it_gave_and_others_do_not(database: Database, fresh_world: World) -> None:
    async with database.tenant(fresh_world.city.id) as session:
        await service.grant_schemes(session, fresh_world.county.id, [SCHEME])
        assert await service.granted_to(session, fresh_world.county.id) == {SCHEME: True}
        assert await service.granted(session) == {}
    for place in (fresh_world.sibling, fresh_world.stranger, fresh_world.township):
        async with database.tenant(place.id, read_only=True) as session:
            assert (await session.execute(text("SELECT count(*) FROM enabled_schemes"))).scalar_one() == 0


async def test_page_shows_rules_in_words_and_what_the_regulation_leaves_open(
    browser: Browser, database: Database, fresh_world: World
) -> None:
    await enable(database, fresh_world)
    await browser.as_(fresh_world.city[Role.STAFF])
    page = (await browser.get(f"/schemes/{SCHEME}?kind=staff")).text
    for words in (
        "人员细则(二)3",
        "每次扣 3 至 5 分",
        "从满分扣起，扣完为止",
        "办法未规定，由本级确定",
        "录音录像、情况说明",
    ):
        assert words in page
    assert "窗口建设" not in page
    window = (await browser.get(f"/schemes/{SCHEME}?kind=window")).text
    assert "窗口建设" in window
    assert "window.construction" not in window


async def test_parameters_hold_from_their_day(browser: Browser, database: Database, fresh_world: World) -> None:
    await enable(database, fresh_world)
    await browser.as_(fresh_world.city[Role.ADMIN])
    later = today() + timedelta(days=30)
    assert (await browser.post(f"/schemes/{SCHEME}/parameters", data=CAP)).status_code == 303
    second = {**CAP, "parameters.bonus_cap": "6.50", "valid_from": later.isoformat(), "based_on": "1"}
    assert (await browser.post(f"/schemes/{SCHEME}/parameters", data=second)).status_code == 303
    async with database.tenant(fresh_world.city.id, read_only=True) as session:
        on = {
            day: await service.current_parameters(session, SCHEME, day) for day in (date(2025, 12, 31), today(), later)
        }
    assert [(held.number, held.values["bonus_cap"]) for held in on.values()] == [
        (0, Decimal(10)), (1, Decimal(8)), (2, Decimal("6.5")),
    ]  # fmt: skip
    assert on[later].overrides == {"bonus_cap": "6.5"}
    page = (await browser.get(f"/schemes/{SCHEME}/parameters")).text
    assert "<del>8 分</del> → <ins>6.5 分</ins>" in page
    assert "<del>10 分</del> → <ins>8 分</ins>" in page


async def test_bad_values_are_told_together_at_their_fields(
    browser: Browser, database: Database, fresh_world: World
) -> None:
    await enable(database, fresh_world)
    await browser.as_(fresh_world.city[Role.ADMIN])
    bad = {
        **CAP,
        "parameters.bonus_cap": "101",
        "parameters.honour_year": "x",
        "parameters.grades": "优秀",
        "reason": "",
    }
    answer = await browser.post(f"/schemes/{SCHEME}/parameters", data=bad)
    assert answer.status_code == 422
    for place in ("parameters.bonus_cap", "parameters.honour_year", "parameters.grades", "reason"):
        assert f'href="#{place}"' in answer.text
    async with database.tenant(fresh_world.city.id, read_only=True) as session:
        assert (await service.current_parameters(session, SCHEME)).number == 0


async def test_second_of_two_editors_is_told(browser: Browser, database: Database, fresh_world: World) -> None:
    await enable(database, fresh_world)
    await browser.as_(fresh_world.city[Role.ADMIN])
    await browser.post(f"/schemes/{SCHEME}/parameters", data=CAP)
    answer = await browser.post(f"/schemes/{SCHEME}/parameters", data={**CAP, "parameters.bonus_cap": "9"})
    assert answer.status_code == 409


async def test_nothing_changed_is_no_version(database: Database, fresh_world: World) -> None:
    await enable(database, fresh_world)
    async with database.tenant(fresh_world.city.id) as session:
        with pytest.raises(Invalid, match="没有改动"):
            await service.set_parameters(session, SCHEME, {"bonus_cap": "10.00"}, valid_from=today(), reason="无")
        await service.set_parameters(session, SCHEME, {"bonus_cap": 7}, valid_from=today(), reason="有")
        with pytest.raises(Conflict):
            await service.set_parameters(session, SCHEME, {"bonus_cap": 6}, valid_from=today(), reason="有", based_on=0)


async def test_versions_cannot_be_changed_afterwards(database: Database, fresh_world: World) -> None:
    await enable(database, fresh_world)
    async with database.tenant(fresh_world.city.id) as session:
        await service.set_parameters(session, SCHEME, {"bonus_cap": 7}, valid_from=today(), reason="有")
    with pytest.raises(Exception, match="permission denied"):
        async with database.tenant(fresh_world.city.id) as session:
            await session.execute(text("UPDATE parameter_versions SET overrides = '{}'"))
