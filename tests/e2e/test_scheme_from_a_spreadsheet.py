"""A scheme that nobody programmed: from a score sheet to the released result, all of it in the browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Dialog, Page

from tests.e2e import announcing, publishing
from tests.e2e.conftest import SignIn
from tests.e2e.standing import Standing
from tests.e2e.visitor import Visitor

pytestmark = pytest.mark.browser

TITLE, CYCLE, CENTRE = "政务服务评分表考核", "评分表考核（浏览器）", "锦江区政务服务中心"
SHEET = (
    "项目,内容,分值,评分标准,佐证材料\n"
    "业务办理,制度建设,60,制度健全、落实到位，酌情给分,制度文件\n,办事台账,30,按时建立得满分，未建立不得分,\n"
    "工作纪律,,10,通报一次扣2分,\n表扬,,,市级加1分、省级加2分,\n"
)


def begin(organiser: Visitor) -> None:
    page = organiser.goes("/designs")
    organiser.looks("designs")
    page.get_by_role("link", name="新的方案").first.click()
    organiser.looks("design-start")
    page.get_by_label("方案名称").fill(TITLE)
    page.get_by_role("checkbox", name=re.compile("政务服务中心")).check()
    organiser.presses("下一步：上传评分表")
    page.wait_for_url("**/import")
    organiser.looks("design-import")


def bring_in(organiser: Visitor) -> None:
    """First with a mistake, which is told by its cell."""
    page, chosen = organiser.page, organiser.page.locator("input[type=file]")
    for sheet in (SHEET.replace(",30,", ",三十,"), SHEET):
        chosen.set_input_files([{"name": "评分表.csv", "mimeType": "text/csv", "buffer": sheet.encode("gb18030")}])
        organiser.presses("上传并检查")
        if sheet != SHEET:
            organiser.sees("评分表!C3")
            organiser.looks("design-import-refused")
    page.wait_for_url("**/imports/*")
    organiser.sees("请核对")
    organiser.looks("design-preview")
    organiser.presses("导入")
    page.wait_for_url("**/nodes/0")


def edit(organiser: Visitor) -> None:
    """The check beside the form follows what is typed; a rule is changed by its name."""
    page = organiser.page
    base = page.url.rpartition("/nodes/")[0]
    page.goto(f"{base}/nodes/1.0")
    amount = page.get_by_label("每次扣")
    amount.fill("两 分")
    page.locator("#checks").get_by_text("「两 分」不是数").wait_for()
    amount.fill("")
    page.locator("#checks").get_by_text("请填写每次扣").wait_for()
    organiser.looks("design-check")
    amount.fill("3")
    page.locator("#checks").get_by_text("没有发现问题").wait_for()
    organiser.presses("保存")
    organiser.sees("已保存")
    page.locator("#rule").select_option("deduct-range")
    page.locator("[id='m.max']").wait_for()
    organiser.looks("design-node")
    leave_unsaved(page, f"{base}/sections/identity")
    for section in ("identity", "articles", "parameters", "outcomes", "calendar"):
        page.goto(f"{base}/sections/{section}")
        organiser.looks(f"design-{section}")
    page.goto(f"{base}/text")
    organiser.looks("design-text")
    page.goto(f"{base}/trial?sample=1")
    organiser.presses("试算")
    organiser.sees("第 1 名")
    organiser.looks("design-trial")
    page.goto(f"{base}/publication")
    organiser.looks("design-publication")


def leave_unsaved(page: Page, address: str) -> None:
    """What was typed is not lost without a question."""
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.once("dialog", answer)
    page.goto(address)
    assert asked == ["beforeunload"]


def publish(organiser: Visitor) -> None:
    organiser.page.get_by_label("理由", exact=True).fill("办公会议纪要 3 号")
    organiser.page.locator("main").get_by_role("button", name="发布", exact=True).click()
    organiser.agrees("发布")
    organiser.sees("已发布")


def announce(organiser: Visitor) -> str:
    page = organiser.goes("/cycles/new")
    page.get_by_role("link", name=TITLE).click()
    page.get_by_label("考核名称").fill(CYCLE)
    organiser.presses("保存并继续")
    announcing.choose(organiser, (CENTRE,))
    page.get_by_role("row").filter(has_text="王立新").get_by_role("checkbox").check()
    organiser.presses("保存并继续")
    announcing.plan(organiser)
    organiser.presses("发出通知")
    organiser.agrees("发出通知")
    page.wait_for_url(lambda url: "/setup/" not in url)
    return page.url.partition("/cycles/")[2][:36]


def grade(assessor: Visitor) -> None:
    page = assessor.goes("/grading")
    page.get_by_role("link", name=re.compile(CENTRE)).first.click()
    page.wait_for_url("**/grading/*-*")
    address = page.url
    while page.goto(address) and page.get_by_text("待评", exact=True).count():
        page.get_by_role("link", name="接着评").click()
        page.wait_for_url(lambda url: url != address)
        before, rating, met = page.url, page.locator("[id='e0.rating']"), page.locator("input[type=radio][value=full]")
        if met.count():
            met.first.check()
        elif rating.count():
            rating.fill("52.5")
        page.locator("#reason").fill("现场核实")
        assessor.presses("保存，下一项")
        page.wait_for_url(lambda url, was=before: url != was)
    page.goto(address)
    assessor.presses("提交评分")
    assessor.agrees("提交")
    assessor.sees("的评分已提交")


def revise(organiser: Visitor) -> None:
    """The draft goes on as the next version: discipline is worth 8 instead of 10."""
    page = organiser.goes("/designs")
    page.get_by_role("link", name=TITLE).first.click()
    page.wait_for_url("**/designs/*-*/**")
    page.goto(f"{re.match('.*/designs/[0-9a-f-]{36}', page.url)[0]}/nodes/1")  # type: ignore[index]
    page.locator("[id='m.points']").fill("8")
    organiser.presses("保存")
    organiser.sees("已保存")
    page.get_by_role("link", name="发布…").click()
    page.wait_for_url("**/publication")
    publish(organiser)


def change_over(organiser: Visitor, cycle_id: str) -> None:
    """Seen first, with a reason and a document, then agreed to."""
    page = organiser.goes(f"/cycles/{cycle_id}")
    page.get_by_role("link", name="改用另一版本").click()
    organiser.sees("90.50")
    organiser.looks("changeover")
    page.get_by_label("理由").fill("办法修订")
    page.get_by_label("依据文号").fill("府办发〔2026〕12 号")
    organiser.presses("改用第 2 版…")
    organiser.agrees("改用")
    organiser.sees("由第 1 版改用第 2 版")
    organiser.looks("cycle-changed-over")


def test_scheme_from_a_spreadsheet_is_used_for_a_cycle(sign_in: SignIn, standing: Standing) -> None:
    with sign_in("rc.organiser") as organiser:
        begin(organiser)
        bring_in(organiser)
        edit(organiser)
        publish(organiser)
        cycle_id = announce(organiser)
    standing.begin_grading(cycle_id)
    with sign_in("rc.assessor1") as assessor:
        grade(assessor)
    with sign_in("rc.organiser") as organiser:
        publishing.compute(organiser, cycle_id)
        organiser.sees("92.50")
        revise(organiser)
        change_over(organiser, cycle_id)
        publishing.compute(organiser, cycle_id)
        organiser.sees("90.50")
    with sign_in("rc.approver") as approver:
        publishing.release(approver, cycle_id)
        approver.goes(f"/cycles/{cycle_id}/results")
        approver.sees("90.50")
