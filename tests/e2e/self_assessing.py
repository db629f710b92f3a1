"""A county's own part: claims, files, and what its lead files."""

from __future__ import annotations

from playwright.sync_api import FilePayload, Page

from tests.e2e.announcing import TITLE
from tests.e2e.visitor import Visitor
from tests.factories import files

LEADERSHIP = "领导、机构、编制、经费"
LARGE = files.pdf("大文件", 24 * 1024 * 1024)


def paper(name: str, content: bytes, kind: str = "application/pdf") -> FilePayload:
    return {"name": name, "mimeType": kind, "buffer": content}


def opens(visitor: Visitor) -> str:
    """The address of the self-assessment."""
    page = visitor.goes("/self-assessments")
    page.get_by_role("link", name=TITLE).first.click()
    page.wait_for_url("**/self-assessments/*-*")
    return page.url


def claim_all_checks(reporter: Visitor, base: str) -> None:
    """Each check is met; autosave keeps them, nothing is pressed."""
    page = reporter.goes(f"{base}/all")
    forms = page.locator("form[data-autosave]").filter(has=page.locator("input[type=radio][value=full]"))
    for form in forms.all():
        form.get_by_text("达到", exact=True).first.click()
        form.get_by_text("已保存").wait_for()


def claim_leadership(reporter: Visitor, base: str) -> None:
    page = reporter.goes(f"{base}/claims/circle.bonus.leadership")
    reporter.looks("indicator")
    page.locator("[id='e0.amount']").fill("9")
    page.locator("[id='e0.count']").fill("1")
    page.get_by_label("说明", exact=False).first.fill("区委常委会专题研究政务服务")
    reporter.presses("保存，填下一项")
    reporter.looks("indicator-refused")
    page.goto(f"{base}/claims/circle.bonus.leadership")
    page.locator("[id='e0.amount']").fill("3")
    page.get_by_label("补充说明").fill("常委会会议纪要 12 号")
    page.get_by_text("已保存").first.wait_for()


def upload(reporter: Visitor) -> None:
    """Two files at once, then one that is not what its name says."""
    page = reporter.page
    slot = page.locator("[data-upload]").first
    chosen = slot.locator("input[type=file]")
    chosen.set_input_files([paper("会议纪要.pdf", files.pdf("纪要")), paper("现场.png", files.png(), "image/png")])
    listed = slot.locator("[data-upload-files]")
    listed.get_by_role("link", name="会议纪要.pdf").wait_for()
    listed.get_by_role("link", name="现场.png").wait_for()
    chosen.set_input_files([paper("材料.pdf", files.EXE)])
    slot.locator(".file-error").get_by_text("内容是可执行程序，不接收").wait_for()
    reporter.looks("indicator-files")


def upload_over_a_cut(reporter: Visitor) -> None:
    """The network goes in the middle of an upload and comes back."""
    page = reporter.page
    slot = page.locator("[data-upload]").first
    slot.locator("input[type=file]").set_input_files([paper("录像说明.pdf", LARGE)])
    slot.locator("[data-upload-queue] progress").wait_for()
    page.context.set_offline(True)
    slot.locator("[data-upload-queue]").get_by_text("录像说明.pdf").wait_for()
    page.context.set_offline(False)
    slot.locator("[data-upload-files]").get_by_role("link", name="录像说明.pdf").wait_for()


def difference_is_shown(first: Page, second: Page, address: str) -> None:
    """Two of one county have the same indicator open; the later save sees both texts and loses neither."""
    for page in (first, second):
        page.goto(address)
    first.get_by_label("补充说明").fill("填报员写的")
    first.get_by_text("已保存").first.wait_for()
    second.get_by_label("补充说明").fill("负责人写的")
    second.get_by_text("两个人改了同一项").wait_for()
    for text in ("填报员写的", "负责人写的"):
        second.locator(".diff").get_by_text(text).wait_for()
    second.get_by_role("button", name="用我的").click()
    second.locator("[data-autosave-status]").get_by_text("已保存").wait_for()
    first.reload()
    assert first.get_by_label("补充说明").input_value() == "负责人写的"


def file(lead: Visitor, base: str) -> str:
    """The receipt's number; filed once although the button is pressed twice."""
    page = lead.goes(f"{base}/check")
    lead.looks("check")
    page.get_by_label("内容已核对").check()
    lead.presses("报送")
    page.locator("dialog[open]").get_by_role("button", name="报送", exact=True).dblclick()
    page.wait_for_url("**/receipt")
    lead.sees("自评已报送")
    lead.looks("receipt")
    number = page.locator(".receipt .number").inner_text()
    assert page.locator("code.digest").inner_text()
    return number


def nothing_can_be_changed(reporter: Visitor, base: str) -> None:
    page = reporter.goes(f"{base}/claims/circle.base")
    assert page.get_by_role("button", name="保存").count() == 0
    assert page.locator("main input[type=radio]").first.is_disabled()
    reporter.looks("indicator-filed")
