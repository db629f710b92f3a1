"""What is asked and agreed to, as an organiser does it in the browser."""

from __future__ import annotations

import re

from kaohe.identity.models import Role
from tests.factories.browser import Browser
from tests.factories.grading import Running

SEEN = re.compile(r'name="seen" value="(\w+)"')
AGREED = {"version": "2", "reason": "办法修订", "document": "府办发〔2026〕12 号"}


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


async def preview(browser: Browser, running: Running, version: str = "2") -> str:
    await browser.as_(running.place[Role.ORGANISER])
    answer = await browser.get(f"/cycles/{running.cycle_id}/changeover", params={"version": version})
    assert answer.status_code == 200, answer.text
    return answer.text


async def move(browser: Browser, running: Running, version: str = "2", **more: str) -> None:
    page = await preview(browser, running, version)
    found = SEEN.search(page)
    assert found, words(page)
    answer = await browser.post(
        f"/cycles/{running.cycle_id}/changeovers", {**AGREED, "version": version, "seen": found[1], **more}
    )
    assert (answer.status_code, answer.headers.get("location")) == (303, f"/cycles/{running.cycle_id}"), answer.text
