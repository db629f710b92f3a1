"""Who sees which records, replies within the days set, reversals."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text

from kaohe.clock import today
from kaohe.db.session import Database
from kaohe.identity.models import Role
from kaohe.inbox.models import Delivery, Message
from kaohe.records.models import DailyRecord, RecordReply
from tests.factories.browser import Browser
from tests.factories.files import png
from tests.factories.queries import queries_of
from tests.factories.records import VERIFIED, Hall, make_centre, make_hall, shown
from tests.factories.world import World

pytestmark = pytest.mark.anyio


@pytest.fixture
async def hall(database: Database, fresh_world: World) -> Hall:
    return await make_hall(database, fresh_world.county)


async def numbers_seen(browser: Browser, path: str = "/records") -> int:
    return (await browser.get(path)).text.count('data-label="编号"')


async def test_staff_see_their_own_units_theirs_and_the_office_all(browser: Browser, hall: Hall) -> None:
    own, other = await hall.record(browser, "s1"), await hall.record(browser, "s2")
    await hall.record(browser, "w1", "window.conduct.guide", amount="")
    place = hall.place
    seen = {hall.staff: 1, hall.lead: 3, place[Role.STAFF]: 0, place[Role.ORGANISER]: 3, place[Role.APPROVER]: 3}
    for who, count in seen.items():
        await browser.as_(who)
        assert (who.login, await numbers_seen(browser)) == (who.login, count)
    await browser.as_(hall.staff)
    assert [(await browser.get(path)).status_code for path in (own, other)] == [200, 404]


async def test_another_jurisdiction_sees_nothing(browser: Browser, hall: Hall, fresh_world: World) -> None:
    path = await hall.record(browser)
    for place in (fresh_world.city, fresh_world.sibling, fresh_world.stranger):
        await browser.as_(place[Role.INSPECTOR])
        answers = [await browser.get(path), await browser.get(path + "/reversal")]
        answers.append(await browser.post(path + "/reversal", {"reason": "x"}))
        assert [answer.status_code for answer in answers] == [404, 404, 404]


async def test_the_person_replies_and_the_recorder_hears_of_it(
    browser: Browser, database: Database, hall: Hall
) -> None:
    path = await hall.record(browser)
    await browser.as_(hall.staff)
    answer = await browser.post(f"{path}/replies", {"text": "当时系统故障。"})
    assert (answer.status_code, shown((await browser.get(path)).text, "当时系统故障。")) == (303, ["当时系统故障。"])
    query = select(Message.title).join(Delivery, Delivery.message_id == Message.id)
    async with database.tenant(hall.place.id, read_only=True) as session:
        told = (await session.execute(query.where(Delivery.person_id == hall.place[Role.INSPECTOR].id))).scalars().all()
    assert told == [f"王芳 对记录 {today().year}-0000001 提出申辩"]


async def test_nobody_else_replies(browser: Browser, hall: Hall) -> None:
    path = await hall.record(browser)
    await browser.as_(hall.place[Role.STAFF])
    assert (await browser.post(f"{path}/replies", {"text": "我也说"})).status_code == 404
    await browser.as_(hall.place[Role.INSPECTOR])
    assert (await browser.post(f"{path}/replies", {"text": "我也说"})).status_code == 403


async def test_after_the_days_set_no_reply_is_taken(
    browser: Browser, database: Database, hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kaohe.records.service.REPLY_DAYS", 0)
    path = await hall.record(browser)
    async with database.tenant(hall.place.id, read_only=True) as session:
        until = (await session.execute(select(DailyRecord.reply_until))).scalar_one()
    assert until == today()
    monkeypatch.setattr("kaohe.records.service.today", lambda: today().replace(year=today().year + 1))
    await browser.as_(hall.staff)
    answer = await browser.post(f"{path}/replies", {"text": "晚了"})
    assert (answer.status_code, shown(answer.text, "申辩期限")) == (409, ["申辩期限"])


async def test_an_empty_reply_is_refused(browser: Browser, hall: Hall) -> None:
    path = await hall.record(browser)
    await browser.as_(hall.staff)
    answer = await browser.post(f"{path}/replies", {"text": "  "})
    assert (answer.status_code, shown(answer.text, "请填写申辩")) == (422, ["请填写申辩"])


async def test_a_reversal_names_the_record_and_why(browser: Browser, database: Database, hall: Hall) -> None:
    path = await hall.record(browser)
    assert (await browser.post(f"{path}/reversal", {"reason": " "})).status_code == 422
    assert (await browser.post(f"{path}/reversal", {"reason": "登记错人"})).status_code == 303
    page = (await browser.get(path)).text
    assert shown(page, "已冲销，不计分", "登记错人", f"{today().year}-0000002") == [
        "已冲销，不计分", "登记错人", f"{today().year}-0000002",
    ]  # fmt: skip
    async with database.tenant(hall.place.id, read_only=True) as session:
        rows = (await session.execute(select(DailyRecord).order_by(DailyRecord.number))).scalars().all()
    assert [(row.source, row.reverses_id, row.reversed_by_id) for row in rows] == [
        ("form", None, rows[1].id), ("reversal", rows[0].id, None),
    ]  # fmt: skip


async def test_a_record_is_reversed_once(browser: Browser, hall: Hall) -> None:
    path = await hall.record(browser)
    answers = [await browser.post(f"{path}/reversal", {"reason": "登记错人"}) for _again in range(2)]
    assert [answer.status_code for answer in answers] == [303, 409]


async def test_a_reversal_is_not_reversed(browser: Browser, hall: Hall) -> None:
    path = await hall.record(browser)
    await browser.post(f"{path}/reversal", {"reason": "登记错人"})
    reversal = (await browser.get(path)).text.partition("已冲销，不计分")[2].partition('href="')[2].partition('"')[0]
    assert (await browser.post(f"{reversal}/reversal", {"reason": "反悔"})).status_code == 404


async def test_both_sides_of_one_event_are_reversed_together(browser: Browser, database: Database, hall: Hall) -> None:
    path = await hall.record(browser, "s1", VERIFIED, with_parent="1")
    await browser.post(f"{path}/reversal", {"reason": "查无实据", "linked": "1"})
    async with database.tenant(hall.place.id, read_only=True) as session:
        rows = (await session.execute(select(DailyRecord).order_by(DailyRecord.number))).scalars().all()
    assert [(row.source, row.reversed_by_id is not None) for row in rows] == [
        ("form", True), ("form", True), ("reversal", False), ("reversal", False),
    ]  # fmt: skip


async def test_the_list_is_narrowed(browser: Browser, hall: Hall) -> None:
    await hall.record(browser, "s1")
    gone = await hall.record(browser, "s2")
    await hall.record(browser, "w1", "window.conduct.guide", amount="")
    await browser.post(f"{gone}/reversal", {"reason": "登记错人"})
    await browser.as_(hall.place[Role.ORGANISER])
    asked = {
        "q=王芳": 1, "clause=window-staff:window.conduct.guide": 1, "state=reversed": 1, "state=confirmed": 2,
        f"subject={hall.subjects['s2']}": 1, f"end={today().replace(year=2020)}": 0, f"start={today()}": 3, "show=received": 0,
    }  # fmt: skip
    assert {query: await numbers_seen(browser, f"/records?{query}") for query in asked} == asked


async def test_the_list_costs_the_same_for_one_and_for_many(browser: Browser, database: Database, hall: Hall) -> None:
    await hall.record(browser)
    await browser.as_(hall.place[Role.ORGANISER])
    one = await queries_of(database, browser, "/records")
    async with database.tenant(hall.place.id) as session:
        await session.execute(text(
            "INSERT INTO records (number, scheme_id, subject_id, party_id, subject_name, leaf, date, source, entered_by,"
            " entered_name) SELECT n, scheme_id, subject_id, party_id, subject_name, leaf, date, source, entered_by,"
            " entered_name FROM records, generate_series(1, 120) n"))  # fmt: skip
    assert (await queries_of(database, browser, "/records"), await numbers_seen(browser, "/records?page=2")) == (
        one,
        50,
    )
    assert one <= 6


async def test_a_county_sees_what_its_city_recorded_and_answers(
    browser: Browser, database: Database, fresh_world: World
) -> None:
    """The record is the city's; the county reads it with a copy of the photo, and its reply lies with the city."""
    city, county, centre = fresh_world.city, fresh_world.county, await make_centre(database, fresh_world)
    await browser.as_(city[Role.INSPECTOR])
    step = f"subject={centre}&scheme=district-circles&leaf=circle.deduct.overdue"
    typed = {"date": today().isoformat(), "count": "1", "note": "超时办结"}
    files = {"files": ("截图.png", png(), "image/png")}
    page = await browser.request("POST", f"/records/check?{step}", data=typed, files=files)
    evidence = page.text.partition('name="evidence" value="')[2].partition('"')[0]
    answer = await browser.post(f"/records?{step}", typed | {"evidence": evidence})
    path = answer.headers["location"].partition("?")[0]
    await browser.as_(county[Role.LEAD])
    seen = (await browser.get(path)).text
    copy = seen.partition('href="/evidence/')[2].partition("/view")[0]
    assert (await numbers_seen(browser, "/records?show=received"), copy != evidence) == (1, True)
    assert (await browser.get(f"/evidence/{copy}")).content == png()
    assert (await browser.post(f"{path}/replies", {"text": "因系统升级。"})).status_code == 303
    await browser.as_(county[Role.ORGANISER])
    assert (await browser.post(f"{path}/reversal", {"reason": "不服"})).status_code == 404
    async with database.tenant(city.id, read_only=True) as session:
        said = (await session.execute(select(RecordReply.text, RecordReply.tenant_id))).one()
    assert tuple(said) == ("因系统升级。", city.id)
    await browser.as_(fresh_world.sibling[Role.LEAD])
    assert (await browser.get(path)).status_code == 404
