"""The organiser's work before anybody else's: a cycle from the wizard to its notice."""

from __future__ import annotations

from datetime import timedelta

from kaohe.clock import today
from tests.e2e.visitor import Visitor

TITLE = "本年度分圈层考核（浏览器）"


def announce(organiser: Visitor, centres: tuple[str, ...]) -> str:
    """The cycle's id."""
    page = organiser.page
    organiser.goes("/cycles")
    organiser.looks("cycles-empty")
    page.goto("/cycles/new")
    organiser.looks("wizard-which-scheme")
    page.get_by_role("link", name="区（市）县政务服务中心分圈层考核").click()
    organiser.looks("wizard-scheme")
    page.get_by_label("考核名称").fill(TITLE)
    organiser.presses("保存并继续")
    choose(organiser, centres)
    _appoint(organiser)
    plan(organiser)
    organiser.looks("wizard-check")
    organiser.sees("共 2 个")
    organiser.presses("发出通知")
    organiser.agrees("发出通知")
    page.wait_for_url(lambda url: "/setup/" not in url)
    organiser.sees("已确认收到")
    organiser.looks("cycle")
    return page.url.partition("/cycles/")[2][:36]


def choose(organiser: Visitor, centres: tuple[str, ...]) -> None:
    page = organiser.page
    page.get_by_text("选择一部分").click()
    boxes = page.get_by_role("checkbox")
    for box in boxes.all():
        box.uncheck()
    for name in centres:
        page.get_by_role("checkbox", name=name).check()
    organiser.looks("wizard-subjects")
    organiser.presses("保存并继续")


def _appoint(organiser: Visitor) -> None:
    page = organiser.page
    for name in ("王立新", "周晓燕"):
        page.get_by_role("row").filter(has_text=name).get_by_role("checkbox").check()
    page.get_by_text("登记一项回避").click()
    organiser.picks("成员", "周晓燕")
    organiser.picks("回避对象", "青羊区政务服务中心")
    page.get_by_label("理由").fill("配偶在该中心任职")
    organiser.presses("登记回避")
    organiser.sees("配偶在该中心任职")
    organiser.looks("wizard-assessors")
    organiser.presses("保存并继续")


def plan(organiser: Visitor) -> None:
    """Dates in the wrong order are refused in words."""
    page, day = organiser.page, today()
    days = {"self_assessment": (0, 5), "grading": (3, 14), "confirmation": (15, 20)}
    for phase, (opens, closes) in days.items():
        page.locator(f"#opens-{phase}").fill((day + timedelta(opens)).isoformat())
        page.locator(f"#closes-{phase}").fill((day + timedelta(closes)).isoformat())
    organiser.presses("保存并继续")
    organiser.looks("wizard-calendar-refused")
    page.locator("#opens-grading").fill((day + timedelta(6)).isoformat())
    organiser.presses("保存并继续")


def receive(reader: Visitor) -> None:
    """The notice lies in the inbox and asks for a receipt."""
    page = reader.goes("/inbox")
    page.get_by_role("link", name=TITLE).first.click()
    page.wait_for_url("**/inbox/*-*")
    reader.looks("notice")
    reader.presses("确认收到")
    reader.sees("确认收到。")
