"""An information item from its draft to its adoption, and its points in the month that is computed."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta

import pytest

from kaohe.clock import today
from kaohe.cycles.agenda import Dates
from kaohe.db.session import Database
from kaohe.demo import cycles
from kaohe.identity.models import Role
from kaohe.scheme.periods import containing
from tests.e2e import publishing
from tests.e2e.conftest import SignIn
from tests.e2e.standing import Standing
from tests.e2e.visitor import Visitor
from tests.factories import files
from tests.factories.contributions import SCHEME, Desk, make_desk
from tests.factories.full import playing_as
from tests.factories.world import PASSWORD, make_place

pytestmark = pytest.mark.browser

TITLE = "窗口推出企业开办一件事"


@dataclass(frozen=True)
class Centre:
    desk: Desk
    cycle_id: str
    sign_in: SignIn

    def enter(self, who: str, *, phone: bool = False) -> AbstractContextManager[Visitor]:
        return self.sign_in(self.desk[who].login, phone=phone, password=PASSWORD)


async def _prepare(url: str) -> tuple[Desk, str]:
    database = Database(url, pool_size=2)
    place = await make_place(database, "item-way", "信息市", "city")
    desk = await make_desk(database, place)
    month = containing(today(), "month")
    after = month.end + timedelta(days=1)
    kinds = {"window_unit": "all", "township": "all", "office": "all"}
    organiser = playing_as(database, place[Role.ORGANISER], place)
    cycle_id = await cycles.issue(organiser, SCHEME, month.text, "信息报送计分", kinds=kinds, on=month.start,
                                  dates=[Dates("confirmation", after, after + timedelta(days=6))])  # fmt: skip
    await database.close()
    return desk, str(cycle_id)


@pytest.fixture
def centre(standing: Standing, sign_in: SignIn) -> Centre:
    with ThreadPoolExecutor(1) as apart:  # this thread has the browser's event loop
        return Centre(*apart.submit(asyncio.run, _prepare(standing.app_url)).result(), sign_in)


def draft(informant: Visitor) -> str:
    """An urgent item without its day is kept, but not sent off."""
    page = informant.goes("/records")
    page.get_by_role("link", name="稿件", exact=True).click()
    informant.looks("contributions-none")
    page.get_by_role("link", name="写稿").click()
    informant.looks("contribution-new")
    page.get_by_label("标题").fill(TITLE)
    page.get_by_label("正文").fill("市场监管窗口把企业开办的六个环节并成一次申请，当天领照。\n\n全程由窗口人员帮办。")
    page.get_by_label("紧急信息").check()
    page.locator("input[name=files]").set_input_files(
        [{"name": "现场照片.png", "mimeType": "image/png", "buffer": files.png()}]  # type: ignore[list-item]
    )
    informant.presses("送首席代表审签")
    page.locator(".error-summary").wait_for()
    informant.looks("contribution-refused")
    page.get_by_label("事件日期").fill(today().isoformat())
    informant.presses("送首席代表审签")
    informant.sees("已送出")
    informant.looks("contribution-sent")
    return page.url


def act(visitor: Visitor, step: str, name: str) -> None:
    """From the home page, where it waits."""
    page = visitor.goes("/")
    visitor.looks(f"{name}-home")
    page.get_by_role("link", name=f"稿件：{TITLE}").click()
    visitor.looks(f"{name}-step")
    visitor.presses(step)
    visitor.sees("这一步已办理")


def adopt(organiser: Visitor, address: str) -> None:
    page = organiser.goes(address)
    page.get_by_role("link", name="登记采用").click()
    organiser.looks("adoption")
    page.locator("label", has_text="市级").or_(page.get_by_text("县级市委市政府", exact=False)).first.click()
    page.get_by_label("采用载体").fill("市政府网站")
    organiser.picks("编辑科室", "综合科")
    organiser.presses("登记采用")
    page.locator(".error-summary").wait_for()
    page.locator("input[name=files]").set_input_files(
        [{"name": "采用截图.png", "mimeType": "image/png", "buffer": files.png()}]  # type: ignore[list-item]
    )
    organiser.presses("登记采用")
    organiser.sees("已登记")
    organiser.looks("adopted")


def test_item_from_draft_to_adoption_gives_its_points(centre: Centre) -> None:
    with centre.enter("informant", phone=True) as informant:
        address = draft(informant)
    with centre.enter("head", phone=True) as head:
        head.goes(address)
        head.page.get_by_label("意见").fill("请补上办件数字")
        head.presses("退回")
        head.sees("没有等您办理的稿件")
    with centre.enter("informant") as informant:
        informant.goes("/").get_by_role("link", name=f"稿件：{TITLE}").click()
        informant.page.get_by_role("link", name="继续写").click()
        informant.sees("请补上办件数字")
        informant.presses("送首席代表审签")
        informant.sees("已送出")
    for who, step in (("head", "首席代表审签"), ("leader", "分管领导签发"), ("organiser", "登记编辑"),
                      ("approver", "分管领导审批"), ("organiser", "网站发布")):  # fmt: skip
        with centre.enter(who, phone=who == "leader") as visitor:
            act(visitor, step, f"{who}-{step}")
    with centre.enter("organiser") as organiser:
        adopt(organiser, address)
        organiser.goes("/contributions?show=done")
        organiser.looks("contributions-done")
        publishing.compute(organiser, centre.cycle_id)
        organiser.page.locator("#ranking tbody td").first.wait_for()
        table = organiser.page.locator("#ranking tbody tr:not(.is-group)")
        points = {row.locator("th").inner_text(): row.locator("td").nth(1).inner_text() for row in table.all()}
        assert points == {"市场监管窗口": "2.00", "综合科": "1.00", "灌口镇": "0.00"}
        organiser.goes(f"/cycles/{centre.cycle_id}/tally")
        organiser.looks("tally")
