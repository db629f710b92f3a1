"""A contribution on its way: who may take which step, what comes back, which records it makes."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from kaohe.clock import today
from kaohe.contributions.models import Contribution, ContributionAct
from kaohe.db.session import Database
from kaohe.identity.models import Role
from kaohe.inbox.models import Message
from kaohe.records.models import DailyRecord
from tests.factories.browser import Browser
from tests.factories.contributions import SCHEME, Desk, make_desk
from tests.factories.records import shown
from tests.factories.world import World

pytestmark = pytest.mark.anyio

REST = ("organiser", "approver", "organiser")


@pytest.fixture
async def desk(database: Database, fresh_world: World) -> Desk:
    return await make_desk(database, fresh_world.county)


async def rows(database: Database, desk: Desk, table: type) -> list:  # type: ignore[type-arg]
    async with database.tenant(desk.place.id, read_only=True) as session:
        return list((await session.execute(select(table).order_by(table.id))).scalars())  # type: ignore[attr-defined]


async def states(database: Database, desk: Desk) -> list[tuple[str, str]]:
    return [(row.state, row.step) for row in await rows(database, desk, Contribution)]


async def test_a_windows_contribution_goes_to_publication_and_each_step_keeps_who(
    browser: Browser, database: Database, desk: Desk
) -> None:
    path = await desk.signed(browser)
    assert [await desk.act(browser, who, path) for who in REST] == [303, 303, 303]
    acts = [(act.title, act.person_name) for act in await rows(database, desk, ContributionAct)]
    steps = ("起草", "首席代表审签", "分管领导签发", "登记编辑", "分管领导审批", "网站发布")
    who = ("informant", "head", "leader", *REST)
    assert acts == [(step, desk[one].name) for step, one in zip(steps, who, strict=True)]
    assert await states(database, desk) == [("done", "publish")]


async def test_signing_makes_one_confirmed_record_with_what_the_draft_said(
    browser: Browser, database: Database, desk: Desk
) -> None:
    measures = {"fields.urgent": "1", "fields.event_date": today().isoformat()}
    await desk.signed(browser, **measures)
    [made] = await rows(database, desk, DailyRecord)
    assert (made.leaf, made.subject_id, made.date) == ("info.submitted", desk.subjects["w1"], today())
    assert made.fields == {"urgent": True, "event_date": today().isoformat()}
    assert (made.matter, made.entered_name, made.reply_until) == (
        f"{today().year}-0001 窗口推行一件事联办", desk["leader"].name, None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("after", "who", "status"),
    [
        ((), "informant", 403), ((), "t_leader", 404), ((), "organiser", 404), ((), "head", 303),
        (("head",), "head", 403), (("head",), "informant", 403), (("head",), "leader", 303),
        (("head", "leader"), "leader", 403), (("head", "leader"), "approver", 403), (("head", "leader"), "t_leader", 404),
        (("head", "leader"), "organiser", 303),
        (("head", "leader", "organiser"), "organiser", 403), (("head", "leader", "organiser"), "approver", 303),
    ],
)  # fmt: skip
async def test_a_step_is_taken_only_by_whose_it_is(
    browser: Browser, desk: Desk, after: tuple[str, ...], who: str, status: int
) -> None:
    path = await desk.draft(browser)
    for each in after:
        await desk.act(browser, each, path)
    assert await desk.act(browser, who, path) == status


async def test_a_township_needs_one_signature_and_an_office_its_leader(
    browser: Browser, database: Database, desk: Desk
) -> None:
    township = await desk.draft(browser, "t1", "t_informant")
    assert await desk.act(browser, "t_leader", township) == 303
    office = await desk.draft(browser, "o1", "o_informant")
    assert await desk.act(browser, "approver", office) == 303
    assert await states(database, desk) == [("waiting", "edit"), ("waiting", "edit")]
    assert sorted(row.subject_name for row in await rows(database, desk, DailyRecord)) == ["灌口镇", "综合科"]


async def test_a_brief_is_drafted_by_the_office_and_signed_by_another_leader(
    browser: Browser, database: Database, desk: Desk
) -> None:
    path = await desk.draft(browser, "o1", "organiser", "brief")
    assert [await desk.act(browser, who, path) for who in ("approver", "approver", "main_leader")] == [303, 403, 303]
    assert await states(database, desk) == [("done", "sign")]


async def test_sent_back_it_returns_to_its_author_with_the_reason_and_is_not_counted_twice(
    browser: Browser, database: Database, desk: Desk
) -> None:
    path = await desk.signed(browser)
    assert await desk.act(browser, "organiser", path, "return", "  ") == 422
    assert await desk.act(browser, "organiser", path, "return", "数字与台账不符") == 303
    await browser.as_(desk["informant"])
    page = (await browser.get(f"{path}/text")).text
    assert shown(page, "退回的原因", "数字与台账不符", "紧急信息") == ["退回的原因", "数字与台账不符"]
    again = {
        "title": "改过的标题",
        "body": "更正后的数字",
        "send": "1",
        "version": await desk.version(path),
    }
    assert (await browser.post(f"{path}/text", again)).status_code == 303
    assert [await desk.act(browser, who, path) for who in ("head", "leader")] == [303, 303]
    assert [row.leaf for row in await rows(database, desk, DailyRecord)] == ["info.submitted"]


async def test_the_editor_changes_the_text_and_what_stood_before_is_kept(
    browser: Browser, database: Database, desk: Desk
) -> None:
    path = await desk.signed(browser)
    await browser.as_(desk["organiser"])
    edited = {"title": "新标题", "body": "新正文", "version": await desk.version(path)}
    assert (await browser.post(f"{path}/text", edited)).status_code == 303
    act = (await rows(database, desk, ContributionAct))[-1]
    assert (act.action, act.before) == ("edited", {"title": "窗口推行一件事联办", "body": "三十件事一次办。"})
    await browser.as_(desk["informant"])
    assert (await browser.post(f"{path}/text", edited)).status_code == 403


async def test_withdrawn_after_submission_its_record_is_reversed(
    browser: Browser, database: Database, desk: Desk
) -> None:
    path = await desk.signed(browser)
    await browser.as_(desk["informant"])
    data = {"version": await desk.version(path)}
    assert (await browser.post(f"{path}/withdrawal", data | {"reason": ""})).status_code == 422
    assert (await browser.post(f"{path}/withdrawal", data | {"reason": "内容重复"})).status_code == 303
    made, reversal = await rows(database, desk, DailyRecord)
    assert (made.reversed_by_id, reversal.reverses_id, reversal.note) == (reversal.id, made.id, "内容重复")
    assert (await browser.post(f"{path}/withdrawal", data | {"reason": "再撤"})).status_code == 409


async def test_an_adoption_needs_proof_and_is_counted_once_for_an_outlet(
    browser: Browser, database: Database, desk: Desk
) -> None:
    path = await desk.signed(browser)
    tries = [await desk.adopt(browser, path, proof=False), await desk.adopt(browser, path)]
    tries += [
        await desk.adopt(browser, path, level="province"),
        await desk.adopt(browser, path, **{"fields.outlet": "省报"}),
    ]
    assert tries == [422, 303, 200, 303]
    made = [row for row in await rows(database, desk, DailyRecord) if row.leaf == "info.adopted"]
    assert [(row.level, row.fields) for row in made] == [
        ("city", {"outlet": "市政府网", "editor": "o1"}), ("city", {"outlet": "省报", "editor": "o1"}),
    ]  # fmt: skip
    assert {row.matter for row in await rows(database, desk, DailyRecord)} == {made[0].matter}


async def test_the_editing_office_is_told_by_its_name(browser: Browser, desk: Desk) -> None:
    path = await desk.signed(browser)
    await desk.adopt(browser, path)
    await browser.as_(desk["organiser"])
    for address in (path, "/records"):
        page = (await browser.get(address)).text
        assert "编辑科室 综合科" in page
        assert "编辑科室 o1" not in page


async def test_adopted_it_cannot_be_withdrawn(browser: Browser, desk: Desk) -> None:
    path = await desk.signed(browser)
    await desk.adopt(browser, path)
    await browser.as_(desk["informant"])
    answer = await browser.post(f"{path}/withdrawal", {"version": await desk.version(path), "reason": "撤"})
    assert answer.status_code == 409


async def test_adoptions_are_the_offices_and_only_of_what_was_signed(browser: Browser, desk: Desk) -> None:
    path = await desk.draft(browser)
    assert await desk.adopt(browser, path) == 404
    await desk.act(browser, "head", path)
    await desk.act(browser, "leader", path)
    for who in ("informant", "head", "approver"):
        await browser.as_(desk[who])
        assert (who, (await browser.get(f"{path}/records?leaf=info.adopted")).status_code) == (who, 404)


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"title": ""}, "请填写标题"),
        ({"title": "字" * 121}, "标题最多 120 字"),
        ({"fields.event_date": "2026-02-30"}, "事件日期「2026-02-30」应为日期"),
        ({"fields.urgent": "1"}, "事件日期"),
        ({"body": ""}, "请写正文，或附上稿件文件"),
    ],
)
async def test_what_is_missing_keeps_it_with_its_author(
    browser: Browser, database: Database, desk: Desk, typed: dict[str, str], message: str
) -> None:
    await browser.as_(desk["informant"])
    query = f"scheme={SCHEME}&way=item&subject={desk.subjects['w1']}"
    data = {"title": "标题", "body": "正文", "send": "1", "version": "0"} | typed
    answer = await browser.post(f"/contributions?{query}", data)
    assert shown(answer.text, message) == [message]
    assert {state for state, _step in await states(database, desk)} <= {"draft"}


async def test_a_double_click_makes_one_step(browser: Browser, database: Database, desk: Desk) -> None:
    path = await desk.draft(browser)
    await browser.as_(desk["head"])
    data, once = {"version": await desk.version(path), "action": "pass"}, {"Idempotency-Key": "once"}
    answers = [(await browser.post(f"{path}/steps", data, headers=once)).status_code for _click in range(2)]
    assert answers == [303, 303]
    assert [act.step for act in await rows(database, desk, ContributionAct)] == ["draft", "head"]


async def test_two_at_one_step_do_not_take_two(browser: Browser, database: Database, desk: Desk) -> None:
    path = await desk.draft(browser)
    await browser.as_(desk["head"])
    data = {"version": await desk.version(path), "action": "pass"}
    await browser.post(f"{path}/steps", data)
    await browser.as_(desk["leader"])
    assert (await browser.post(f"{path}/steps", data)).status_code == 409
    assert await states(database, desk) == [("waiting", "sign")]


async def test_who_is_next_and_the_author_are_told_and_find_it_on_their_home_page(
    browser: Browser, database: Database, desk: Desk
) -> None:
    path = await desk.draft(browser)
    await desk.act(browser, "head", path, "return", "标题太长")
    told = [row.title for row in await rows(database, desk, Message) if row.kind == "contribution"]
    assert told == ["首席代表审签：窗口推行一件事联办", "稿件「窗口推行一件事联办」被退回"]
    await browser.as_(desk["informant"])
    assert shown((await browser.get("/")).text, "稿件：窗口推行一件事联办", "已退回") == [
        "稿件：窗口推行一件事联办",
        "已退回",
    ]


async def test_drafts_are_the_units_alone(browser: Browser, desk: Desk, fresh_world: World) -> None:
    path = await desk.draft(browser, send="")
    seen = {}
    people = {"informant": desk["informant"], "head": desk["head"], "t_leader": desk["t_leader"],
              "organiser": desk["organiser"], "city": fresh_world.city[Role.ORGANISER],
              "sibling": fresh_world.sibling[Role.LEAD]}  # fmt: skip
    for name, who in people.items():
        await browser.as_(who)
        seen[name] = (await browser.get(path)).status_code
    assert seen == {"informant": 200, "head": 200, "t_leader": 404, "organiser": 404, "city": 404, "sibling": 404}


async def test_nobody_drafts_for_a_unit_that_is_not_theirs(browser: Browser, desk: Desk) -> None:
    await browser.as_(desk["t_informant"])
    query = f"scheme={SCHEME}&way=item&subject={desk.subjects['w1']}"
    answer = await browser.post(f"/contributions?{query}", {"title": "题", "body": "文"})
    assert answer.status_code == 404
