"""A county's daily work: what its inspector logs on a phone, what the person says to it, and how it is taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kaohe.clock import today
from kaohe.demo import PASSWORD
from tests.e2e.conftest import SignIn
from tests.e2e.visitor import Visitor
from tests.factories import files

pytestmark = pytest.mark.browser


def pick(inspector: Visitor, name: str, clause: str) -> None:
    page = inspector.goes("/records/new")
    inspector.looks("record-subject")
    page.get_by_label("按姓名、窗口或编号查找").fill(name)
    inspector.presses("查找")
    page.locator("#found a").filter(has_text=name).first.click()
    page.get_by_label("搜索条款").fill(clause)
    inspector.looks("record-clause")
    page.locator("#clauses a").filter(has_text=clause).first.click()


def fill_in(inspector: Visitor) -> None:
    """A day to come and an amount out of range are refused; then with a photo."""
    page, day = inspector.page, today()
    page.locator("input[name=date]").fill((day + timedelta(1)).isoformat())
    page.locator("input[name$=amount]").fill("9")
    inspector.presses("下一步：核对")
    assert page.locator(".error-summary li").all_inner_texts() == [
        "扣分「9」应在 3 至 5 之间", f"日期「{day + timedelta(1)}」不能晚于今天",
    ]  # fmt: skip
    inspector.looks("record-refused")
    page.locator("input[name=date]").fill(day.isoformat())
    page.locator("input[name$=amount]").fill("3")
    photo = {"name": "现场.png", "mimeType": "image/png", "buffer": files.png()}
    page.locator("input[name=files]").set_input_files([photo])  # type: ignore[list-item]
    inspector.presses("下一步：核对")
    inspector.sees("现场.png")
    inspector.looks("record-check")


def test_record_on_a_phone_is_answered_and_reversed(sign_in: SignIn) -> None:
    with sign_in("dayi.inspector", phone=True) as inspector, sign_in("dayi.staff02") as staff:
        page = inspector.page
        pick(inspector, "周静", "用语不文明")
        fill_in(inspector)
        page.get_by_role("button", name="确认登记").dblclick()
        inspector.sees("已登记")
        inspector.looks("record-receipt")
        listed = inspector.goes("/records").locator("tbody tr").filter(has_text="用语不文明")
        assert listed.count() == 1
        listed.get_by_role("link").first.click()
        address = page.url

        staff.goes("/records")
        staff.page.locator("tbody tr").get_by_role("link").first.click()
        assert staff.page.url == address
        staff.page.get_by_label("我要说明的情况").fill("当时系统故障，已当面解释。")
        staff.looks("record-reply")
        staff.presses("提交申辩")
        staff.sees("当时系统故障，已当面解释。")

        inspector.goes(address)
        inspector.sees("当时系统故障，已当面解释。")
        page.get_by_role("link", name="冲销").click()
        page.get_by_label("冲销原因").fill("申辩属实")
        inspector.looks("record-reversal")
        inspector.presses("冲销这条记录")
        inspector.goes(address)
        inspector.sees("已冲销，不计分")
        inspector.looks("record-reversed")


def test_what_was_typed_is_there_again_after_the_login_lapsed(sign_in: SignIn) -> None:
    with sign_in("dayi.inspector", phone=True) as inspector:
        page = inspector.page
        pick(inspector, "周静", "用语不文明")
        page.locator("input[name=date]").fill(today().isoformat())
        page.locator("input[name$=amount]").fill("4")
        page.get_by_label("说明").fill("与办事群众争吵，经过较长")
        page.context.clear_cookies()
        inspector.presses("下一步：核对")
        page.get_by_role("link", name="重新登录").click()
        page.get_by_label("登录名").fill("dayi.inspector")
        page.get_by_label("密码").fill(PASSWORD)
        inspector.presses("登录")
        inspector.sees("登录前填写的内容已经放回")
        assert page.get_by_label("说明").input_value() == "与办事群众争吵，经过较长"
        assert page.locator("input[name$=amount]").input_value() == "4"
        inspector.presses("下一步：核对")
        page.get_by_role("button", name="确认登记").wait_for()
