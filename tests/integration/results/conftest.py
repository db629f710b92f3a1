"""A worker on the real queue, and a cycle of two circles with findings."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from kaohe.db.embedded import EmbeddedServer
from kaohe.db.session import Database
from kaohe.jobs import worker
from tests.factories.grading import Running, make_running
from tests.factories.results import file_everything, find
from tests.factories.world import World


@pytest.fixture
async def working(database: Database, server: EmbeddedServer) -> AsyncIterator[None]:
    async with worker(database, server.app_url):
        yield


@pytest.fixture
async def circles(database: Database, fresh_world: World) -> Running:
    """The example of the regulation for Jinjiang (70.00), and two others with less and more."""
    given = [
        ("jinjiang", "centre", "锦江区政务服务中心", {"circle": "1"}, None, fresh_world.county),
        ("qingyang", "centre", "青羊区政务服务中心", {"circle": "1"}, None, fresh_world.sibling),
        ("pixian", "centre", "郫县政务服务中心", {"circle": "2"}, None, None),
    ]
    made = await make_running(database, fresh_world.city, "district-circles", "2026", given)
    for code in ("jinjiang", "qingyang", "pixian"):
        await find(database, made, code, "circle.base", {"done": "full"})
    await find(database, made, "jinjiang", "circle.bonus.leadership", {"amount": "4"})
    await find(database, made, "jinjiang", "circle.bonus.research", *[{"level": "national"}] * 3)
    await find(database, made, "jinjiang", "circle.bonus.hosting", {"count": "1"})
    await find(database, made, "jinjiang", "circle.deduct.overdue", {"count": "5", "note": "抽查五件超时"})
    await find(database, made, "qingyang", "circle.bonus.streamline", {"amount": "5"})
    await file_everything(database, made)
    return made
