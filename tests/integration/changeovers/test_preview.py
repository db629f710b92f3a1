"""改用版本, seen before it is agreed to: what would change, what stands in between, nothing changed yet."""

from __future__ import annotations

import pytest

from kaohe.cycles.models import Changeover
from kaohe.db.session import Database
from kaohe.identity.models import Role
from tests.factories.browser import Browser
from tests.factories.cycles import rows
from tests.factories.grading import Running
from tests.factories.results import find, released
from tests.integration.changeovers.conftest import V2, pinned, publish
from tests.integration.changeovers.moving import AGREED, SEEN, preview, words

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("working")]


async def test_the_cycle_s_page_leads_there_where_another_version_is_published(
    browser: Browser, running: Running
) -> None:
    here = f"/cycles/{running.cycle_id}"
    await browser.as_(running.place[Role.ORGANISER])
    assert f"{here}/changeover" in (await browser.get(here)).text
    await browser.as_(running.place[Role.APPROVER])
    assert f"{here}/changeover" not in (await browser.get(here)).text
    assert (await browser.get(f"{here}/changeover")).status_code == 403


async def test_the_preview_tells_what_would_change_and_changes_nothing(
    browser: Browser, database: Database, running: Running
) -> None:
    shown = words(await preview(browser, running))
    assert "第 2 版由" in shown
    assert "第二次修订" in shown
    assert "指标 fault.late「迟报」：每次分值由 2 改为 3" in shown
    assert "52.00 → 32.00" in shown  # 34 − 2: the files are no indicator any more
    assert "50.00 → 33.00" in shown  # 36 − 3: the 4 is above 3
    assert "搁置的 3 条" in shown
    assert "这一版没有这项指标" in shown
    assert "扣分：4 不在 1 至 3 之间" in shown
    assert "加分上限 15 分 → 4 分 原来的值超出这一版允许的范围" in shown
    assert "旧参数 3 → — 这一版没有这个参数" in shown
    assert "新增指标：答复" in shown
    assert (await pinned(database, running)).scheme_version == "1"
    assert await rows(database, running.place, Changeover.id) == []


async def test_reason_and_document_are_asked_for(browser: Browser, database: Database, running: Running) -> None:
    seen = SEEN.search(await preview(browser, running))
    assert seen
    answer = await browser.post(f"/cycles/{running.cycle_id}/changeovers", {"version": "2", "seen": seen[1]})
    assert (answer.status_code, 'href="#reason"' in answer.text, 'href="#document"' in answer.text) == (422, True, True)
    assert (await pinned(database, running)).scheme_version == "1"


async def test_what_changed_since_the_preview_is_shown_again_with_409(
    browser: Browser, database: Database, running: Running
) -> None:
    seen = SEEN.search(await preview(browser, running))
    assert seen
    await find(database, running, "c2", "praise.given", {"count": "1"})
    answer = await browser.post(f"/cycles/{running.cycle_id}/changeovers", {**AGREED, "seen": seen[1]})
    assert answer.status_code == 409
    assert "数据或考核又有变化" in answer.text
    assert AGREED["reason"] in answer.text
    assert (await pinned(database, running)).scheme_version == "1"
    again = SEEN.search(answer.text)
    assert again
    agreed = await browser.post(f"/cycles/{running.cycle_id}/changeovers", {**AGREED, "seen": again[1]})
    assert agreed.status_code == 303


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("id: centre", "id: office"), "这一版不考核这类对象"),
        (("periods: [year]", "periods: [month]"), "这一版不按这样的周期考核"),
        (("title: 服务中心}}", "title: 服务中心, attributes: {{size: {{type: integer, required: true}}}}}}"), "size"),
        (("rule: judged, points: 40", "rule: counter"), "环节"),
    ],
)
async def test_a_version_that_does_not_fit_the_cycle_is_refused_with_every_reason(
    browser: Browser, database: Database, running: Running, change: tuple[str, str], told: str
) -> None:
    text_ = V2.replace('version: "2"', 'version: "3"').replace(*change)
    if told == "环节":
        text_ = text_.replace("rule: check, points: 20", "rule: counter").replace("    points: 60\n", "")
    await publish(database, running.place, text_, "第三版")
    page = await preview(browser, running, "3")
    assert told in words(page)
    assert SEEN.search(page) is None
    refused = await browser.post(
        f"/cycles/{running.cycle_id}/changeovers", {**AGREED, "version": "3", "seen": "0" * 32}
    )
    assert refused.status_code == 409
    assert (await pinned(database, running)).scheme_version == "1"


async def test_a_released_cycle_keeps_its_version(browser: Browser, database: Database, running: Running) -> None:
    await released(browser, database, running)
    page = await preview(browser, running)
    assert "结果已经发布" in page
    assert SEEN.search(page) is None
