"""A leaf that takes another scheme's result reads what was released, by subject and pinned version."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from kaohe.catalogue import service as catalogue
from kaohe.cycles.models import Participation
from kaohe.db.session import Database, Scope
from kaohe.identity.models import Role
from kaohe.results.models import StoredSheet
from tests.factories.browser import Browser
from tests.factories.cycles import STAFF, add_windows, issued_cycle
from tests.factories.grading import Running
from tests.factories.results import computed, released
from tests.factories.world import Place, World

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("working")]

TEXT = """\
id: own-{slug}-bonus
version: "1"
title: 窗口奖金
regulation: 窗口奖金办法
periods: [month]
kinds: [{{id: window, title: 窗口}}]
indicators:
  - code: bonus
    title: 奖金分
    children:
      - code: .month
        title: 当月绩效
        rule: imported
        source: {{scheme: window-staff, version: "{version}", item: {item}}}
        formula: value_given * 0.3
"""


async def cycle(database: Database, place: Place, version: str = "1", item: str = "total") -> Running:
    async with database.begin(Scope(place.id, place[Role.ORGANISER].id)) as session:
        text = TEXT.format(slug=place.slug, version=version, item=item)
        scheme = await catalogue.publish_scheme(session, text, reason="试行")
    return Running(place, await issued_cycle(database, place, scheme.id), [])


async def totals(database: Database, running: Running) -> list[tuple[str, bool]]:
    async with database.tenant(running.place.id, read_only=True) as session:
        query = select(StoredSheet.total, StoredSheet.incomplete).join(
            Participation, Participation.id == StoredSheet.participation_id
        )
        rows = await session.execute(query.where(Participation.cycle_id == running.cycle_id))
        return sorted((str(row.total), row.incomplete) for row in rows)


@pytest.mark.parametrize(
    ("version", "item", "expected"),
    [("1", "total", ("30.00", False)), ("1", "window.conduct", ("7.50", False)), ("9", "total", ("0.00", True))],
)
async def test_released_result_of_the_pinned_version_is_taken(
    browser: Browser, database: Database, fresh_world: World, version: str, item: str, expected: tuple[str, bool]
) -> None:
    place = fresh_world.county
    await add_windows(database, place, windows=1, staff=1)
    await released(browser, database, Running(place, await issued_cycle(database, place, STAFF), []))
    running = await cycle(database, place, version, item)
    await computed(browser, database, running)
    assert await totals(database, running) == [expected]


async def test_result_that_is_not_released_is_not_taken(
    browser: Browser, database: Database, fresh_world: World
) -> None:
    place = fresh_world.county
    await add_windows(database, place, windows=1, staff=1)
    await computed(browser, database, Running(place, await issued_cycle(database, place, STAFF), []))
    running = await cycle(database, place)
    await computed(browser, database, running)
    assert await totals(database, running) == [("0.00", True)]
