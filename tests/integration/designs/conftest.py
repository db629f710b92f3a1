"""An office at its desk, and a blank draft."""

from __future__ import annotations

import pytest

from kaohe.identity.models import Role
from tests.factories.browser import Browser
from tests.factories.designs import START
from tests.factories.world import Place, World


@pytest.fixture
async def office(browser: Browser, fresh_world: World) -> Place:
    await browser.as_(fresh_world.city[Role.ORGANISER])
    return fresh_world.city


@pytest.fixture
async def draft(browser: Browser, office: Place) -> str:
    """The address of a blank one."""
    answer = await browser.post("/designs", data=START)
    assert answer.status_code == 303
    return answer.headers["location"].removesuffix("/nodes/0")
