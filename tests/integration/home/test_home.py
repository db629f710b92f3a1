"""Everybody's first page: what is to be done, and by when."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update

from kaohe.cycles.models import Cycle, Participation
from kaohe.db.session import Database
from kaohe.identity.models import Invitation, Role
from kaohe.subjects.models import Subject
from tests.factories.browser import Browser
from tests.factories.cycles import CIRCLES, STAFF, add_centres, add_windows, draft_cycle, issued_cycle
from tests.factories.queries import queries_of
from tests.factories.world import Somebody, World

pytestmark = pytest.mark.anyio


async def home(browser: Browser, who: Somebody) -> str:
    await browser.as_(who)
    answer = await browser.get("/")
    assert answer.status_code == 200
    return answer.text


async def test_every_role_has_a_home_of_at_most_six_queries(
    database: Database, fresh_world: World, browser: Browser
) -> None:
    await add_centres(database, fresh_world)
    await add_windows(database, fresh_world.county)
    await issued_cycle(database, fresh_world.city, CIRCLES)
    await issued_cycle(database, fresh_world.county, STAFF)
    for place in (fresh_world.city, fresh_world.county, fresh_world.stranger):
        for who in place.people.values():
            await browser.as_(who)
            assert await queries_of(database, browser, "/") <= 6


async def test_a_party_sees_what_to_file_and_by_when(database: Database, fresh_world: World, browser: Browser) -> None:
    await add_centres(database, fresh_world)
    await issued_cycle(database, fresh_world.city, CIRCLES, days=4)
    page = await home(browser, fresh_world.county[Role.REPORTER])
    assert "考核：报送自评" in page
    assert "还剩 3 天" in page
    assert "确认收到：关于开展" in page
    assert "报送自评" not in await home(browser, fresh_world.stranger[Role.REPORTER])


@pytest.mark.parametrize(
    ("state", "said", "not_said"), [("returned", "已退回", "等别人的"), ("filed", "等别人的", "：报送自评")]
)
async def test_what_came_back_and_what_waits_for_others_are_told_apart(
    database: Database, fresh_world: World, browser: Browser, state: str, said: str, not_said: str
) -> None:
    await add_centres(database, fresh_world)
    await issued_cycle(database, fresh_world.city, CIRCLES)
    async with database.tenant(fresh_world.city.id) as session:
        await session.execute(update(Participation).values(filing_state=state))
    page = await home(browser, fresh_world.county[Role.LEAD])
    assert said in page
    assert not_said not in page


async def test_a_unit_is_offered_a_self_assessment_only_while_one_waits(
    database: Database, fresh_world: World, browser: Browser
) -> None:
    await add_centres(database, fresh_world)
    lead = fresh_world.county[Role.LEAD]
    assert "核对自评" not in await home(browser, lead)
    await issued_cycle(database, fresh_world.city, CIRCLES)
    assert "核对自评" in await home(browser, lead)


async def test_staff_see_the_dates_of_what_concerns_them(
    database: Database, fresh_world: World, browser: Browser
) -> None:
    county, staff = fresh_world.county, fresh_world.county[Role.STAFF]
    await add_centres(database, fresh_world)
    await add_windows(database, county)
    await issued_cycle(database, fresh_world.city, CIRCLES)
    await issued_cycle(database, county, STAFF)
    assert "日程" not in await home(browser, staff)
    async with database.tenant(county.id) as session:
        await session.execute(update(Subject).where(Subject.code == "w1s1").values(person_id=staff.id))
    page = await home(browser, staff)
    assert page.count("考核</h3>") == 1
    assert "日程" in page
    for role in (Role.ORGANISER, Role.REPORTER):
        assert (await home(browser, county[role])).count("考核</h3>") == 2


async def test_an_assessor_sees_the_open_queue_once_grading_has_begun(
    database: Database, fresh_world: World, browser: Browser
) -> None:
    await add_centres(database, fresh_world)
    cycle_id = await issued_cycle(database, fresh_world.city, CIRCLES, days=2)
    assessor = fresh_world.city[Role.ASSESSOR]
    assert "：评分<" not in await home(browser, assessor)
    await move(database, fresh_world, cycle_id, -2)
    page = await home(browser, assessor)
    assert "2 个对象中还有 2 个没有评完" in page


async def move(database: Database, world: World, cycle_id: Any, days: int) -> None:
    from sqlalchemy import text

    async with database.tenant(world.city.id) as session:
        await session.execute(
            text("UPDATE cycle_phases SET opens_on = opens_on + :d, closes_on = closes_on + :d WHERE cycle_id = :c"),
            {"d": days, "c": cycle_id},
        )


async def test_the_organiser_sees_drafts_and_where_running_cycles_stand(
    database: Database, fresh_world: World, browser: Browser
) -> None:
    await add_centres(database, fresh_world)
    draft = await draft_cycle(database, fresh_world.city, CIRCLES)
    running = await issued_cycle(database, fresh_world.city, CIRCLES, days=2)
    page = await home(browser, fresh_world.city[Role.ORGANISER])
    assert f'href="/cycles/{draft}/setup/check"' in page
    assert "2 个对象中还有 2 个没有报送" in page
    await move(database, fresh_world, running, -5)
    page = await home(browser, fresh_world.city[Role.ORGANISER])
    assert "还有 2 份评分没有交" in page
    assert "结果还没有计算" in page
    async with database.tenant(fresh_world.city.id) as session:
        await session.execute(update(Cycle).where(Cycle.id == running).values(state="closed"))
    assert "没有报送" not in await home(browser, fresh_world.city[Role.ORGANISER])


async def test_the_administrator_sees_invitations_that_nobody_accepted(
    database: Database, fresh_world: World, browser: Browser
) -> None:
    from datetime import UTC, datetime, timedelta

    admin = fresh_world.city[Role.ADMIN]
    assert "启用考核方案" in await home(browser, admin)
    await add_centres(database, fresh_world)
    async with database.tenant(fresh_world.city.id) as session:
        session.add(Invitation(token_hash=b"x" * 32, login="new", name="新人", role="lead", invited_by=admin.id,
                               expires_at=datetime.now(UTC) + timedelta(days=3)))  # fmt: skip
    page = await home(browser, admin)
    assert "1 份邀请还没有被接受" in page
    assert "启用考核方案" not in page


async def test_a_person_without_any_jurisdiction_is_told_so(
    database: Database, fresh_world: World, browser: Browser
) -> None:
    from kaohe.identity.models import Person

    async with database.system() as session:
        lost = Person(login=f"lost-{fresh_world.city.slug}", name="新来的")
        session.add(lost)
    who = Somebody(lost.id, lost.login, lost.name, Role.STAFF, None)  # type: ignore[arg-type]
    assert "您还没有任何辖区的角色" in await home(browser, who)


async def test_search_finds_what_the_role_may_see_and_nothing_of_others(
    database: Database, fresh_world: World, browser: Browser
) -> None:
    await add_centres(database, fresh_world)
    await issued_cycle(database, fresh_world.city, CIRCLES)
    await browser.as_(fresh_world.city[Role.ORGANISER])
    page = (await browser.get("/search", params={"q": fresh_world.county.name})).text
    assert f"{fresh_world.county.name}政务中心" in page
    assert "超时办结" in (await browser.get("/search", params={"q": "超时"})).text
    assert f"{2026}考核" in (await browser.get("/search", params={"q": "考核"})).text
    assert await queries_of(database, browser, "/search?q=考核") <= 6
    await browser.as_(fresh_world.stranger[Role.ORGANISER])
    for words in (fresh_world.county.name, "超时"):
        assert "没有找到" in (await browser.get("/search", params={"q": words})).text


async def test_a_percent_sign_is_searched_for_as_it_stands(
    database: Database, fresh_world: World, browser: Browser
) -> None:
    async with database.tenant(fresh_world.city.id) as session:
        session.add_all(
            [Subject(code="p1", kind="centre", name="满意率 95% 窗口"), Subject(code="p2", kind="centre", name="别的")]
        )
    await browser.as_(fresh_world.city[Role.ORGANISER])
    page = (await browser.get("/search", params={"q": "%"})).text
    assert "满意率 95% 窗口" in page
    assert "别的" not in page
    assert "输入要找的名称" in (await browser.get("/search")).text
