"""Evidence on its way: a network that is cut, files that are refused, a file that the server has already."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest
from playwright.sync_api import APIResponse, Locator, Page, Route

from tests.e2e.conftest import SignIn
from tests.e2e.self_assessing import paper
from tests.e2e.visitor import Visitor
from tests.factories import files

pytestmark = pytest.mark.browser
CUT = files.pdf("很长的录像说明", 40 * 1024 * 1024)


@pytest.fixture
def wenjiang(claims: dict[str, str]) -> str:
    return claims["温江区政务服务中心"]


class Line:
    """The person's line to the server: slow enough to be cut in the middle of a part."""

    def __init__(self, page: Page) -> None:
        self._session = page.context.new_cdp_session(page)
        self._session.send("Network.enable")
        self.set(offline=False)

    def set(self, *, offline: bool) -> None:
        conditions = {"offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 8 * 1024 * 1024}
        self._session.send("Network.emulateNetworkConditions", conditions)


def slot_at(reporter: Visitor, address: str) -> Locator:
    slot = reporter.goes(address).locator("[data-upload]").first
    slot.locator("[data-upload-drop]").wait_for()
    return slot


def digest_of(slot: Locator, name: str) -> str:
    """As the page shows it, whole."""
    listed = slot.locator("[data-upload-files] li").filter(has_text=name)
    listed.wait_for()
    return listed.locator("[title]").get_attribute("title") or ""


def test_large_file_cut_in_the_middle_arrives_whole(sign_in: SignIn, wenjiang: str, tmp_path: Path) -> None:
    """The line goes down in the middle of a part; what had arrived is not sent again."""
    long = tmp_path / "录像说明.pdf"
    long.write_bytes(CUT)
    with sign_in("wenjiang.reporter") as reporter:
        slot = slot_at(reporter, f"{wenjiang}/circle.bonus.leadership")
        line = Line(reporter.page)
        offsets: list[int] = []
        reporter.page.on("request", lambda one: offsets.append(int(one.headers.get("upload-offset", -1))))
        slot.locator("input[type=file]").set_input_files(long)
        row = slot.locator("[data-upload-queue]")
        row.get_by_text(re.compile(r"/ (4[5-9]|[5-7]\d)%")).wait_for()
        line.set(offline=True)
        row.get_by_text("网络断开，连上后自动继续").wait_for()
        assert slot.locator("[data-upload-files] li").count() == 0
        reporter.looks("upload-offline")
        before = max(offsets)
        line.set(offline=False)
        assert digest_of(slot, "录像说明.pdf") == hashlib.sha256(CUT).hexdigest()
        assert [one for one in offsets if 0 < one < before] == []


def test_upload_goes_on_after_the_server_was_away(sign_in: SignIn, wenjiang: str) -> None:
    """The browser itself was never offline, so that nothing but time can tell it to try again."""
    content = files.pdf("服务器停了一会儿", 2 * 1024 * 1024)
    with sign_in("wenjiang.reporter") as reporter:
        page = reporter.page
        page.clock.install()
        slot = slot_at(reporter, f"{wenjiang}/circle.bonus.research")
        page.route("**/api/uploads**", lambda route: route.abort())
        slot.locator("input[type=file]").set_input_files([paper("报道.pdf", content)])
        offline = slot.locator("[data-upload-queue]").get_by_text("网络断开，连上后自动继续")
        while not offline.count():
            page.clock.fast_forward(20_000)
            page.wait_for_timeout(200)
        page.unroute("**/api/uploads**")
        page.clock.fast_forward(20_000)
        assert digest_of(slot, "报道.pdf") == hashlib.sha256(content).hexdigest()
        reporter.brought_about("net::ERR_FAILED")


def test_list_is_whole_whichever_answer_comes_last(sign_in: SignIn, wenjiang: str) -> None:
    """The list asked for after the first file is answered after the second has arrived."""
    held: list[tuple[Route, APIResponse]] = []

    def hold(route: Route) -> None:
        if held:
            route.continue_()
        else:
            held.append((route, route.fetch()))

    with sign_in("wenjiang.reporter") as reporter:
        page, slot = reporter.page, slot_at(reporter, f"{wenjiang}/circle.bonus.research")
        page.route(re.compile(str(slot.get_attribute("data-files-href")).replace("?", r"\?") + "$"), hold)
        chosen, status = slot.locator("input[type=file]"), slot.locator("[data-upload-status]")
        for name in ("先到.pdf", "后到.pdf"):
            chosen.set_input_files([paper(name, files.pdf(name))])
            status.get_by_text(f"已上传：{name}").wait_for(state="attached")
        page.wait_for_timeout(500)
        [(route, answer)] = held
        route.fulfill(response=answer)
        for name in ("先到.pdf", "后到.pdf"):
            slot.locator("[data-upload-files]").get_by_role("link", name=name).wait_for()


def test_same_content_is_used_again_without_a_transfer(sign_in: SignIn, wenjiang: str) -> None:
    content = files.pdf("只传一次", 3 * 1024 * 1024)
    with sign_in("wenjiang.reporter") as reporter:
        slot = slot_at(reporter, f"{wenjiang}/circle.bonus.research")
        slot.locator("input[type=file]").set_input_files([paper("原件.pdf", content)])
        first = digest_of(slot, "原件.pdf")
        slot = slot_at(reporter, f"{wenjiang}/circle.bonus.hosting")
        sent: list[str] = []
        reporter.page.on("request", lambda one: sent.append(one.url) if "/api/uploads" in one.url else None)
        slot.locator("input[type=file]").set_input_files([paper("会议通知.pdf", content)])
        assert digest_of(slot, "会议通知.pdf") == first == hashlib.sha256(content).hexdigest()
        assert sent == []


REFUSED = {
    "空文件.pdf": (b"", "文件是空的，未上传"),
    "程序.pdf": (files.EXE, "内容是可执行程序，不接收"),
    "炸弹.zip": (files.repeated(bytes(1024**2), 3072), "解开后有 3 GB，最多 2 GB"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_file_is_refused_in_words_and_leaves_nothing(sign_in: SignIn, wenjiang: str, name: str) -> None:
    content, words = REFUSED[name]
    with sign_in("wenjiang.reporter") as reporter:
        slot = slot_at(reporter, f"{wenjiang}/circle.bonus.media")
        slot.locator("input[type=file]").set_input_files([paper(name, content)])
        slot.locator(".file-error").get_by_text(words).wait_for()
        assert reporter.goes(f"{wenjiang}/circle.bonus.media").locator("[data-upload-files] li").count() == 0


def test_file_of_300_mb_is_refused_before_it_is_sent(sign_in: SignIn, wenjiang: str, tmp_path: Path) -> None:
    big = tmp_path / "太大的录像.mp4"
    with big.open("wb") as file:
        file.truncate(300 * 1024 * 1024)
    with sign_in("wenjiang.reporter") as reporter:
        slot = slot_at(reporter, f"{wenjiang}/circle.bonus.media")
        sent: list[str] = []
        reporter.page.on("request", lambda one: sent.append(one.url) if "/api/" in one.url else None)
        slot.locator("input[type=file]").set_input_files(big)
        slot.locator(".file-error").get_by_text("超过 200 MB，未上传").wait_for()
        assert sent == []
        reporter.looks("file-too-large")
