"""The page of a scheme tells its ways and registers."""

from __future__ import annotations

import pytest

from kaohe.db.session import Database
from kaohe.identity.models import Role
from tests.factories.browser import Browser
from tests.factories.cycles import enable
from tests.factories.world import World

pytestmark = pytest.mark.anyio


async def test_the_way_of_an_item_is_told_step_by_step(
    database: Database, fresh_world: World, browser: Browser
) -> None:
    await enable(database, fresh_world.county, "information-points")
    await browser.as_(fresh_world.county[Role.ORGANISER])
    page = (await browser.get("/schemes/information-points")).text
    told = ["首席代表审签", "部门窗口：单位负责人", "分管领导签发", "记入「报送」", "登记采用", "记入「采用」"]
    places = [page.index(words) for words in told]
    assert places == sorted(places)
    assert "信息员培训" in page


async def test_the_targets_ask_for_a_responsible_leader(
    database: Database, fresh_world: World, browser: Browser
) -> None:
    await enable(database, fresh_world.county, "county-targets")
    await browser.as_(fresh_world.county[Role.ORGANISER])
    assert "责任领导和责任人" in (await browser.get("/schemes/county-targets")).text
    assert "/registers/county-targets/responsible" in (await browser.get("/registers")).text
