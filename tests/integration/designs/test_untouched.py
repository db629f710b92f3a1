"""Pages of a shipped scheme's copy, sent back as they came."""

from __future__ import annotations

import difflib
import re
from html.parser import HTMLParser

import pytest

from kaohe.db.session import Database
from tests.factories.browser import Browser
from tests.factories.designs import row
from tests.factories.world import Place

pytestmark = pytest.mark.anyio


class Filled(HTMLParser):
    """The fields of a page's form as a browser sends them."""

    def __init__(self, form_id: str) -> None:
        super().__init__()
        self.form_id, self.within, self.select, self.area = form_id, False, "", ""
        self.fields: dict[str, list[str]] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        at = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.within = at.get("id") == self.form_id
        if not self.within or not (name := at.get("name", self.select)):
            return
        ticked = at.get("type") != "checkbox" or "checked" in at
        if (tag == "input" and ticked) or (tag == "option" and "selected" in at):
            self.fields.setdefault(name, []).append(at.get("value", "on" if at.get("type") == "checkbox" else ""))
        self.select = name if tag in ("select", "option") else ""
        self.area = name if tag == "textarea" else ""

    def handle_data(self, data: str) -> None:
        if self.area:
            self.fields.setdefault(self.area, []).append(data)

    def handle_endtag(self, tag: str) -> None:
        self.select = "" if tag == "select" else self.select
        self.area = "" if tag == "textarea" else self.area


OPEN = {"sections/identity", "sections/articles", "sections/parameters", "sections/outcomes", "sections/calendar",
        "sections/ways", "nodes/0", "nodes/0.0"}  # fmt: skip


async def test_pages_that_are_sent_as_they_came_change_nothing(
    browser: Browser, database: Database, office: Place
) -> None:
    copied = await browser.post("/designs", data={"way": "copy", "scheme": "information-points", "title": "信息"})
    address, held = copied.headers["location"].removesuffix("/nodes/0"), await row(database, office)
    for page in sorted(OPEN):
        form = Filled("node-form" if page.startswith("nodes") else "section-form")
        form.feed((await browser.get(f"{address}/{page}")).text)
        answer = await browser.post(f"{address}/{page}", data=form.fields)
        assert (page, answer.status_code) == (page, 303), re.findall('<li><a href="#m[^<]*<', answer.text)
    after = await row(database, office)
    assert list(difflib.unified_diff(held.text.splitlines(), after.text.splitlines(), n=0)) == []
    assert after.saves == 1
