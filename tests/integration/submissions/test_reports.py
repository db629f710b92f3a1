"""A report that the regulation asks for before the assessment: asked for, handed in, seen by those who assess."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import update

from kaohe.clock import now, today
from kaohe.cycles import board
from kaohe.cycles import service as cycles
from kaohe.cycles.models import Cycle, CyclePhase, Participation
from kaohe.cycles.phases import by_name
from kaohe.cycles.reminders import due_days
from kaohe.db.session import Database
from kaohe.grading import queries as grading
from kaohe.identity.models import Role
from kaohe.inbox.models import Message
from kaohe.submissions.filing import seal
from kaohe.submissions.models import FiledReport, FiledReportFile
from kaohe.submissions.reports import content_of
from kaohe.submissions.work import open_work
from tests.factories import files
from tests.factories.browser import Browser
from tests.factories.cycles import CIRCLES, add_centres, issued_cycle, rows, time_passes
from tests.factories.full import playing_as
from tests.factories.world import World

pytestmark = pytest.mark.anyio
KEY = "report:self-check"


async def asked(database: Database, world: World, days: int = 7) -> UUID:
    """The county's participation in the city's cycle; with one day the report is due when the self-assessment ends."""
    await add_centres(database, world)
    await issued_cycle(database, world.city, CIRCLES, days=days)
    found = await rows(database, world.county, Participation.id)
    return UUID(str(found[0][0]))


async def hand_in(browser: Browser, participation: UUID, name: str = "自查报告.pdf", key: str = KEY) -> str:
    address = f"/self-assessments/{participation}/reports"
    answer = await browser.post(address, {"report": key}, files=[("files", (name, files.pdf(), "application/pdf"))])
    return str(answer.status_code) if answer.is_redirect else answer.text


async def test_the_report_waits_on_the_home_page_until_it_is_handed_in(
    database: Database, fresh_world: World, browser: Browser
) -> None:
    world, participation = fresh_world, await asked(database, fresh_world)
    await browser.as_(world.county[Role.LEAD])
    home = (await browser.get("/")).text
    assert f"/self-assessments/{participation}/reports" in home
    due = dict(await rows(database, world.city, CyclePhase.phase, CyclePhase.closes_on))[KEY]
    assert due.isoformat() in (await browser.get(f"/self-assessments/{participation}/reports")).text
    assert await hand_in(browser, participation) == "303"
    assert f"/self-assessments/{participation}/reports" not in (await browser.get("/")).text
    assert "已交" in (await browser.get(f"/self-assessments/{participation}")).text


async def test_those_who_assess_read_it_and_others_do_not(
    database: Database, fresh_world: World, browser: Browser
) -> None:
    world, participation = fresh_world, await asked(database, fresh_world)
    await browser.as_(world.county[Role.LEAD])
    await hand_in(browser, participation, "第一份.pdf")
    await hand_in(browser, participation, "第二份.pdf")
    ((evidence_id,), _older) = await rows(database, world.city, FiledReportFile.evidence_id)
    async with database.tenant(world.city.id, read_only=True) as session:
        queue = await grading.of_person(session, world.city[Role.ASSESSOR].id)
    mine = next(row.id for row in queue if row.participation_id == participation)
    await browser.as_(world.city[Role.ASSESSOR])
    page = (await browser.get(f"/grading/{mine}")).text
    assert page.index("第二份.pdf") < page.index("第一份.pdf")
    assert (await browser.get(f"/evidence/{evidence_id}/view")).status_code == 200
    await browser.as_(world.city[Role.ORGANISER])
    assert "第二份.pdf" in (await browser.get(f"/submissions/{participation}")).text
    assert "还有 1 个没有交，共 2 个" in (await browser.get("/")).text
    await browser.as_(world.sibling[Role.LEAD])
    assert (await browser.get(f"/evidence/{evidence_id}/view")).status_code == 404
    assert (await browser.get(f"/self-assessments/{participation}/reports")).status_code == 404


async def test_what_is_wrong_with_a_report_is_told_at_its_field(
    database: Database, fresh_world: World, browser: Browser
) -> None:
    world, participation = fresh_world, await asked(database, fresh_world)
    await browser.as_(world.county[Role.LEAD])
    assert "没有要交的报告「report:other」" in await hand_in(browser, participation, key="report:other")
    answer = await browser.post(f"/self-assessments/{participation}/reports", {"report": KEY})
    assert (answer.status_code, "请选择报告文件" in answer.text) == (422, True)
    assert await rows(database, world.city, FiledReport.id) == []


async def test_the_unit_opens_what_it_handed_in_and_the_digest_is_of_that(
    database: Database, fresh_world: World, browser: Browser
) -> None:
    world, participation = fresh_world, await asked(database, fresh_world)
    lead = playing_as(database, world.county[Role.LEAD], world.county)
    await browser.as_(world.county[Role.LEAD])
    address = f"/self-assessments/{participation}/reports"
    both = [("files", (name, files.pdf(name), "application/pdf")) for name in ("报告.pdf", "附件.pdf")]
    answer = await browser.post(address, {"report": KEY, "body": "三个问题已经改正"}, files=both)
    page = await browser.get(answer.headers["location"])
    ((number, digest),) = await rows(database, world.city, FiledReport.number, FiledReport.digest)
    for words in ("自查报告已交", "三个问题已经改正", "报告.pdf", "附件.pdf", number, digest):
        assert words in page.text
    held = await rows(database, world.county, FiledReportFile.name, FiledReportFile.sha256, FiledReportFile.size)
    async with lead.at_work() as session:
        work = await open_work(session, lead, participation)
    assert digest == seal(content_of(work, KEY, "三个问题已经改正", sorted(held)))
    own = re.search(r'href="(/evidence/[0-9a-f-]+/view)">报告.pdf', page.text)
    assert own is not None
    assert (await browser.get(own[1])).status_code == 200
    await browser.as_(world.sibling[Role.LEAD])
    assert (await browser.get(answer.headers["location"])).status_code == 404


async def test_files_that_were_taken_are_kept_beside_one_that_is_refused(
    database: Database, fresh_world: World, browser: Browser
) -> None:
    world, participation = fresh_world, await asked(database, fresh_world)
    await browser.as_(world.county[Role.LEAD])
    address = f"/self-assessments/{participation}/reports"
    both = [
        ("files", ("报告.pdf", files.pdf(), "application/pdf")),
        ("files", ("附件.pdf", files.EXE, "application/pdf")),
    ]
    page = (await browser.post(address, {"report": KEY, "body": "说明在此"}, files=both)).text
    assert ("可执行程序" in page, "说明在此" in page) == (True, True)
    kept = re.findall(r'name="evidence" value="([0-9a-f-]+)"', page)
    assert (len(kept), await rows(database, world.city, FiledReport.id)) == (1, [])
    assert (await browser.post(address, {"report": KEY, "evidence": kept[0]})).status_code == 303
    assert await rows(database, world.city, FiledReportFile.name) == [("报告.pdf",)]


async def test_a_report_due_with_the_self_assessment_moves_with_its_extension(
    database: Database, fresh_world: World, browser: Browser
) -> None:
    world, participation = fresh_world, await asked(database, fresh_world, days=1)
    until = today() + timedelta(days=30)
    ((cycle_id,),) = await rows(database, world.city, Cycle.id)
    async with database.tenant(world.city.id) as session:
        who = world.city[Role.ORGANISER].id
        await cycles.extend(session, cycle_id, [participation], until=until, reason="汛期", by=who)
    await browser.as_(world.county[Role.LEAD])
    assert until.isoformat() in (await browser.get(f"/self-assessments/{participation}/reports")).text
    assert "还剩 30 天" in (await browser.get("/")).text
    told = await rows(database, world.county, Message.title, Message.body)
    assert [body for title, body in told if "延期" in title] == ["延期理由：汛期\n同日截止的报告一并延期。"]


async def test_the_board_shows_who_owes_a_report_and_reminds_them(
    database: Database, fresh_world: World, browser: Browser
) -> None:
    world, participation = fresh_world, await asked(database, fresh_world)
    await browser.as_(world.county[Role.LEAD])
    await hand_in(browser, participation)
    ((cycle_id,),) = await rows(database, world.city, Cycle.id)
    async with database.tenant(world.city.id) as session:
        filed = {"filing_state": "filed", "receipt_at": now()}
        await session.execute(update(Participation).where(Participation.tenant_id == world.city.id).values(filed))
    await time_passes(database, world.city, 6)
    async with database.tenant(world.city.id, read_only=True) as session:
        due = due_days(by_name(await cycles.phases(session, cycle_id)))
        found = await board.rows(session, cycle_id, due, today())
        ((reported,), (owing,)) = [(row.reported,) for row in await board.numbers(session, cycle_id, due, today())]
    assert [(row.reports_owed, row.reports_late) for row in found] == [(1, found[0].late), (0, 0)]
    assert (found[0].late > 0, reported + owing) == (True, 1)
    await browser.as_(world.city[Role.ORGANISER])
    page = (await browser.get(f"/cycles/{cycle_id}/progress")).text
    assert ("交报告" in page, f"逾期 {found[0].late} 天" in page) == (True, True)
    await browser.post(f"/cycles/{cycle_id}/reminders", {})
    told = [[title for (title,) in await rows(database, place, Message.title) if "报告已逾期" in title]
            for place in (world.sibling, world.county)]  # fmt: skip
    assert (len(told[0]), told[1]) == (1, [])
