"""Grading: own ratings, shared findings, refusals, filing, who sees what."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta

import pytest
from litestar import Litestar
from sqlalchemy import select, text

from kaohe.clock import today
from kaohe.db.session import Database
from kaohe.grading.models import EvidenceRequest, Finding, Rating
from kaohe.identity.models import Role
from kaohe.web.context import App
from tests.factories import files
from tests.factories.browser import Browser
from tests.factories.grading import Running, centres, make_running
from tests.factories.world import World

pytestmark = pytest.mark.anyio
LEADERSHIP, OVERDUE, BASE = "circle.bonus.leadership", "circle.deduct.overdue", "circle.base"


@pytest.fixture
async def running(database: Database, fresh_world: World) -> Running:
    return await make_running(database, fresh_world.city, "district-circles", "2026", centres(fresh_world))


@pytest.fixture
async def townships(database: Database, fresh_world: World) -> Running:
    given = [("xipu", "township", "犀浦镇", {}, None, None)]
    return await make_running(database, fresh_world.county, "town-department", "2026", given)


async def findings(database: Database, running: Running) -> list[tuple[str, list[dict[str, str]], int]]:
    async with database.tenant(running.place.id, read_only=True) as session:
        rows = await session.execute(select(Finding.leaf, Finding.entries, Finding.version).order_by(Finding.leaf))
        return [tuple(row) for row in rows]


async def test_queue_shows_my_subjects_and_the_days_left(browser: Browser, running: Running) -> None:
    await browser.as_(running.assessors[0])
    page = (await browser.get("/grading")).text
    assert "锦江区政务服务中心" in page
    assert "郫县政务服务中心" in page
    assert "还剩 9 天" in page


async def test_finding_is_saved_once_and_leads_to_the_next_open_leaf(
    browser: Browser, running: Running, database: Database
) -> None:
    await browser.as_(running.assessors[0])
    answer = await browser.post(running.path(0, "jinjiang", LEADERSHIP), {"version": "0", "e0.amount": "4"})
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        running.path(0, "jinjiang", "circle.bonus.streamline"),
    )
    assert await findings(database, running) == [(LEADERSHIP, [{"amount": "4"}], 1)]


async def test_amount_out_of_range_is_refused_with_the_range(
    browser: Browser, running: Running, database: Database
) -> None:
    await browser.as_(running.assessors[0])
    answer = await browser.post(running.path(0, "jinjiang", LEADERSHIP), {"version": "0", "e0.amount": "6"})
    assert answer.status_code == 422
    assert "「6」应在 1 至 5 之间" in answer.text
    assert await findings(database, running) == []


async def test_deduction_needs_a_reason(browser: Browser, running: Running, database: Database) -> None:
    await browser.as_(running.assessors[0])
    path = running.path(0, "jinjiang", OVERDUE)
    refused = await browser.post(path, {"version": "0", "e0.count": "2"})
    assert refused.status_code == 422
    assert "扣分须写明理由" in refused.text
    assert (await browser.post(path, {"version": "0", "e0.count": "2", "reason": "抽查两件"})).status_code == 303
    assert await findings(database, running) == [(OVERDUE, [{"count": "2"}], 1)]


async def test_second_assessor_gets_409_with_both_versions_and_nothing_is_overwritten(
    browser: Browser, running: Running, database: Database
) -> None:
    await browser.as_(running.assessors[0])
    await browser.post(running.path(0, "jinjiang", LEADERSHIP), {"version": "0", "e0.amount": "4"})
    await browser.as_(running.assessors[1])
    path = running.path(1, "jinjiang", LEADERSHIP)
    answer = await browser.post(path, {"version": "0", "e0.amount": "2", "reason": "只认两项"})
    assert answer.status_code == 409
    assert "+4" in answer.text
    assert "+2" in answer.text
    assert running.assessors[0].name in answer.text
    assert await findings(database, running) == [(LEADERSHIP, [{"amount": "4"}], 1)]
    mine = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', answer.text))
    assert (
        await browser.post(path, {name: mine[name] for name in ("version", "e0.amount", "reason")})
    ).status_code == 303
    assert await findings(database, running) == [(LEADERSHIP, [{"amount": "2"}], 2)]


async def test_of_two_who_save_at_once_the_second_is_shown_the_first(
    asgi: Litestar, kaohe: App, running: Running, database: Database
) -> None:
    assessors = [await Browser(asgi, kaohe).as_(who) for who in running.assessors]
    answers = await asyncio.gather(
        *(
            each.post(running.path(number, "jinjiang", LEADERSHIP), {"version": "0", "e0.amount": str(number + 1)})
            for number, each in enumerate(assessors)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    assert [found[2] for found in await findings(database, running)] == [1]


async def test_every_version_of_a_finding_is_kept(browser: Browser, running: Running, database: Database) -> None:
    await browser.as_(running.assessors[0])
    for version, amount in (("0", "4"), ("1", "3")):
        await browser.post(running.path(0, "jinjiang", LEADERSHIP), {"version": version, "e0.amount": amount})
    async with database.tenant(running.place.id, read_only=True) as session:
        rows = await session.execute(text("SELECT version, entries FROM finding_versions ORDER BY version"))
        assert [tuple(row) for row in rows] == [(1, [{"amount": "4"}]), (2, [{"amount": "3"}])]


async def test_two_assessors_rate_for_themselves(browser: Browser, townships: Running, database: Database) -> None:
    for number, points in ((0, "4.5"), (1, "3")):
        await browser.as_(townships.assessors[number])
        answer = await browser.post(townships.path(number, "xipu", "town.centre.leadership"), {"e0.rating": points})
        assert answer.status_code == 303
    async with database.tenant(townships.place.id, read_only=True) as session:
        assert set((await session.execute(select(Rating.entry["rating"].astext))).scalars()) == {"4.5", "3"}


async def test_rating_above_full_points_is_refused(browser: Browser, townships: Running) -> None:
    await browser.as_(townships.assessors[0])
    answer = await browser.post(townships.path(0, "xipu", "town.centre.leadership"), {"e0.rating": "5.5"})
    assert answer.status_code == 422
    assert "0 至 5" in answer.text


async def test_others_ratings_are_hidden_until_mine_are_filed(
    browser: Browser, townships: Running, database: Database
) -> None:
    await browser.as_(townships.assessors[1])
    path = townships.path(1, "xipu", "town.centre.leadership")
    await browser.post(path, {"e0.rating": "3.25", "reason": "机构未落实"})
    await browser.as_(townships.assessors[0])
    mine = townships.path(0, "xipu", "town.centre.leadership")
    before = (await browser.get(mine)).text
    assert "机构未落实" not in before
    assert "3.25" not in before
    await rate_everything(browser, townships)
    assert (await browser.post(f"{townships.path(0, 'xipu')}/filing")).status_code == 303
    assert "机构未落实" in (await browser.get(mine)).text


async def rate_everything(browser: Browser, townships: Running) -> None:
    page = (await browser.get(townships.path(0, "xipu"))).text
    for leaf in re.findall(r'id="leaf-(town\.(?:centre|online|quality|innovation)\.\w+)"', page):
        answer = await browser.post(townships.path(0, "xipu", leaf), {"e0.rating": "3"})
        assert answer.status_code == 303


async def test_filing_names_what_is_still_owed(browser: Browser, running: Running) -> None:
    await browser.as_(running.assessors[0])
    answer = await browser.post(f"{running.path(0, 'jinjiang')}/filing")
    assert answer.status_code == 422
    assert "还有 1 项没有评分，不能提交" in answer.text


async def test_filed_grading_is_frozen_until_the_organiser_reopens_it_with_a_reason(
    browser: Browser, running: Running
) -> None:
    await browser.as_(running.assessors[0])
    base, filing = running.path(0, "jinjiang", BASE), f"{running.path(0, 'jinjiang')}/filing"
    await browser.post(base, {"version": "0", "e0.done": "full"})
    assert (await browser.post(filing)).status_code == 303
    assert (await browser.post(base, {"version": "1", "e0.done": "none"})).status_code == 409
    assignment = running.assignments[running.assessors[0].login, "jinjiang"]
    await browser.as_(running.place[Role.ORGANISER])
    assert (await browser.post(f"/assignments/{assignment}/reopening", {"reason": ""})).status_code == 422
    assert (await browser.post(f"/assignments/{assignment}/reopening", {"reason": "漏看材料"})).status_code == 303
    await browser.as_(running.assessors[0])
    assert (await browser.post(base, {"version": "1", "e0.done": "none"})).status_code == 303


async def test_after_the_last_day_nothing_can_be_saved(
    browser: Browser, fresh_world: World, database: Database
) -> None:
    yesterday = today() - timedelta(days=1)
    late = await make_running(
        database, fresh_world.city, "district-circles", "2026", centres(fresh_world), closes=yesterday
    )
    await browser.as_(late.assessors[0])
    answer = await browser.post(late.path(0, "jinjiang", LEADERSHIP), {"version": "0", "e0.amount": "4"})
    assert answer.status_code == 409
    assert "截止" in answer.text


@pytest.mark.parametrize("who", ["colleague", "organiser", "county", "stranger"])
async def test_an_assignment_is_only_its_assessors(
    browser: Browser, running: Running, fresh_world: World, who: str
) -> None:
    others = {"colleague": running.assessors[1], "organiser": running.place[Role.ORGANISER],
              "county": fresh_world.county[Role.ASSESSOR], "stranger": fresh_world.stranger[Role.ASSESSOR]}  # fmt: skip
    await browser.as_(others[who])
    answer = await browser.get(running.path(0, "jinjiang", LEADERSHIP))
    assert answer.status_code == (403 if who == "organiser" else 404)


async def test_a_question_reaches_the_party_and_its_answer_the_assessor(
    browser: Browser, running: Running, fresh_world: World, database: Database
) -> None:
    await browser.as_(running.assessors[0])
    path = running.path(0, "jinjiang", LEADERSHIP)
    asked = await browser.post(f"{path}/requests", {"question": "请补充编制批文", "due": today().isoformat()})
    assert asked.status_code == 303
    async with database.tenant(fresh_world.county.id, read_only=True) as session:
        request_id = (await session.execute(select(EvidenceRequest.id))).scalar_one()
    await browser.as_(fresh_world.sibling[Role.REPORTER])
    assert (await browser.get(f"/evidence-requests/{request_id}")).status_code == 404
    await browser.as_(fresh_world.county[Role.REPORTER])
    assert "请补充编制批文" in (await browser.get(f"/evidence-requests/{request_id}")).text
    address, words = f"/evidence-requests/{request_id}/answer", {"answer": "批文是川编发3号"}
    both = [
        ("files", (name, content, "application/pdf"))
        for name, content in (("批文.pdf", files.pdf()), ("坏.pdf", files.EXE))
    ]
    refused = (await browser.post(address, words, files=both)).text
    kept = re.findall(r'name="evidence" value="([0-9a-f-]+)"', refused)
    assert ("可执行程序" in refused, len(kept)) == (True, 1)
    assert (await browser.post(address, words | {"evidence": kept[0]})).status_code == 303
    own = await browser.get(f"/evidence-requests/{request_id}")
    assert f"/evidence/{kept[0]}/view" in own.text
    await browser.as_(running.assessors[0])
    page = (await browser.get(path)).text
    (copy,) = re.findall(r'href="(/evidence/[0-9a-f-]+/view)">.*?批文.pdf', page)
    assert ("批文是川编发3号" in page, (await browser.get(copy)).status_code) == (True, 200)
    await browser.as_(fresh_world.county[Role.ASSESSOR])
    assert (await browser.get(copy)).status_code == 404


async def test_what_is_wrong_with_a_question_stands_at_the_question(browser: Browser, running: Running) -> None:
    await browser.as_(running.assessors[0])
    posted = {"question": "", "due": today().isoformat()}
    page = (await browser.post(f"{running.path(0, 'jinjiang', LEADERSHIP)}/requests", posted)).text
    assert (page.count('id="error-summary"'), page.index('id="error-summary"') > page.index("请单位补充")) == (1, True)


async def test_a_kept_reason_is_offered_again(browser: Browser, running: Running) -> None:
    await browser.as_(running.assessors[0])
    posted = {"version": "0", "e0.count": "1", "reason": "抽查属实", "keep_reason": "1"}
    await browser.post(running.path(0, "jinjiang", OVERDUE), posted)
    assert 'data-text="抽查属实"' in (await browser.get(running.path(0, "pixian", OVERDUE))).text


async def test_ratings_and_findings_are_the_hosts_alone(
    browser: Browser, running: Running, fresh_world: World, database: Database
) -> None:
    await browser.as_(running.assessors[0])
    await browser.post(running.path(0, "jinjiang", LEADERSHIP), {"version": "0", "e0.amount": "4"})
    for place in (fresh_world.county, fresh_world.sibling, fresh_world.stranger):
        async with database.tenant(place.id, read_only=True) as session:
            for table in ("ratings", "findings", "finding_versions"):
                assert (await session.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one() == 0
    assert len(await findings(database, running)) == 1
