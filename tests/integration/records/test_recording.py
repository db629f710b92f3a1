"""登记: from the pick of a subject to the confirmed record; what is refused; who hears of it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from kaohe.clock import today
from kaohe.db.session import Database
from kaohe.identity.models import Role
from kaohe.inbox.models import Delivery, Message
from kaohe.national_calendar import national_calendar
from kaohe.records.models import DailyRecord
from kaohe.records.service import confirmed
from tests.factories.browser import Browser
from tests.factories.files import png
from tests.factories.records import DISPUTE, VERIFIED, Hall, make_hall, shown
from tests.factories.world import World

pytestmark = pytest.mark.anyio


@pytest.fixture
async def hall(database: Database, fresh_world: World) -> Hall:
    return await make_hall(database, fresh_world.county)


async def records(database: Database, hall: Hall) -> list[DailyRecord]:
    async with database.tenant(hall.place.id, read_only=True) as session:
        return list((await session.execute(select(DailyRecord).order_by(DailyRecord.number))).scalars())


async def test_subjects_are_found_by_name_code_and_window(browser: Browser, hall: Hall) -> None:
    await browser.as_(hall.place[Role.INSPECTOR])
    for search, found in (("王", ["王芳"]), ("s2", ["张敏"]), ("不动产 张", ["张敏"]), ("没有", [])):
        answer = await browser.get("/records/new", params={"q": search}, headers={"HX-Request": "true"})
        assert (search, re.findall(r"<li><a [^>]*><span>(.*?)</span>", answer.text)) == (search, found)


async def test_clauses_are_those_of_the_kind_with_what_they_cost(browser: Browser, hall: Hall) -> None:
    await browser.as_(hall.place[Role.INSPECTOR])
    html = (await browser.get(f"/records/new?subject={hall.subjects['s1']}")).text
    assert shown(html, "用语不文明、争吵", "−3 至 −5", "事项梳理发布") == ["用语不文明、争吵", "−3 至 −5"]


async def test_a_record_is_checked_then_confirmed_with_a_number(
    browser: Browser, database: Database, hall: Hall
) -> None:
    await browser.as_(hall.place[Role.INSPECTOR])
    typed = {"date": today().isoformat(), "amount": "4", "count": "2", "note": "争吵"}
    page = await browser.post(f"/records/check?{hall.step('s1', DISPUTE)}", typed)
    assert (page.status_code, shown(page.text, "2 次 × −4", "王芳", "确认登记")) == (
        200,
        ["2 次 × −4", "王芳", "确认登记"],
    )
    assert await records(database, hall) == []
    path = await hall.record(browser, **typed)
    assert shown((await browser.get(path)).text, "2 次 × −4", "争吵", f"{today().year}-0000001") == [
        "2 次 × −4", "争吵", f"{today().year}-0000001",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"amount": "9"}, "扣分「9」应在 3 至 5 之间"),
        ({"amount": ""}, "请填写扣分"),
        ({"count": "0"}, "次数「0」不能小于 1"),
        ({"date": "2026-02-30"}, "日期「2026-02-30」应为日期"),
        ({"date": (today() + timedelta(days=1)).isoformat()}, "不能晚于今天"),
    ],
)
async def test_what_does_not_fit_is_told_at_its_field(
    browser: Browser, database: Database, hall: Hall, typed: dict[str, str], message: str
) -> None:
    await browser.as_(hall.place[Role.INSPECTOR])
    data = {"date": today().isoformat(), "amount": "4"} | typed
    checked = await browser.post(f"/records/check?{hall.step('s1', DISPUTE)}", data)
    refused = await browser.post(f"/records?{hall.step('s1', DISPUTE)}", data)
    assert (checked.status_code, refused.status_code, shown(checked.text, message)) == (422, 422, [message])
    assert await records(database, hall) == []


async def test_outside_the_subjects_activity_is_refused(browser: Browser, database: Database, hall: Hall) -> None:
    async with database.tenant(hall.place.id) as session:
        await session.execute(text("UPDATE subjects SET active_to = current_date - 10 WHERE code = 's1'"))
    await browser.as_(hall.place[Role.INSPECTOR])
    answer = await browser.post(
        f"/records/check?{hall.step('s1', DISPUTE)}", {"date": today().isoformat(), "amount": "4"}
    )
    assert (answer.status_code, shown(answer.text, "在岗期间")) == (422, ["在岗期间"])


async def test_unknown_level_and_foreign_clause_are_refused(browser: Browser, hall: Hall) -> None:
    await browser.as_(hall.place[Role.INSPECTOR])
    day = {"date": today().isoformat()}
    level = await browser.post(f"/records?{hall.step('s1', 'staff.attendance.absent')}", day | {"level": "hours"})
    window = await browser.post(f"/records?{hall.step('s1', 'window.conduct.guide')}", day)
    rated = await browser.post(f"/records?{hall.step('s1', 'staff.attendance')}", day)
    assert (level.status_code, window.status_code, rated.status_code) == (422, 404, 404)


async def test_a_second_value_in_the_period_is_refused(browser: Browser, hall: Hall) -> None:
    volume = "window.bonus.volume"
    await hall.record(browser, "w1", volume, value="3100", amount="")
    again = await browser.post(f"/records?{hall.step('w1', volume)}", {"date": today().isoformat(), "value": "2500"})
    assert (again.status_code, shown(again.text, "本期", "每期只能一条")) == (422, ["本期", "每期只能一条"])


async def test_a_double_click_makes_one_record(browser: Browser, database: Database, hall: Hall) -> None:
    await browser.as_(hall.place[Role.INSPECTOR])
    data = {"date": today().isoformat(), "amount": "4"}
    answers = [
        await browser.post(f"/records?{hall.step('s1', DISPUTE)}", data, headers={"Idempotency-Key": "once"})
        for _click in range(2)
    ]
    assert answers[0].headers["location"] == answers[1].headers["location"]
    assert [row.number for row in await records(database, hall)] == [today().year * 10**7 + 1]


async def test_a_complaint_is_written_for_the_window_too(browser: Browser, database: Database, hall: Hall) -> None:
    path = await hall.record(browser, "s1", VERIFIED, with_parent="1")
    rows = await records(database, hall)
    matter = f"{today().year}-0000002"
    assert [(row.leaf, row.amount, row.matter) for row in rows] == [
        ("window.complaints.verified", 4, matter), (VERIFIED, 4, matter),
    ]  # fmt: skip
    assert shown((await browser.get(path)).text, "不动产登记窗口：查实的批评投诉") == ["不动产登记窗口：查实的批评投诉"]


async def test_the_subject_is_told_and_until_when_it_may_reply(
    browser: Browser, database: Database, hall: Hall
) -> None:
    await hall.record(browser, "s1")
    await hall.record(browser, "w1", "window.conduct.guide", amount="")
    query = select(Delivery.person_id, Message.due).join(Message, Message.id == Delivery.message_id)
    async with database.tenant(hall.place.id, read_only=True) as session:
        told = {row.person_id: row.due for row in await session.execute(query)}
    due = national_calendar().add_workdays(today(), 3)
    assert {who: told.get(who) for who in (hall.staff.id, hall.lead.id)} == {hall.staff.id: due, hall.lead.id: due}


async def test_a_photo_is_kept_and_seen_by_whom_it_concerns(browser: Browser, hall: Hall) -> None:
    await browser.as_(hall.place[Role.INSPECTOR])
    step, typed = hall.step("s1", DISPUTE), {"date": today().isoformat(), "amount": "4"}
    files = {"camera": ("现场.png", png(), "image/png")}
    page = await browser.request("POST", f"/records/check?{step}", data=typed, files=files)
    evidence = page.text.partition('name="evidence" value="')[2].partition('"')[0]
    await hall.record(browser, evidence=evidence)
    for who, status in ((hall.staff, 200), (hall.lead, 200), (hall.place[Role.STAFF], 404)):
        await browser.as_(who)
        answer = await browser.get(f"/evidence/{evidence}")
        assert (who.login, answer.status_code) == (who.login, status)


async def test_a_refused_photo_is_told_and_nothing_else_is_lost(browser: Browser, hall: Hall) -> None:
    await browser.as_(hall.place[Role.INSPECTOR])
    files = {"files": ("现场.png", b"MZ\x90\x00 not a picture", "image/png")}
    data = {"date": today().isoformat(), "amount": "4", "note": "在岗玩手机"}
    answer = await browser.request("POST", f"/records/check?{hall.step('s1', DISPUTE)}", data=data, files=files)
    assert (answer.status_code, shown(answer.text, "在岗玩手机")) == (422, ["在岗玩手机"])


async def test_scoring_gets_what_counts(browser: Browser, database: Database, hall: Hall) -> None:
    kept = await hall.record(browser, "s1", count="2")
    gone = await hall.record(browser, "s2")
    await browser.post(f"{gone}/reversal", {"reason": "登记错人"})
    async with database.tenant(hall.place.id, read_only=True) as session:
        rows = await confirmed(session, "window-staff", today() - timedelta(days=1), today())
    assert [(f"/records/{row.id}", row.subject, row.leaf, row.count, row.amount) for row in rows] == [
        (kept, "s1", DISPUTE, 2, 4),
    ]  # fmt: skip


async def test_a_confirmed_record_cannot_be_changed_or_removed(
    browser: Browser, database: Database, hall: Hall
) -> None:
    await hall.record(browser)
    for statement in ("UPDATE records SET amount = 3", "DELETE FROM records"):
        with pytest.raises(ProgrammingError, match="permission denied"):
            async with database.tenant(hall.place.id) as session:
                await session.execute(text(statement))


async def test_a_subject_with_records_stays(browser: Browser, database: Database, hall: Hall) -> None:
    await hall.record(browser)
    with pytest.raises(IntegrityError, match="records name this subject"):
        async with database.tenant(hall.place.id) as session:
            await session.execute(text("DELETE FROM subjects WHERE code = 's1'"))


async def test_numbers_are_taken_once_each(browser: Browser, database: Database, hall: Hall) -> None:
    for _record in range(3):
        await hall.record(browser)
    async with database.tenant(hall.place.id, read_only=True) as session:
        found = (await session.execute(select(func.min(DailyRecord.number), func.max(DailyRecord.number)))).one()
    assert tuple(found) == (today().year * 10**7 + 1, today().year * 10**7 + 3)
