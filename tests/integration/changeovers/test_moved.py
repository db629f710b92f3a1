"""改用版本, agreed to: nothing lost, told to everybody, and back again."""

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
from tests.factories.results import computed, find
from tests.factories.world import World
from tests.integration.changeovers.conftest import pinned, scheme_id
from tests.integration.changeovers.moving import AGREED, move, preview, words

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("working")]


async def recomputed(server: EmbeddedServer, running: Running, folder: Path, scheme: str = "") -> bool:
    """Whether `kaohe score` gives the exported bytes."""
    files = await export_cycle(server.app_url, running.cycle_id, None)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    asked = [str(folder / "facts.json"), "--format", "json", *(["--scheme", scheme] if scheme else [])]
    again = CliRunner().invoke(score, asked)
    assert again.exit_code == 0, again.output
    return again.stdout_bytes == files["result.json"]


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
