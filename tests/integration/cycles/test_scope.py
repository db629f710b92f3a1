"""普遍考核 over all subjects, 重点考核 over chosen ones; and channels that are open in their own dates only."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from kaohe.clock import pretending, today
from kaohe.cycles.models import Cycle, Participation
from kaohe.db.session import Database
from kaohe.grading import queries as grading
from kaohe.identity.models import Role
from tests.factories.browser import Browser
from tests.factories.cycles import add_subject, draft_cycle, enable, issued_cycle, rows
from tests.factories.world import World

pytestmark = pytest.mark.anyio
REVIEW, WEIGHTED = "open-gov-county", "service-eval-weighted"


async def two_departments(database: Database, world: World, scheme: str, kind: str) -> list[UUID]:
    await enable(database, world.county, scheme)
    return [await add_subject(database, world.county, code, kind, name=f"{code}局") for code in ("a", "b")]


async def test_a_review_asks_whether_all_or_chosen_are_assessed(
    database: Database, fresh_world: World, browser: Browser
) -> None:
    county = fresh_world.county
    first, _second = await two_departments(database, fresh_world, REVIEW, "department")
    cycle_id = await draft_cycle(database, county, REVIEW, first_in=12)
    step = f"/cycles/{cycle_id}/setup/subjects"
    await browser.as_(county[Role.ORGANISER])
    kinds = {
        "kind-department": "some",
        "subject-department": str(first),
        "kind-township": "none",
        "kind-county": "none",
    }
    answer = await browser.post(step, {"version": "4", **kinds})
    assert (answer.status_code, "请选择普遍考核或重点考核" in answer.text) == (422, True)
    await browser.post(step, {"version": "4", "scope": "all", **kinds})
    assert [draft["kinds"]["department"] for (draft,) in await rows(database, county, Cycle.draft)] == ["all"]
    await browser.post(step, {"version": "5", "scope": "chosen", **kinds})
    page = (await browser.get(f"/cycles/{cycle_id}/setup/check")).text
    assert "重点考核，部门" in page
    answer = await browser.post(f"/cycles/{cycle_id}/notice", {"version": "6", "text": "通知"})
    assert answer.status_code == 303
    assert await rows(database, county, Participation.subject_name, Participation.notice["scope"].astext) == [
        ("a局", "chosen")
    ]
    assert "重点考核" in (await browser.get(f"/cycles/{cycle_id}")).text


async def test_a_channel_is_open_in_its_own_dates(database: Database, fresh_world: World, browser: Browser) -> None:
    """Today is the grading's third day: peers have rated, the survey is on, experts wait."""
    county = fresh_world.county
    await two_departments(database, fresh_world, WEIGHTED, "unit")
    with pretending(today() - timedelta(days=8)):
        await issued_cycle(database, county, WEIGHTED, days=6)
    async with database.tenant(county.id, read_only=True) as session:
        queue = await grading.of_person(session, county[Role.ASSESSOR].id)
    rated = {row.channel: row for row in queue if row.subject_name == "a局"}
    await browser.as_(county[Role.ASSESSOR])
    said = {}
    for channel in ("peer", "survey", "expert"):
        page = (await browser.get(f"/grading/{rated[channel].id}")).text
        said[channel] = ("已于" in page and "截止" in page, "评分从" in page)
    assert said == {"peer": (True, False), "survey": (False, False), "expert": (False, True)}
    leaf = "eval.efficiency.speed"
    answers = [
        (await browser.post(f"/grading/{rated[channel].id}/{leaf}", {"version": "0", "e0.rating": "80"})).status_code
        for channel in ("peer", "survey", "expert")
    ]
    assert answers == [409, 303, 409]
    page = (await browser.get("/grading")).text
    assert "互评" in page
    assert "渠道：peer" not in page
    home = (await browser.get("/")).text
    assert "评分：专家评审" in home
