"""A district becomes a tenant: set up by its city, opened by a one-time link, its scheme and parameters set by itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page

from kaohe.clock import today
from tests.e2e.conftest import SignIn
from tests.e2e.visitor import Visitor

pytestmark = pytest.mark.browser
NAME, LOGIN, SECRET = "天府新区", "tianfu.admin", "一九四九年秋天的早晨"
SCHEME = "窗口及工作人员绩效评价"


def set_up(city: Visitor) -> str:
    """The link, as it is shown once."""
    page = city.goes("/jurisdictions/new")
    page.get_by_label("名称").fill(NAME)
    page.get_by_role("checkbox", name=SCHEME).check()
    page.get_by_label("姓名").fill("唐建国")
    page.get_by_label("登录名").fill("Tianfu Admin")
    city.presses("设立并生成邀请链接")
    page.locator(".error-summary").wait_for()
    city.looks("district-refused")
    page.get_by_label("登录名").fill(LOGIN)
    city.presses("设立并生成邀请链接")
    city.sees("链接只显示这一次")
    city.looks("district-link")
    return page.locator("#link").input_value()


def accept(page: Page, link: str) -> None:
    """A short password and two that differ are refused."""
    page.goto(link)
    invited = Visitor(page)
    for password, repeated in (("太短了", "太短了"), (SECRET, f"{SECRET}！")):
        page.get_by_label("设置密码").fill(password)
        page.get_by_label("再输入一次").fill(repeated)
        invited.presses("接受邀请")
        page.locator(".error-summary").wait_for()
    invited.looks("invitation-refused")
    page.get_by_label("设置密码").fill(SECRET)
    page.get_by_label("再输入一次").fill(SECRET)
    invited.presses("接受邀请")
    page.wait_for_url("**/login")
    invited.sees("账号已开通，请登录。")


def set_parameter(admin: Visitor, value: str, start: str, reason: str) -> None:
    page = admin.goes("/schemes/window-staff/parameters")
    page.locator("[id='parameters.bonus_cap']").fill(value)
    page.get_by_label("生效日期").fill(start)
    page.get_by_label("理由").fill(reason)
    admin.presses("保存为新版本")


def test_district_is_set_up_opened_and_configured(sign_in: SignIn, chromium: Browser, platform: str) -> None:
    with sign_in("rc.admin") as city:
        link = set_up(city)
        city.goes("/jurisdictions?q=" + NAME)
        city.sees("已邀请 唐建国")
    context = chromium.new_context(base_url=platform, locale="zh-CN")
    page = context.new_page()
    accept(page, link)
    page.goto(link)
    page.get_by_text("链接").first.wait_for()  # used up
    assert page.get_by_label("设置密码").count() == 0
    admin = Visitor(page)
    admin.log_in(LOGIN, SECRET)
    admin.sees("唐建国")
    admin.goes("/schemes")
    row = page.get_by_role("row").filter(has_text=SCHEME)
    if row.get_by_role("button", name="启用").count():
        row.get_by_role("button", name="启用").click()
    row.get_by_text("已启用").wait_for()
    configure(admin)
    context.close()


def configure(admin: Visitor) -> None:
    """Within bounds only; each change is a dated version with its reason, and the older stays readable."""
    page, day = admin.page, today()
    set_parameter(admin, "999", day.isoformat(), "想多扣一些")
    page.locator(".error-summary").wait_for()
    admin.looks("parameters-refused")
    set_parameter(admin, "8", day.isoformat(), "局务会纪要 3 号")
    page.wait_for_load_state()
    set_parameter(admin, "6", (day + timedelta(30)).isoformat(), "局务会纪要 9 号")
    page.wait_for_load_state()
    admin.goes("/schemes/window-staff/parameters")
    for words in ("局务会纪要 3 号", "局务会纪要 9 号", f"{(day + timedelta(30)).isoformat()} 起"):
        admin.sees(words)
    assert page.get_by_text("想多扣一些").count() == 0
    admin.looks("parameters-history")
