"""Results: computed in the background, ranked, confirmed, released in versions, seen by whom they concern."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, select, text, update
from sqlalchemy.exc import ProgrammingError

from kaohe.db.embedded import EmbeddedServer
from kaohe.db.session import Database
from kaohe.grading.models import Finding
from kaohe.identity.models import Role
from kaohe.results.exporting import export_cycle
from kaohe.results.models import ReleasedSheet
from tests.factories.browser import Browser
from tests.factories.grading import Running, make_running
from tests.factories.results import computed, log, released, totals
from tests.factories.world import World

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("working")]


async def test_findings_become_ranked_sheets(browser: Browser, database: Database, circles: Running) -> None:
    run_id = await computed(browser, database, circles)
    assert await totals(database, circles, run_id) == {
        "jinjiang": ("70.00", 2), "qingyang": ("75.00", 1), "pixian": ("70.00", 1),
    }  # fmt: skip
    assert f"/cycles/{circles.cycle_id}/results" in (await browser.get("/results")).text
    page = (await browser.get(f"/cycles/{circles.cycle_id}/results")).text
    assert page.index("青羊区政务服务中心") < page.index("锦江区政务服务中心")


async def test_sheet_shows_every_line_down_to_what_it_rests_on(
    browser: Browser, database: Database, circles: Running
) -> None:
    await computed(browser, database, circles)
    page = (await browser.get(f"/cycles/{circles.cycle_id}/results/{circles.subjects['jinjiang']}")).text
    for shown in ("超时办结", "抽查五件超时", "−10.00", "8.50", "第十条"):
        assert shown in page


async def test_kaohe_score_on_the_exported_facts_gives_the_same_bytes(
    browser: Browser, database: Database, server: EmbeddedServer, circles: Running, tmp_path: Path
) -> None:
    await computed(browser, database, circles)
    files = await export_cycle(server.app_url, circles.cycle_id, None)
    facts = tmp_path / "facts.json"
    facts.write_bytes(files["facts.json"])
    command = [str(Path(sys.executable).with_name("kaohe")), "score", str(facts), "--format", "json"]
    scored = subprocess.run(command, capture_output=True, check=True)  # noqa: ASYNC221
    assert scored.stdout == files["result.json"]


async def test_a_staff_month_counts_records_of_the_year_so_far(
    browser: Browser, database: Database, fresh_world: World
) -> None:
    given: list[Any] = [
        ("w1", "window", "不动产登记窗口", {}, None, None), ("s1", "staff", "甲", {}, "w1", None),
    ]  # fmt: skip
    month = await make_running(database, fresh_world.county, "window-staff", "2026-03", given, channels=())
    # The cap of 2 a year for banners: four in January leave nothing for March.
    await log(database, month, "s1", "staff.bonus.banner", date(2026, 1, 8), 20260000001, count=4)
    await log(database, month, "s1", "staff.bonus.banner", date(2026, 3, 8), 20260000002, count=1)
    await log(database, month, "s1", "staff.attendance.absent", date(2026, 3, 4), 20260000003, count=2)
    run_id = await computed(browser, database, month)
    assert (await totals(database, month, run_id))["s1"][0] == "98.00"
    page = (await browser.get(f"/cycles/{month.cycle_id}/results/{month.subjects['s1']}")).text
    assert "2026-0000003" in page


async def test_nothing_is_released_before_it_is_confirmed(
    browser: Browser, database: Database, circles: Running
) -> None:
    run_id = await computed(browser, database, circles)
    await browser.as_(circles.place[Role.APPROVER])
    assert (await browser.post(f"/cycles/{circles.cycle_id}/releases", {"run": str(run_id)})).status_code == 409


async def test_a_party_sees_its_own_sheet_and_its_groups_ranking_once_released(
    browser: Browser, database: Database, circles: Running, fresh_world: World
) -> None:
    await computed(browser, database, circles)
    lead = fresh_world.county[Role.LEAD]
    await browser.as_(lead)
    assert "还没有结果" in (await browser.get("/results")).text
    release = await released(browser, database, circles)
    await browser.as_(lead)
    page = (await browser.get(f"/results/{release}")).text
    assert "青羊区政务服务中心" in page  # the ranking of its circle
    assert "郫县政务服务中心" not in page
    mine = await browser.get(f"/results/{release}/{circles.subjects['jinjiang']}")
    assert (mine.status_code, "抽查五件超时" in mine.text) == (200, True)
    assert (await browser.get(f"/results/{release}/{circles.subjects['qingyang']}")).status_code == 404
    assert "已发布（第 1 版）" in (await browser.get("/inbox")).text


async def test_staff_see_only_their_own_sheet(browser: Browser, database: Database, fresh_world: World) -> None:
    given: list[Any] = [
        ("w1", "window", "不动产登记窗口", {}, None, None), ("s1", "staff", "甲", {}, "w1", None),
        ("s2", "staff", "乙", {}, "w1", None),
    ]  # fmt: skip
    staff = fresh_world.county[Role.STAFF]
    month = await make_running(
        database, fresh_world.county, "window-staff", "2026-03", given, channels=(), staff={"s1": staff}
    )
    release = await released(browser, database, month)
    await browser.as_(staff)
    assert (await browser.get(f"/results/{release}/{month.subjects['s1']}")).status_code == 200
    assert (await browser.get(f"/results/{release}/{month.subjects['s2']}")).status_code == 404
    page = (await browser.get(f"/results/{release}")).text
    assert "甲" in page
    assert "乙</a>" not in page


async def test_scores_are_the_hosts_alone_until_released(
    browser: Browser, database: Database, circles: Running, fresh_world: World
) -> None:
    await computed(browser, database, circles)
    async with database.tenant(circles.place.id, read_only=True) as session:
        assert (await session.execute(text("SELECT count(*) FROM sheets"))).scalar_one() == 3
    for table in ("runs", "sheets", "decisions", "releases", "released_sheets", "standings"):
        assert await count(database, fresh_world.county.id, table) == 0
    await released(browser, database, circles)
    for table, seen in (("runs", 0), ("sheets", 0), ("releases", 0), ("released_sheets", 1), ("standings", 1)):
        assert await count(database, fresh_world.county.id, table) == seen
        assert await count(database, fresh_world.stranger.id, table) == 0


async def count(database: Database, tenant_id: UUID, table: str) -> int:
    async with database.tenant(tenant_id, read_only=True) as session:
        return (await session.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one()


async def test_the_approver_changes_a_proposal_with_a_reason(
    browser: Browser, database: Database, circles: Running
) -> None:
    run_id = await computed(browser, database, circles)
    await browser.as_(circles.place[Role.APPROVER])
    path = f"/cycles/{circles.cycle_id}/results/{circles.subjects['qingyang']}"
    assert (await browser.post(f"{path}/decision", {"honours": "优秀", "reason": ""})).status_code == 422
    assert (await browser.post(f"{path}/decision", {"honours": "优秀", "reason": "小组决定"})).status_code == 303
    await browser.post(f"/cycles/{circles.cycle_id}/runs/{run_id}/confirmation")
    assert (await browser.post(f"{path}/decision", {"reason": "反悔"})).status_code == 409
    await browser.post(f"/cycles/{circles.cycle_id}/releases", {"run": str(run_id)})
    async with database.tenant(circles.place.id, read_only=True) as session:
        rows = await session.execute(
            select(ReleasedSheet.subject, ReleasedSheet.honours).order_by(ReleasedSheet.subject)
        )
        assert [tuple(row) for row in rows] == [("jinjiang", []), ("pixian", []), ("qingyang", ["优秀"])]


async def test_what_the_leading_group_settles_itself_is_agreed_to_line_by_line(
    browser: Browser, database: Database, circles: Running
) -> None:
    special = {"leaf": "circle.deduct.special", "entries": [{"amount": "3", "note": "拒不执行督办决定"}]}
    async with database.tenant(circles.place.id) as session:
        await session.execute(update(Finding).where(Finding.leaf == "circle.bonus.streamline").values(**special))
    run_id = await computed(browser, database, circles)
    await browser.as_(circles.place[Role.APPROVER])
    path = f"/cycles/{circles.cycle_id}/runs/{run_id}/confirmation"
    asked = await browser.post(path)
    assert asked.status_code == 200
    assert "拒不执行督办决定" in asked.text
    assert "第十条(七)" in asked.text
    refused = await browser.post(path, {"asked": "1"})
    assert refused.status_code == 422
    assert '<a href="#approved">请逐条审定后勾选同意。</a>' in refused.text
    assert (await browser.post(path, {"asked": "1", "approved": "1"})).status_code == 303
    agreed = "SELECT detail::json->'approved' FROM audit_log WHERE action = 'result.confirmed'"
    async with database.tenant(circles.place.id, read_only=True) as session:
        [line] = (await session.execute(text(agreed))).scalar_one()
    assert (line["leaf"], line["amount"]) == ("circle.deduct.special", "-3.00")


async def test_a_correction_makes_a_new_version_and_leaves_the_old_one_as_it_was(
    browser: Browser, database: Database, server: EmbeddedServer, circles: Running
) -> None:
    await released(browser, database, circles)
    first = await export_cycle(server.app_url, circles.cycle_id, 1)
    async with database.tenant(circles.place.id) as session:
        await session.execute(
            update(Finding).where(Finding.leaf == "circle.bonus.streamline").values(entries=[{"amount": "2"}])
        )
    await released(browser, database, circles)
    assert await export_cycle(server.app_url, circles.cycle_id, 1) == first
    assert (await export_cycle(server.app_url, circles.cycle_id, 2))["result.json"] != first["result.json"]
    page = (await browser.get(f"/cycles/{circles.cycle_id}/releases")).text
    assert "<del>75.00</del> <ins>72.00</ins>" in page
    with pytest.raises(ProgrammingError, match="permission denied"):
        async with database.tenant(circles.place.id) as session:
            await session.execute(text("UPDATE releases SET note = 'x'"))


async def test_ranking_is_exported_as_a_spreadsheet(browser: Browser, database: Database, circles: Running) -> None:
    await computed(browser, database, circles)
    answer = await browser.get(f"/cycles/{circles.cycle_id}/results.csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [(row["名称"], row["名次"], row["总分"]) for row in rows] == [
        ("青羊区政务服务中心", "1", "75.00"), ("锦江区政务服务中心", "2", "70.00"), ("郫县政务服务中心", "1", "70.00"),
    ]  # fmt: skip
    assert [(row["扣分"], row["扣分（项目）"]) for row in rows] == [
        ("0.00", "0.00"),
        ("-8.50", "-8.50"),
        ("0.00", "0.00"),
    ]
    assert (await browser.get(f"/cycles/{circles.cycle_id}/results.xlsx")).content[:2] == b"PK"


async def test_ranking_costs_the_same_queries_for_few_and_many(
    browser: Browser, database: Database, fresh_world: World
) -> None:
    costs = []
    for period, size in (("2025", 2), ("2026", 60)):
        given: list[Any] = [
            (f"c{period}-{n}", "centre", f"第{n}中心", {"circle": "1"}, None, None) for n in range(size)
        ]
        many = await make_running(database, fresh_world.city, "district-circles", period, given, channels=())
        await computed(browser, database, many)
        costs.append(await cost(browser, database, f"/cycles/{many.cycle_id}/results"))
    assert costs[0] == costs[1] <= 6


async def cost(browser: Browser, database: Database, path: str) -> int:
    """How many statements a page sends."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(database.engine.sync_engine, "before_cursor_execute", note)
    try:
        assert (await browser.get(path)).status_code == 200
    finally:
        event.remove(database.engine.sync_engine, "before_cursor_execute", note)
    return len(seen)


async def test_subjects_of_another_tenants_cycle_are_absent(
    browser: Browser, database: Database, circles: Running, fresh_world: World
) -> None:
    await computed(browser, database, circles)
    await browser.as_(fresh_world.stranger[Role.ORGANISER])
    for path in ("results", "releases", f"results/{circles.subjects['jinjiang']}", "results.csv"):
        assert (await browser.get(f"/cycles/{circles.cycle_id}/{path}")).status_code == 404
