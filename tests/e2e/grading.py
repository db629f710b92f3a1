"""Two assessors at their queues, who meet on one item."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.e2e.visitor import Visitor

BASE, LEADERSHIP = "circle.base", "circle.bonus.leadership"


def opens(assessor: Visitor, centre: str) -> str:
    """The address of the assignment."""
    page = assessor.goes("/grading")
    page.get_by_role("link", name=centre).first.click()
    page.wait_for_url("**/grading/*-*")
    return page.url


def meet_on_one_item(first: Visitor, second: Visitor, addresses: tuple[str, str]) -> None:
    """Both open it; the first adopts the claim, the second is shown that before anything is overwritten."""
    for visitor, address in zip((first, second), addresses, strict=True):
        visitor.goes(f"{address}/{LEADERSHIP}")
        visitor.sees("单位申报")
        visitor.sees("常委会会议纪要 12 号")
    first.looks("desk")
    first.presses("采用申报，下一项")
    first.page.wait_for_url(lambda url: LEADERSHIP not in url)
    _amount(second.page, "9", "材料只能证明一部分")
    second.presses("保存，下一项")
    second.page.locator(".error-summary").wait_for()
    second.looks("desk-refused")
    _amount(second.page, "2", "材料只能证明一部分")
    second.presses("保存，下一项")
    second.sees("两位评分人改了同一项")
    second.looks("desk-conflict")
    second.presses("用我的")
    second.page.wait_for_url(lambda url: LEADERSHIP not in url)


def _amount(page: Page, amount: str, reason: str) -> None:
    page.locator("[id='e0.amount']").fill(amount)
    page.locator("[id='e0.count']").fill("1")
    page.locator("#reason").fill(reason)


def adopt_the_rest(assessor: Visitor, address: str) -> None:
    """What has to be graded and is not yet."""
    page = assessor.goes(address)
    assessor.looks("assignment")
    while page.goto(address) and page.get_by_text("待评", exact=True).count():
        page.get_by_role("link", name="接着评").click()
        page.wait_for_url("**/circle.*")
        before = page.url
        adopt = page.get_by_role("button", name="采用申报，下一项")
        if not adopt.count():
            met = page.locator("input[type=radio][value=full]")
            if met.count():
                met.first.check()
            page.locator("#reason").fill("现场核实")
            adopt = page.get_by_role("button", name="保存，下一项")
        adopt.click()
        page.wait_for_url(lambda url, was=before: url != was)


def file(assessor: Visitor, address: str) -> None:
    assessor.goes(address)
    assessor.presses("提交评分")
    assessor.agrees("提交")
    assessor.sees("的评分已提交")
