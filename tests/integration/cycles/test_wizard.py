"""The wizard as the organiser walks it, without scripts."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from kaohe.clock import today
from kaohe.cycles.models import Assessor, Cycle, CyclePhase, Participation, Recusal
from kaohe.db.session import Database
from kaohe.identity.invitations import grant
from kaohe.identity.models import Role
from tests.factories.browser import Browser
from tests.factories.cycles import (
    CIRCLES,
    STAFF,
    add_centres,
    add_subject,
    add_windows,
    draft_cycle,
    issued_cycle,
    rows,
)
from tests.factories.world import World, make_person

pytestmark = pytest.mark.anyio


def version(html: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', html)
    assert found
    return found[1]


def calendar(
    first: date, *, phases: tuple[str, ...] = ("self_assessment", "grading", "confirmation")
) -> dict[str, str]:
    found = {}
    for phase in phases:
        found[f"opens-{phase}"], found[f"closes-{phase}"] = first.isoformat(), (first + timedelta(days=6)).isoformat()
        if phase == "self_assessment":
            found["closes-report:self-check"] = found[f"closes-{phase}"]
        first += timedelta(days=7)
    return found


async def test_five_steps_lead_from_nothing_to_a_notice(
    database: Database, fresh_world: World, browser: Browser
) -> None:
    city = fresh_world.city
    await add_centres(database, fresh_world)
    await browser.as_(city[Role.ORGANISER])
    year = str(today().year)
    answer = await browser.post("/cycles", {"scheme": CIRCLES, "period": year, "title": ""})
    step = answer.headers["location"]
    base = step.removesuffix("/subjects")
    answer = await browser.post(step, {"version": version((await browser.get(step)).text), "kind-centre": "all"})
    assert answer.headers["location"] == f"{base}/assessors"
    page = (await browser.get(f"{base}/assessors")).text
    ticked = {"version": version(page), "channel-": str(city[Role.ASSESSOR].id), "go": "next"}
    answer = await browser.post(f"{base}/assessors", ticked)
    assert answer.headers["location"] == f"{base}/calendar"
    page = (await browser.get(f"{base}/calendar")).text
    answer = await browser.post(f"{base}/calendar", {"version": version(page), **calendar(today())})
    assert answer.headers["location"] == f"{base}/check"
    page = (await browser.get(f"{base}/check")).text
    assert f"{year} 年度区（市）县政务服务中心分圈层考核" in page
    cycle = base.removesuffix("/setup")
    answer = await browser.post(f"{cycle}/notice", {"version": version(page), "text": "各单位：\n请认真准备。"})
    assert (answer.status_code, answer.headers["location"]) == (303, cycle)
    assert await rows(database, city, Cycle.state, Cycle.notice) == [("issued", "各单位：\n请认真准备。")]
    assert "请认真准备。" in (await browser.get(cycle)).text


async def test_back_and_forth_keeps_what_was_chosen(database: Database, fresh_world: World, browser: Browser) -> None:
    county = fresh_world.county
    windows = await add_windows(database, county, windows=3, staff=1)
    cycle_id = await draft_cycle(database, county, STAFF)
    await browser.as_(county[Role.ORGANISER])
    step = f"/cycles/{cycle_id}/setup/subjects"
    chosen = {"version": "4", "kind-window": "some", "subject-window": str(windows[1]), "kind-staff": "none"}
    answer = await browser.post(step, {**chosen, "go": "back"})
    assert answer.headers["location"].endswith("/setup/scheme")
    page = (await browser.get(step)).text
    assert re.findall(r'value="([0-9a-f-]{36})" checked', page) == [str(windows[1])]
    assert "共 1 个" in (await browser.get(f"/cycles/{cycle_id}/setup/check")).text


async def test_a_draft_changed_by_somebody_else_is_not_overwritten(
    database: Database, fresh_world: World, browser: Browser
) -> None:
    await add_centres(database, fresh_world)
    cycle_id = await draft_cycle(database, fresh_world.city, CIRCLES)
    await browser.as_(fresh_world.city[Role.ORGANISER])
    old = {"version": "3", "kind-centre": "all"}
    assert (await browser.post(f"/cycles/{cycle_id}/setup/subjects", old)).status_code == 409


@pytest.mark.parametrize(
    ("posted", "said"),
    [
        ({"kind-centre": "some"}, "请选择参加考核的"),
        ({"kind-centre": "none"}, "至少要有一个考核对象"),
        ({}, "请选择参加考核的"),
    ],
)
async def test_subjects_left_out_are_asked_for(
    database: Database, fresh_world: World, browser: Browser, posted: dict[str, str], said: str
) -> None:
    await add_centres(database, fresh_world)
    cycle_id = await draft_cycle(database, fresh_world.city, CIRCLES)
    await browser.as_(fresh_world.city[Role.ORGANISER])
    answer = await browser.post(f"/cycles/{cycle_id}/setup/subjects", {"version": "4", **posted})
    assert answer.status_code == 422
    assert said in answer.text


async def test_a_subject_without_circle_is_named(database: Database, fresh_world: World, browser: Browser) -> None:
    await add_centres(database, fresh_world)
    await add_subject(database, fresh_world.city, "c9", "centre", name="没有圈层的中心")
    cycle_id = await draft_cycle(database, fresh_world.city, CIRCLES)
    await browser.as_(fresh_world.city[Role.ORGANISER])
    page = (await browser.get(f"/cycles/{cycle_id}/setup/check")).text
    assert "没有圈层的中心：缺少" in page
    assert "发出通知？" not in page


async def test_own_unit_conflicts_are_proposed_and_adopted(
    database: Database, fresh_world: World, browser: Browser
) -> None:
    city, subjects = fresh_world.city, await add_centres(database, fresh_world)
    insider = await make_person(database, city.id, Role.ASSESSOR, tag=f"insider-{city.slug}")
    async with database.tenant(city.id) as session:
        await grant(session, insider.id, Role.LEAD, subjects[fresh_world.county.slug])
    cycle_id = await draft_cycle(database, city, CIRCLES)
    await browser.as_(city[Role.ORGANISER])
    step = f"/cycles/{cycle_id}/setup/assessors"
    assert "建议回避 1 项" in (await browser.get(step)).text
    everybody = [str(insider.id), str(city[Role.ASSESSOR].id)]
    answer = await browser.post(step, {"version": "4", "channel-": everybody, "go": "adopt"})
    assert answer.status_code == 303
    pair = (insider.id, subjects[fresh_world.county.slug])
    assert await rows(database, city, Recusal.person_id, Recusal.subject_id) == [pair]
    assert len(await rows(database, city, Assessor.person_id)) == 2
    page = (await browser.get(step)).text
    assert "建议回避" not in page
    lift = {"version": version(page), "channel-": everybody, "go": f"lift:{pair[0]}:{pair[1]}"}
    await browser.post(step, lift)
    assert await rows(database, city, Recusal.person_id) == []


async def test_a_recusal_needs_person_subject_and_reason(
    database: Database, fresh_world: World, browser: Browser
) -> None:
    city, subjects = fresh_world.city, await add_centres(database, fresh_world)
    cycle_id = await draft_cycle(database, city, CIRCLES)
    await browser.as_(city[Role.ORGANISER])
    step, assessor = f"/cycles/{cycle_id}/setup/assessors", str(city[Role.ASSESSOR].id)
    answer = await browser.post(step, {"version": "4", "channel-": assessor, "go": "recuse"})
    assert answer.status_code == 422
    assert "请填写回避理由" in answer.text
    filled = {"recusal-person": assessor, "recusal-subject": str(subjects[fresh_world.sibling.slug]),
              "recusal-reason": "亲属在该单位任职"}  # fmt: skip
    await browser.post(step, {"version": "4", "channel-": assessor, "go": "recuse", **filled})
    assert await rows(database, city, Recusal.reason) == [("亲属在该单位任职",)]


@pytest.mark.parametrize(
    ("moved", "said", "place"),
    [
        ({"closes-self_assessment": -1}, "自评的截止日期早于开始日期", "closes-self_assessment"),
        ({"opens-grading": 6}, "评分应在自评截止", "opens-grading"),
        ({"opens-self_assessment": -9, "closes-self_assessment": -3}, "已经过去", "closes-self_assessment"),
        ({"opens-grading": None}, "评分：请填写日期", "opens-grading"),
    ],
)
async def test_dates_out_of_order_are_refused_and_told(
    database: Database, fresh_world: World, browser: Browser, moved: dict[str, int | None], said: str, place: str
) -> None:
    await add_centres(database, fresh_world)
    cycle_id = await draft_cycle(database, fresh_world.city, CIRCLES)
    before = await rows(database, fresh_world.city, CyclePhase.opens_on)
    await browser.as_(fresh_world.city[Role.ORGANISER])
    changed = {
        name: "" if days is None else (today() + timedelta(days=days)).isoformat() for name, days in moved.items()
    }
    answer = await browser.post(f"/cycles/{cycle_id}/setup/calendar", {"version": "4", **calendar(today()), **changed})
    assert answer.status_code == 422
    assert said in answer.text
    assert f'<a href="#{place}">' in answer.text
    assert await rows(database, fresh_world.city, CyclePhase.opens_on) == before


async def test_dates_can_be_tried_without_being_saved(database: Database, fresh_world: World, browser: Browser) -> None:
    await add_centres(database, fresh_world)
    cycle_id = await draft_cycle(database, fresh_world.city, CIRCLES)
    await browser.as_(fresh_world.city[Role.ORGANISER])
    tried = calendar(date(2026, 2, 9))  # the self-assessment ends on the 15th, in the Spring Festival
    page = (await browser.get(f"/cycles/{cycle_id}/setup/calendar", params=tried)).text
    assert "自评截止日 2026-02-15 不是工作日" in page
    assert date(2026, 2, 9) not in [row[0] for row in await rows(database, fresh_world.city, CyclePhase.opens_on)]


async def test_a_scheme_on_trial_warns_of_its_expiry(database: Database, fresh_world: World, browser: Browser) -> None:
    await add_windows(database, fresh_world.county)
    await browser.as_(fresh_world.county[Role.ORGANISER])
    answer = await browser.post("/cycles", {"scheme": STAFF, "period": "2027-01", "title": "一月考核"})
    base = answer.headers["location"].removesuffix("/subjects")
    assert "办法有效期至 2026-12-31" in (await browser.get(f"{base}/check")).text


async def test_a_period_the_scheme_does_not_have_is_refused(
    database: Database, fresh_world: World, browser: Browser
) -> None:
    await add_centres(database, fresh_world)
    await browser.as_(fresh_world.city[Role.ORGANISER])
    answer = await browser.post("/cycles", {"scheme": CIRCLES, "period": "2026-03", "title": ""})
    assert answer.status_code == 422
    assert "考核周期「2026-03」不适用于这个方案" in answer.text
    assert await rows(database, fresh_world.city, Cycle.id) == []


async def test_a_scheme_that_is_not_enabled_here_answers_like_an_absent_one(
    database: Database, fresh_world: World, browser: Browser
) -> None:
    await add_centres(database, fresh_world)
    await browser.as_(fresh_world.county[Role.ORGANISER])
    for scheme in (CIRCLES, "no-such-scheme"):
        answer = await browser.post("/cycles", {"scheme": scheme, "period": "2026", "title": ""})
        assert answer.status_code == 404


async def test_a_draft_can_be_deleted_and_an_issued_cycle_cannot(
    database: Database, fresh_world: World, browser: Browser
) -> None:
    await add_centres(database, fresh_world)
    draft = await draft_cycle(database, fresh_world.city, CIRCLES)
    issued = await issued_cycle(database, fresh_world.city, CIRCLES)
    await browser.as_(fresh_world.city[Role.ORGANISER])
    assert (await browser.post(f"/cycles/{draft}/deletion")).status_code == 303
    assert (await browser.post(f"/cycles/{issued}/deletion")).status_code == 409
    for step in ("scheme", "subjects", "assessors", "calendar", "check"):
        assert (await browser.get(f"/cycles/{issued}/setup/{step}")).headers["location"] == f"/cycles/{issued}"
    assert await rows(database, fresh_world.city, Cycle.id) == [(issued,)]
    assert len(await rows(database, fresh_world.city, Participation.id)) == 2


async def test_another_city_s_cycle_answers_like_an_absent_one(
    database: Database, fresh_world: World, browser: Browser
) -> None:
    await add_centres(database, fresh_world)
    cycle_id = await draft_cycle(database, fresh_world.city, CIRCLES)
    for place in (fresh_world.stranger, fresh_world.county):
        await browser.as_(place[Role.ORGANISER])
        for path in ("", "/setup/check", "/setup/subjects", "/progress", "/extensions"):
            assert (await browser.get(f"/cycles/{cycle_id}{path}")).status_code == 404
        assert (await browser.post(f"/cycles/{cycle_id}/notice", {"version": "4", "text": "x"})).status_code == 404
