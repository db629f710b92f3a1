"""Every place of every role opens, is accessible, and says something when there is nothing yet."""

from __future__ import annotations

import pytest

from tests.e2e.conftest import SignIn

pytestmark = pytest.mark.browser

ROLES = (
    "rc.admin", "rc.organiser", "rc.assessor1", "rc.approver", "rc.auditor", "jinjiang.reporter", "jinjiang.lead",
    "dayi.inspector", "dayi.staff02",
)  # fmt: skip


@pytest.mark.parametrize("login", ROLES)
def test_places_of_a_role_are_accessible_on_desk_and_phone(sign_in: SignIn, login: str) -> None:
    for phone in (False, True):
        with sign_in(login, phone=phone) as visitor:
            links = visitor.page.locator("nav.rail a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
            assert 0 < len(links) <= 7
            for href in [*links, "/inbox", "/account/sessions", "/account/password"]:
                answer = visitor.page.goto(href)
                assert answer is not None
                assert (href, answer.status) == (href, 200)
                visitor.check_accessible()
                assert visitor.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), href


def test_login_page_is_accessible_and_refuses_in_words(platform: str, chromium: object, sign_in: SignIn) -> None:
    with sign_in("rc.organiser") as visitor:
        visitor.page.get_by_text("李雪梅").first.click()
        visitor.page.get_by_role("button", name="退出登录").click()
        visitor.page.wait_for_url("**/login")
        visitor.check_accessible()
        visitor.page.get_by_label("登录名").fill("rc.organiser")
        visitor.page.get_by_label("密码").fill("wrong")
        visitor.page.get_by_role("button", name="登录").click()
        visitor.sees("登录名或密码不正确")
        visitor.check_accessible()


def test_everything_works_by_keyboard(sign_in: SignIn) -> None:
    with sign_in("rc.organiser") as visitor:
        page = visitor.page
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "跳到正文"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "content"
