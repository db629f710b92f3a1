"""The year's pay-out list and the month's table of what each unit handed in."""

from __future__ import annotations

import io
from datetime import timedelta
from uuid import UUID

import pytest
from python_calamine import CalamineWorkbook

from kaohe.clock import today
from kaohe.cycles.agenda import Dates
from kaohe.db.session import Database
from kaohe.demo import cycles
from kaohe.identity.models import Role
from kaohe.scheme.periods import containing
from tests.factories.browser import Browser
from tests.factories.contributions import SCHEME, TASKS, Desk, make_desk
from tests.factories.full import playing_as
from tests.factories.records import shown
from tests.factories.world import World

pytestmark = pytest.mark.anyio

KINDS = {"window_unit": "all", "township": "all", "office": "all"}


async def issue(database: Database, desk: Desk, length: str) -> str:
    period = containing(today(), length)
    after = period.end + timedelta(days=1)
    organiser = playing_as(database, desk.place[Role.ORGANISER], desk.place)
    dates = [Dates("confirmation", after, after + timedelta(days=6))]
    return str(await cycles.issue(organiser, SCHEME, period.text, length, kinds=KINDS, on=period.start, dates=dates))


async def cells(browser: Browser, path: str) -> list[list[object]]:
    answer = await browser.get(path)
    assert answer.status_code == 200
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    return book.get_sheet_by_index(0).to_python()  # type: ignore[no-any-return]


async def test_the_pay_out_list_is_the_released_years_awards_in_money(
    browser: Browser, database: Database, fresh_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(TASKS, "annual_points_task", "1")
    desk = await make_desk(database, fresh_world.county)
    await desk.adopt(browser, await desk.signed(browser), level="province")
    cycle_id = await issue(database, desk, "year")
    await browser.as_(desk["organiser"])
    assert shown((await browser.get(f"/cycles/{cycle_id}/awards")).text, "结果还没有发布") == ["结果还没有发布"]
    assert (await browser.get(f"/cycles/{cycle_id}/awards.xlsx")).status_code == 404
    organiser, approver = (playing_as(database, desk[who], desk.place) for who in ("organiser", "approver"))
    await cycles.finish(organiser, approver, UUID(cycle_id), "", today())
    # 4 分：400 + 30 × 3；编辑科室得 2 分：400 + 30 × 1。
    assert await cells(browser, f"/cycles/{cycle_id}/awards.xlsx") == [
        ["分组", "对象", "信息任务奖（元）", "合计（元）"], ["中心科室", "综合科", 430.0, 430.0],
        ["部门窗口", "市场监管窗口", 490.0, 490.0], ["合计", "", 920.0, 920.0],
    ]  # fmt: skip
    assert shown((await browser.get(f"/cycles/{cycle_id}/awards")).text, "920.00", "第 1 版") == ["920.00", "第 1 版"]


async def test_the_months_table_counts_what_stands_for_each_unit(
    browser: Browser, database: Database, fresh_world: World
) -> None:
    desk = await make_desk(database, fresh_world.county)
    path = await desk.signed(browser)
    await desk.adopt(browser, path)
    taken_back = await desk.draft(browser, "t1", "t_informant")
    await desk.act(browser, "t_leader", taken_back)
    await browser.as_(desk["t_informant"])
    await browser.post(f"{taken_back}/withdrawal", {"version": await desk.version(taken_back), "reason": "重复"})
    cycle_id = await issue(database, desk, "month")
    await cycles.compute(playing_as(database, desk["organiser"], desk.place), UUID(cycle_id))
    await browser.as_(desk["organiser"])
    assert await cells(browser, f"/cycles/{cycle_id}/tally.xlsx") == [
        ["类别", "对象", "报送", "采用", "得分", "标记"], ["中心科室", "综合科", 0.0, 0.0, 1.0, "未完成报送任务"],
        ["乡镇", "灌口镇", 0.0, 0.0, 0.0, "未完成报送任务"], ["部门窗口", "市场监管窗口", 1.0, 1.0, 2.0, ""],
        ["合计", "", 1.0, 1.0, 3.0, ""],
    ]  # fmt: skip
    for who in ("informant", "head"):
        await browser.as_(desk[who])
        assert (who, (await browser.get(f"/cycles/{cycle_id}/tally")).status_code) == (who, 403)
