"""Screenshots of the demo at 1280 and 390 pixels. `make shots` makes those of the README; for others:

    shots.py --url http://127.0.0.1:8000 --out DIR NAME …      NAME as below, or --path ACCOUNT=/an/address

Without --url it starts a demo in a folder of its own and stops it afterwards.
"""

from __future__ import annotations

import argparse
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, StorageState, sync_playwright

ROOT = Path(__file__).parents[1]
WIDTHS = {1280: 860, 390: 844}
CHROMIUM = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
            "--disable-sync", "--no-first-run"]  # fmt: skip
README = {"home": 1280, "sheet": 1280, "record": 390}
YEAR = "年度区（市）县政务服务中心分圈层考核"
# name → (account, path, links to follow from there: the last one with that text)
PAGES: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "login": ("", "/login", ()),
    "home": ("rc.organiser", "/", ()),
    "ranking": ("rc.organiser", "/results", (YEAR,)),
    "sheet": ("rc.organiser", "/results", (YEAR, "锦江区政务服务中心")),
    "progress": ("rc.organiser", "/cycles", (YEAR, "进度")),
    "jurisdictions": ("rc.admin", "/jurisdictions", ()),
    "schemes": ("rc.organiser", "/schemes", ()),
    "scheme": ("rc.organiser", "/schemes/district-circles", ()),
    "cycles": ("rc.organiser", "/cycles", ()),
    "self-assessments": ("jinjiang.reporter", "/self-assessments", ()),
    "grading": ("rc.assessor1", "/grading", ()),
    "record": ("dayi.inspector", "/records/new", ()),
    "records": ("dayi.inspector", "/records", ()),
    "results": ("rc.organiser", "/results", ()),
    "people": ("rc.admin", "/people", ()),
    "service-hall": ("rc.organiser", "/results", ("专业办事大厅",)),
    "town-department": ("dayi.organiser", "/results", ("年度镇及部门",)),
    "county-targets": ("dayi.organiser", "/results", ("年度县级部门",)),
    "open-gov-county": ("dayi.approver", "/results", ("年度县政务公开",)),
    "open-gov-bureau": ("yuanlin.approver", "/results", ("年度政务公开",)),
    "information-points": ("dujiangyan.organiser", "/results", ("年度信息报送",)),
    "ecommerce-targets": ("lj.organiser", "/results", ("年度电子商务",)),
    "targets": ("lj.admin", "/subjects/targets", ()),
    "service-eval-roles": ("gaoxin.organiser", "/results", ("年度政务服务分岗位",)),
    "service-eval-hall": ("qingyang.organiser", "/results", ("年度政务大厅",)),
    "service-eval-weighted": ("jinjiang.organiser", "/results", ("年度政务服务加权",)),
    "six-dimensions": ("wuhou.organiser", "/results", ("六个方面",)),
    "class-conduct": ("shiyan.organiser", "/results", ("周班级评比",)),
    "audit": ("rc.auditor", "/audit", ()),
    "inbox": ("jinjiang.lead", "/inbox", ()),
}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("names", nargs="*")
    options.add_argument("--url", default="")
    options.add_argument("--out", type=Path, default=ROOT / "platform" / "docs" / "images")
    options.add_argument("--path", action="append", default=[], metavar="ACCOUNT=PATH", help="a page not in the list")
    chosen = options.parse_args()
    pages = {name: PAGES[name] for name in chosen.names or (() if chosen.path else README)}
    for each in chosen.path:
        account, _, path = each.partition("=")
        pages[re.sub(r"\W+", "-", path).strip("-") or "home"] = (account, path, ())
    chosen.out.mkdir(parents=True, exist_ok=True)
    with running(chosen.url) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        for name, (account, path, links) in pages.items():
            widths = WIDTHS if chosen.names or chosen.path else (README[name],)
            shoot(browser, url, chosen.out / name, account, path, links, widths)
        browser.close()


def shoot(
    browser: Browser, url: str, target: Path, account: str, path: str, links: tuple[str, ...], widths: Iterable[int]
) -> None:
    state = signed_in(browser, url, account) if account else None
    for width in widths:
        context = browser.new_context(
            viewport={"width": width, "height": WIDTHS[width]}, storage_state=state, locale="zh-CN"
        )
        page = context.new_page()
        page.goto(url + path, wait_until="networkidle")
        for text in links:
            page.get_by_role("link", name=text).last.click()
            page.wait_for_load_state("networkidle")
        file = target.with_name(f"{target.name}-{width}.png")
        page.screenshot(path=file)
        print(file, page.title(), page.url.removeprefix(url))
        context.close()


_states: dict[str, StorageState] = {}


def signed_in(browser: Browser, url: str, account: str) -> StorageState:
    """The cookies of a login through the form, once an account."""
    if account not in _states:
        context = browser.new_context()
        page: Page = context.new_page()
        page.goto(f"{url}/login")
        page.fill("#login", account)
        page.fill("#password", password())
        page.get_by_role("button", name="登录").click()
        page.wait_for_url(lambda at: "/login" not in at)
        _states[account] = context.storage_state()
        context.close()
    return _states[account]


def password() -> str:
    from kaohe.demo import PASSWORD

    return PASSWORD


@contextmanager
def running(url: str) -> Iterator[str]:
    if url:
        yield url.rstrip("/")
        return
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    home = Path(tempfile.mkdtemp(prefix="kaohe-shots-"))
    home.chmod(0o755)
    environment = {**os.environ, "KAOHE_HOME": str(home), "KAOHE_PORT": str(port)}
    demo = subprocess.Popen(
        [Path(sys.executable).with_name("kaohe"), "demo"], env=environment, stdout=subprocess.DEVNULL
    )
    try:
        wait_for(f"http://127.0.0.1:{port}/readyz")
        yield f"http://127.0.0.1:{port}"
    finally:
        demo.send_signal(signal.SIGINT)
        demo.wait(60)


def wait_for(address: str, patience: int = 180) -> None:
    until = time.monotonic() + patience
    while time.monotonic() < until:
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except OSError:
            time.sleep(0.3)
        else:
            return
    raise SystemExit(f"{address} 没有应答")


if __name__ == "__main__":
    main()
