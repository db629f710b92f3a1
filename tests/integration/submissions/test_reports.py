"""A report that the regulation asks for before the assessment: asked for, handed in, seen by those who assess."""

from __future__ import annotations

from uuid import UUID

import pytest

from kaohe.cycles.models import CyclePhase, Participation
from kaohe.db.session import Database
from kaohe.grading import queries as grading
from kaohe.identity.models import Role
from kaohe.submissions.models import FiledReport
from tests.factories import files
from tests.factories.browser import Browser
from tests.factories.cycles import CIRCLES, add_centres, issued_cycle, rows
from tests.factories.world import World

pytestmark = pytest.mark.anyio
KEY = "report:self-check"


async def asked(database: Database, world: World) -> UUID:
    """The county's participation in the city's cycle, whose report is due with the self-assessment."""
    await add_centres(database, world)
    await issued_cycle(database, world.city, CIRCLES)
    found = await rows(database, world.county, Participation.id)
    return UUID(str(found[0][0]))


async def hand_in(browser: Browser, participation: UUID, name: str = "自查报告.pdf", key: str = KEY) -> str:
    address = f"/self-assessments/{participation}/reports"
    answer = await browser.post(address, {"report": key}, files=[("files", (name, files.pdf(), "application/pdf"))])
    return answer.text if answer.status_code == 422 else str(answer.status_code)


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
    ((evidence_id,), _older) = await rows(database, world.city, FiledReport.evidence_id)
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
