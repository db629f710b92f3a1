"""改用版本: seen before it is agreed to, nothing lost, told to everybody, and back again."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from kaohe.audit.models import AuditEntry
from kaohe.cli.score import score
from kaohe.cycles.models import Changeover, Participation
from kaohe.db.embedded import EmbeddedServer
from kaohe.db.session import Database
from kaohe.grading.models import Finding
from kaohe.identity.models import Role
from kaohe.inbox.models import Message
from kaohe.plugins import registry
from kaohe.results.exporting import export_cycle
from kaohe.results.models import Run
from kaohe.submissions.filing import seal
from kaohe.submissions.models import Filing
from tests.factories.browser import Browser
from tests.factories.cycles import rows
from tests.factories.grading import Running
from tests.factories.results import computed, find, released
from tests.factories.world import World
from tests.integration.changeovers.conftest import V2, pinned, publish, scheme_id

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("working")]

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


async def recomputed(server: EmbeddedServer, running: Running, folder: Path, scheme: str = "") -> bool:
    """Whether `kaohe score` gives the exported bytes."""
    files = await export_cycle(server.app_url, running.cycle_id, None)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    asked = [str(folder / "facts.json"), "--format", "json", *(["--scheme", scheme] if scheme else [])]
    again = CliRunner().invoke(score, asked)
    assert again.exit_code == 0, again.output
    return again.stdout_bytes == files["result.json"]


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


async def test_agreeing_pins_the_version_tells_everybody_and_keeps_every_entry(
    browser: Browser, database: Database, running: Running, fresh_world: World
) -> None:
    run_id = await computed(browser, database, running)
    await move(browser, running)
    cycle = await pinned(database, running)
    assert (cycle.scheme_version, cycle.parameters) == ("2", {"praise_cap": "4"})
    [made] = await rows(database, running.place, Changeover)
    made = made[0]
    assert (made.from_version, made.to_version, made.reason, made.document) == (
        "1", "2", AGREED["reason"], AGREED["document"],
    )  # fmt: skip
    assert (made.from_parameters["praise_cap"], made.to_hash) == ("15", cycle.scheme_hash)
    assert sorted(one["code"] for one in made.set_aside) == ["fault.grave", "work.files", "work.files"]
    assert len(await rows(database, running.place, Finding.id)) == 5
    states = {row.id: (row.state, row.scheme_version) for row in await rows(
        database, running.place, Run.id, Run.state, Run.scheme_version)}  # fmt: skip
    assert states == {run_id: ("superseded", "1")}
    async with database.tenant(running.place.id, read_only=True) as session:
        audited = select(AuditEntry.detail).where(AuditEntry.action == "cycle.version_changed")
        detail = json.loads((await session.execute(audited)).scalar_one())
    assert (detail["from"], detail["to"], detail["document"]) == ("1", "2", AGREED["document"])
    for place in (fresh_world.county, fresh_world.sibling, running.place):
        titles = [row.title for row in await rows(database, place, Message.title)]
        assert any("改用方案第 2 版" in title for title in titles), place.slug


async def test_the_parties_read_the_new_version_and_why(
    browser: Browser, database: Database, running: Running, fresh_world: World
) -> None:
    await move(browser, running)
    county = fresh_world.county
    [theirs] = await rows(database, county, Participation.id, Participation.notice)
    assert (theirs.notice["scheme_version"], theirs.notice["changeovers"][0]["reason"]) == ("2", AGREED["reason"])
    await browser.as_(county[Role.REPORTER])
    page = (await browser.get(f"/self-assessments/{theirs.id}")).text
    assert "由第 1 版改用第 2 版" in page
    assert "答复" in page
    assert "台账" not in page
    assert (await browser.get(f"/self-assessments/{theirs.id}/claims/work.files")).status_code == 404
    assert "第 2 版" in (await browser.get(f"/schemes/{scheme_id(fresh_world.city)}")).text
    assert await rows(database, county, Changeover.id) == []
    await browser.as_(running.place[Role.ASSESSOR])
    [task] = re.findall(r"/grading/[0-9a-f-]{36}", (await browser.get("/grading")).text)[:1]
    assert (await browser.get(f"{task}/work.reply")).status_code == 200
    assert (await browser.get(f"{task}/work.files")).status_code == 404


async def test_the_next_computation_has_the_digest_that_was_agreed_to_and_its_sheets_tell_of_it(
    browser: Browser, database: Database, running: Running, server: EmbeddedServer, tmp_path: Path
) -> None:
    await computed(browser, database, running)
    await move(browser, running)
    assert "须重新计算" in (await browser.get("/results")).text
    assert "还没有计算" in (await browser.get(f"/cycles/{running.cycle_id}/results")).text
    run_id = await computed(browser, database, running)
    [[digest]] = await rows(database, running.place, Changeover.digest)
    [found] = [row for row in await rows(database, running.place, Run.id, Run.state, Run.digest) if row.id == run_id]
    assert (found.state, found.digest) == ("done", digest)
    sheet = words((await browser.get(f"/cycles/{running.cycle_id}/results/{running.subjects['c1']}")).text)
    assert "由第 1 版改用第 2 版" in sheet
    assert AGREED["document"] in sheet
    assert "搁置、没有计入的" in sheet
    assert await recomputed(server, running, tmp_path, str(tmp_path / "scheme.yaml"))


async def test_what_was_set_aside_counts_again_once_it_is_mended_or_the_cycle_goes_back(
    browser: Browser, database: Database, running: Running
) -> None:
    await move(browser, running)
    async with database.tenant(running.place.id) as session:
        await session.execute(
            text(
                "UPDATE findings SET entries = '[{\"amount\": \"3\"}]' WHERE leaf = 'fault.grave' AND participation_id = :p"
            ),
            {"p": running.participations["c1"]},
        )
    await computed(browser, database, running)
    page = words((await browser.get(f"/cycles/{running.cycle_id}/results")).text)
    assert "30.00" in page  # 36 − 3 − 3
    await move(browser, running, "1", reason="撤回修订", document="会议纪要 3 号")
    cycle = await pinned(database, running)
    assert (cycle.scheme_version, cycle.parameters["old_only"]) == ("1", "3")
    await computed(browser, database, running)
    assert "51.00" in words((await browser.get(f"/cycles/{running.cycle_id}/results")).text)  # 36 + 20 − 2 − 3
    kept = words((await browser.get(f"/cycles/{running.cycle_id}")).text)
    assert kept.index("由第 2 版改用第 1 版") < kept.index("由第 1 版改用第 2 版")


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


async def test_reason_and_document_are_asked_for(browser: Browser, database: Database, running: Running) -> None:
    seen = SEEN.search(await preview(browser, running))
    assert seen
    answer = await browser.post(f"/cycles/{running.cycle_id}/changeovers", {"version": "2", "seen": seen[1]})
    assert (answer.status_code, 'href="#reason"' in answer.text, 'href="#document"' in answer.text) == (422, True, True)
    assert (await pinned(database, running)).scheme_version == "1"


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


async def test_what_was_filed_is_read_by_the_version_it_was_filed_under(
    browser: Browser, database: Database, running: Running, fresh_world: World
) -> None:
    filed = running.participations["c1"]
    content = {"version": "1", "claims": [{"leaf": "work.files", "entries": [{"done": "full"}], "remark": "已归档",
                                           "evidence": []}]}  # fmt: skip
    async with database.tenant(running.place.id) as session:
        session.add(Filing(
            participation_id=filed, party_id=fresh_world.county.id, number="2026-0001", content=content,
            digest=seal(content), filed_by=fresh_world.county[Role.LEAD].id, filed_name="负责人", filed_at=datetime.now(UTC),
        ))  # fmt: skip
        await session.execute(text("UPDATE participations SET filing_state = 'filed' WHERE id = :id"), {"id": filed})
    shown = words(await preview(browser, running))
    assert "搁置的 4 条" in shown
    assert "已报送自评的 1 个" in shown
    await move(browser, running)
    page = words((await browser.get(f"/submissions/{filed}")).text)
    assert "台账" in page
    assert "已归档" in page
    await browser.as_(fresh_world.county[Role.LEAD])
    assert "已归档" in (await browser.get(f"/self-assessments/{filed}/filings/2026-0001")).text


async def test_a_plugin_s_newer_version_is_taken_like_an_own_one(
    browser: Browser, database: Database, circles: Running, server: EmbeddedServer, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    installed = registry()
    first = installed.scheme("district-circles")
    capped = msgspec.structs.replace(first.parameters["bonus_total"], default=Decimal(2))
    newer = msgspec.structs.replace(first, version="2", parameters={**first.parameters, "bonus_total": capped})
    monkeypatch.setitem(installed._versions, (first.id, "2"), newer)
    monkeypatch.setattr(installed, "schemes", {**installed.schemes, first.id: newer})
    await computed(browser, database, circles)
    assert await recomputed(server, circles, tmp_path, "district-circles@1")
    shown = words(await preview(browser, circles))
    assert "加分合计上限 30 分 → 2 分 这一版的默认值" in shown
    assert "75.00 → 72.00" in shown
    await move(browser, circles)
    await computed(browser, database, circles)
    assert await recomputed(server, circles, tmp_path)


async def test_a_released_cycle_keeps_its_version(browser: Browser, database: Database, running: Running) -> None:
    await released(browser, database, running)
    page = await preview(browser, running)
    assert "结果已经发布" in page
    assert SEEN.search(page) is None


async def test_a_record_under_a_newer_version_s_indicator_waits_beside_the_sheet(
    browser: Browser, database: Database, running: Running
) -> None:
    """Whoever records follows the newest version; the cycle keeps its own until somebody decides."""
    await find(database, running, "c1", "work.reply", {"done": "full"})
    await computed(browser, database, running)
    sheet = words((await browser.get(f"/cycles/{running.cycle_id}/results/{running.subjects['c1']}")).text)
    assert "50.00" in sheet
    assert "搁置、没有计入的" in sheet
    await move(browser, running)
    await computed(browser, database, running)
    assert "53.00" in words((await browser.get(f"/cycles/{running.cycle_id}/results")).text)  # 36 + 20 − 3


async def test_changeovers_are_written_once(browser: Browser, database: Database, running: Running) -> None:
    await move(browser, running)
    for statement in ("UPDATE changeovers SET reason = 'x'", "DELETE FROM changeovers"):
        with pytest.raises(DBAPIError, match="permission denied"):
            async with database.tenant(running.place.id) as session:
                await session.execute(text(statement))
