"""Acting on what follows: who may, what is kept, when it is late, and the way of a rectification between two sides."""

from __future__ import annotations

import io
from datetime import timedelta
from uuid import UUID

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select, update

from kaohe.audit.models import AuditEntry
from kaohe.clock import today
from kaohe.db.session import Database
from kaohe.followups.models import Followup, FollowupEvidence
from kaohe.identity.models import Role
from kaohe.results.models import ReleasedSheet
from tests.factories.browser import Browser
from tests.factories.cycles import rows as rows_of
from tests.factories.files import pdf
from tests.factories.followups import failing, held, release, unit_lead
from tests.factories.grading import Running
from tests.factories.queries import queries_of
from tests.factories.world import World

pytestmark = pytest.mark.anyio

PAPER = ("整改报告.pdf", pdf(), "application/pdf")


@pytest.fixture
async def running(database: Database, fresh_world: World) -> Running:
    made = await failing(database, fresh_world)
    await release(database, made)
    return made


async def township(database: Database, running: Running) -> Followup:
    return (await held(database, running))["rectify/rectify", "丁镇"]


async def sets_due(browser: Browser, running: Running, row: Followup, days: int = 10, note: str = "") -> int:
    await browser.as_(running.place[Role.ORGANISER])
    typed = {"due": (today() + timedelta(days=days)).isoformat(), "version": str(row.version), "note": note}
    return (await browser.post(f"/followups/{row.id}/deadline", typed)).status_code


async def reports(browser: Browser, row_id: UUID, words: str = "已补充公开目录") -> int:
    answer = await browser.post(f"/followups/{row_id}/report", {"words": words}, files=[("files", PAPER)])
    return answer.status_code


async def settles(browser: Browser, *rows: Followup, **typed: str) -> str:
    data = {"followup": [f"{row.id}.{row.version}" for row in rows], "how": "done", "outcome": "已约谈主要负责人",
            "on": today().isoformat(), "document": "大政公开〔2026〕3 号"} | typed  # fmt: skip
    answer = await browser.post("/followups/settlement", data)
    return answer.text if answer.status_code in (409, 422) else str(answer.status_code)


async def late(database: Database, running: Running) -> None:
    async with database.tenant(running.place.id) as session:
        await session.execute(
            update(Followup).where(Followup.action == "rectify").values(due=today() - timedelta(days=3))
        )


async def test_several_are_settled_by_one_document(database: Database, running: Running, browser: Browser) -> None:
    rows = await held(database, running)
    pair = [rows["admonition-talk/talk", name] for name in ("丁镇", "县审批局")]
    await browser.as_(running.place[Role.ORGANISER])
    chosen = "&".join(f"followup={row.id}" for row in pair)
    assert "2 项一起办" in (await browser.get(f"/followups/settlement?{chosen}")).text
    assert await settles(browser, *pair) == "303"
    found = await held(database, running)
    assert {(found[row.key, row.subject_name].state, found[row.key, row.subject_name].document) for row in pair} == {
        ("done", "大政公开〔2026〕3 号")
    }
    assert "这一项刚被办理过" in await settles(browser, *pair)


async def test_not_doing_it_needs_a_reason_and_who_decided(
    database: Database, running: Running, browser: Browser
) -> None:
    row = (await held(database, running))["criticised/criticise", "丁镇"]
    await browser.as_(running.place[Role.ORGANISER])
    assert "不办的，请写明由谁决定" in await settles(browser, row, how="waived")
    assert "请填写不办的理由" in await settles(browser, row, how="waived", outcome="", decided_by="领导小组")
    tomorrow = (today() + timedelta(days=1)).isoformat()
    assert "在今天之后" in await settles(browser, row, on=tomorrow)
    assert await settles(browser, row, how="waived", outcome="已合并处理", decided_by="领导小组会议") == "303"
    found = (await held(database, running))["criticised/criticise", "丁镇"]
    assert (found.state, found.outcome, found.decided_by) == ("waived", "已合并处理", "领导小组会议")


async def test_what_was_registered_by_mistake_is_opened_again(
    database: Database, running: Running, browser: Browser
) -> None:
    row = (await held(database, running))["criticised/criticise", "丁镇"]
    await browser.as_(running.place[Role.ORGANISER])
    await settles(browser, row)
    again = {"version": str(row.version + 1), "why": "登记错了对象"}
    assert (await browser.post(f"/followups/{row.id}/reopening", again)).status_code == 303
    page = (await browser.get(f"/followups/{row.id}")).text
    assert (await held(database, running))["criticised/criticise", "丁镇"].state == "open"
    assert "登记错了对象" in page
    assert "已约谈主要负责人" in page  # what stood there stays in the history


async def test_a_rectification_goes_between_the_two_sides(
    database: Database, running: Running, browser: Browser, fresh_world: World
) -> None:
    row, lead = await township(database, running), fresh_world.township[Role.LEAD]
    assert await sets_due(browser, running, row) == 303
    await browser.as_(lead)
    home = (await browser.get("/")).text
    assert f"/followups/{row.id}" in home
    assert "还剩 10 天" in home
    assert "前交整改报告" in (await browser.get("/inbox")).text
    assert await reports(browser, row.id) == 303
    assert await reports(browser, row.id) == 409  # it lies with the organiser now
    await browser.as_(running.place[Role.ORGANISER])
    assert "1 份整改报告等待验收" in (await browser.get("/")).text
    row = await township(database, running)
    answer = await browser.post(f"/followups/{row.id}/return", {"version": str(row.version), "reason": "没有附目录"})
    assert answer.status_code == 303
    await browser.as_(lead)
    assert "没有附目录" in (await browser.get(f"/followups/{row.id}")).text
    assert await reports(browser, row.id, "目录已附上") == 303
    await browser.as_(running.place[Role.ORGANISER])
    assert await settles(browser, await township(database, running), outcome="验收合格") == "303"
    assert (await township(database, running)).state == "done"
    await browser.as_(lead)
    page = (await browser.get(f"/followups/{row.id}")).text
    assert "验收合格" in page
    assert "已整改" in page
    assert "整改已通过验收" in (await browser.get("/inbox")).text


async def test_each_side_opens_its_own_copy_of_the_report(
    database: Database, running: Running, browser: Browser, fresh_world: World
) -> None:
    row = await township(database, running)
    await browser.as_(fresh_world.township[Role.REPORTER])
    await reports(browser, row.id)
    async with database.tenant(running.place.id, read_only=True) as session:
        host, party = (await session.execute(select(FollowupEvidence.evidence_id, FollowupEvidence.origin_id))).one()
    assert (await browser.get(f"/evidence/{party}/view")).status_code == 200
    assert (await browser.get(f"/evidence/{host}/view")).status_code == 404
    await browser.as_(running.place[Role.ORGANISER])
    assert f"/evidence/{host}/view" in (await browser.get(f"/followups/{row.id}")).text
    assert (await browser.get(f"/evidence/{host}/view")).status_code == 200


async def test_what_is_late_is_told_to_both_sides_and_may_still_be_handed_in(
    database: Database, running: Running, browser: Browser, fresh_world: World
) -> None:
    await late(database, running)
    await browser.as_(running.place[Role.ORGANISER])
    assert "2 个对象没有按期交整改报告" in (await browser.get("/")).text
    listed = (await browser.get(f"/followups?cycle={running.cycle_id}&only=late")).text
    assert listed.count("逾期 3 天") == 2
    answer = await browser.post("/followups/reminders", {"cycle": str(running.cycle_id)})
    assert answer.status_code == 303
    row = await township(database, running)
    await browser.as_(fresh_world.township[Role.LEAD])
    assert "请尽快交整改报告" in (await browser.get("/inbox")).text
    assert "逾期 3 天" in (await browser.get("/")).text
    assert await reports(browser, row.id) == 303


async def test_a_unit_of_ones_own_sees_and_reports_only_what_is_its_own(
    database: Database, running: Running, browser: Browser
) -> None:
    lead = await unit_lead(database, running, "d1")
    rows = await held(database, running)
    own, other, whole = rows["rectify/rectify", "县审批局"], rows["rectify/rectify", "丁镇"], rows["result/file", ""]
    await browser.as_(lead)
    page = (await browser.get("/followups")).text
    assert str(own.id) in page
    assert str(other.id) not in page
    for row in (other, whole):
        assert (await browser.get(f"/followups/{row.id}")).status_code == 404
        assert await reports(browser, row.id) == 404
    assert await reports(browser, own.id) == 303
    assert (await browser.post("/followups/settlement", {"followup": str(own.id)})).status_code == 403


async def test_others_see_nothing(database: Database, running: Running, browser: Browser, fresh_world: World) -> None:
    row = await township(database, running)
    for place in (fresh_world.city, fresh_world.sibling, fresh_world.stranger):
        for role in (Role.ORGANISER, Role.LEAD):
            await browser.as_(place[role])
            assert (await browser.get(f"/followups/{row.id}")).status_code == 404
            assert str(row.id) not in (await browser.get("/followups?only=all")).text
        async with database.tenant(place.id, read_only=True) as session:
            assert (await session.execute(select(Followup.id))).all() == []
    await browser.as_(fresh_world.township[Role.ORGANISER])
    assert (await browser.get(f"/followups/settlement?followup={row.id}")).status_code == 303  # nothing of its own
    assert await settles(browser, row) == "404"


async def test_a_day_that_is_moved_needs_a_reason(database: Database, running: Running, browser: Browser) -> None:
    assert await sets_due(browser, running, await township(database, running), days=-1) == 422
    assert await sets_due(browser, running, await township(database, running)) == 303
    assert await sets_due(browser, running, await township(database, running), days=20) == 422
    assert await sets_due(browser, running, await township(database, running), days=20, note="汛期") == 303


async def test_the_sheet_and_the_ranking_show_what_became_of_it(
    database: Database, running: Running, browser: Browser, fresh_world: World
) -> None:
    row = (await held(database, running))["admonition-talk/talk", "丁镇"]
    await browser.as_(running.place[Role.ORGANISER])
    await settles(browser, row)
    ranking = (await browser.get(f"/cycles/{running.cycle_id}/results")).text
    assert "办结 1 / 2" in ranking
    assert f"/followups?cycle={running.cycle_id}" in ranking
    sheet = (await browser.get(f"/cycles/{running.cycle_id}/results/{running.subjects['t1']}")).text
    assert "已约谈主要负责人" in sheet
    await browser.as_(fresh_world.township[Role.LEAD])
    ((released,),) = await rows_of(database, fresh_world.township, ReleasedSheet.release_id)
    assert "已约谈主要负责人" in (await browser.get(f"/results/{released}/{running.subjects['t1']}")).text


async def test_the_list_as_a_spreadsheet(database: Database, running: Running, browser: Browser) -> None:
    await browser.as_(running.place[Role.ORGANISER])
    answer = await browser.get(f"/followups.xlsx?cycle={running.cycle_id}")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert rows[0][:4] == ["考核", "后续", "对谁", "分组"]
    assert len(rows) == 11
    assert {row[2] for row in rows[1:]} == {"丁镇", "县审批局", "全部对象"}


async def test_every_act_is_in_the_log(database: Database, running: Running, browser: Browser) -> None:
    row = (await held(database, running))["criticised/criticise", "丁镇"]
    await browser.as_(running.place[Role.ORGANISER])
    await settles(browser, row)
    async with database.tenant(running.place.id, read_only=True) as session:
        actions = set((await session.execute(select(AuditEntry.action))).scalars())
    assert {"followups.opened", "followup.done"} <= actions


async def test_the_list_costs_the_same_for_many(database: Database, running: Running, browser: Browser) -> None:
    await browser.as_(running.place[Role.ORGANISER])
    few = await queries_of(database, browser, "/followups?only=filed")
    assert few == await queries_of(database, browser, "/followups?only=all") <= 6
