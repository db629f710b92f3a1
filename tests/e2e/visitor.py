"""A person at a browser, who also looks for what axe-core finds and for errors in the console."""

from __future__ import annotations

import os
from pathlib import Path

from playwright.sync_api import ConsoleMessage, Error, Page, Request

AXE = Path(__file__).parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

RUN_AXE = """tags => axe.run({runOnly: tags}).then(result =>
    result.violations.map(one => one.id + ': ' + one.nodes.map(node => node.target).join(' | ')))"""


class Visitor:
    def __init__(self, page: Page) -> None:
        self.page = page
        self._errors: list[str] = []
        self._open: list[Request] = []
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self._errors.append(str(error)))
        page.on("request", self._opened)
        page.on("requestfinished", self._closed)
        page.on("requestfailed", self._closed)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error" and "status of 4" not in message.text:
            self._errors.append(f"{self.page.url}: {message.text}")

    def _opened(self, request: Request) -> None:
        self._open.append(request)

    def _closed(self, request: Request) -> None:
        if request in self._open:
            self._open.remove(request)

    def tells(self) -> str:
        """What stood on the screen, and what the page still waited for."""
        waiting = [f"{request.method} {request.url}" for request in self._open]
        try:
            text = self.page.locator("body").inner_text(timeout=5_000)
        except Error as problem:
            text = str(problem)
        return "\n".join([self.page.url, *self._errors, f"unanswered: {waiting}", text[:4_000]])

    def log_in(self, login: str, password: str) -> None:
        self.page.goto("/login")
        self.page.get_by_label("登录名").fill(login)
        self.page.get_by_label("密码").fill(password)
        self.page.get_by_role("button", name="登录").click()
        self.page.wait_for_url(lambda url: "/login" not in url)

    def goes(self, path: str) -> Page:
        self.page.goto(path)
        return self.page

    def sees(self, text: str) -> None:
        self.page.get_by_text(text).filter(visible=True).first.wait_for()

    def check_accessible(self) -> None:
        """Nothing found by axe-core, in the light and the high-contrast look."""
        self.page.evaluate("scrollTo(0, 0)")  # what has slid below the bar at the top looks cut off to axe
        for contrast in ("normal", "high"):
            self.page.evaluate("c => { document.documentElement.dataset.contrast = c }", contrast)
            self.page.evaluate(AXE.read_text(encoding="utf-8"))
            found = self.page.evaluate(RUN_AXE, TAGS)
            assert found == [], (self.page.url, contrast, found)
        self.page.evaluate("() => { delete document.documentElement.dataset.contrast }")

    def looks(self, name: str) -> None:
        """At one page: accessible, and nothing hangs over the side, on a desk and on a phone."""
        self.page.wait_for_load_state()
        self.check_accessible()
        wide = self.page.viewport_size
        assert wide is not None
        for width in sorted({wide["width"], 390}):
            self.page.set_viewport_size({"width": width, "height": wide["height"]})
            assert self.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (name, width)
            if folder := os.environ.get("SHOTS"):
                self.page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True, caret="initial")
        self.page.set_viewport_size(wide)

    def presses(self, button: str) -> None:
        self.page.get_by_role("button", name=button, exact=True).first.click()

    def picks(self, label: str, words: str) -> None:
        """The option in which these words stand."""
        listed = self.page.get_by_label(label, exact=False).first
        value = listed.locator("option").filter(has_text=words).first.get_attribute("value")
        listed.select_option(value)

    def agrees(self, button: str) -> None:
        """In the dialog that asks once more."""
        self.page.locator("dialog[open]").get_by_role("button", name=button, exact=True).click()

    def brought_about(self, words: str) -> None:
        """The errors with these words are the test's own doing."""
        self._errors = [one for one in self._errors if words not in one]

    def check_nothing_broke(self) -> None:
        assert self._errors == [], self._errors
