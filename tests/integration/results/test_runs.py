"""Runs in the background: refused facts, a job cut off or done twice, one at a time."""

from __future__ import annotations

import pytest
from sqlalchemy import text, update

from kaohe.db.session import Database
from kaohe.grading.models import Finding
from kaohe.identity.models import Role
from kaohe.jobs import Job
from kaohe.results.jobs import compute
from tests.factories.browser import Browser
from tests.factories.grading import Running
from tests.factories.results import computed, find, state_of, totals

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("working")]


async def test_facts_that_cannot_be_scored_are_told_by_record_with_a_link(
    browser: Browser, database: Database, circles: Running
) -> None:
    async with database.tenant(circles.place.id) as session:
        await session.execute(
            update(Finding).where(Finding.leaf == "circle.bonus.leadership").values(entries=[{"amount": "9"}])
        )
        await session.execute(text("UPDATE participations SET attributes = '{}' WHERE subject_code = 'pixian'"))
    run_id = await computed(browser, database, circles)
    assert await state_of(database, circles, run_id) == "failed"
    page = (await browser.get(f"/cycles/{circles.cycle_id}/runs/{run_id}")).text
    assert f"/subjects/{circles.subjects['pixian']}" in page
    assert "锦江区政务服务中心" in page
    assert "9 不在" in page


async def test_a_run_that_was_cut_off_begins_again(browser: Browser, database: Database, circles: Running) -> None:
    run_id = await computed(browser, database, circles)
    job = Job(database, circles.place.id, circles.place[Role.ORGANISER].id, "考核办")
    async with database.tenant(circles.place.id) as session:
        await session.execute(text("UPDATE runs SET state = 'running', progress = 70"))
    await compute(job, cycle_id=str(circles.cycle_id), run_id=str(run_id))
    assert await state_of(database, circles, run_id) == "done"
    assert len(await totals(database, circles, run_id)) == 3


async def test_a_job_that_runs_twice_leaves_what_the_first_one_kept(
    browser: Browser, database: Database, circles: Running
) -> None:
    """A machine stood still, another one took its job over, and now both are at it: what was confirmed stays."""
    run_id = await computed(browser, database, circles)
    await find(database, circles, "pixian", "circle.bonus.leadership", {"amount": "4"})
    job = Job(database, circles.place.id, circles.place[Role.ORGANISER].id, "考核办")
    await compute(job, cycle_id=str(circles.cycle_id), run_id=str(run_id))
    assert (await totals(database, circles, run_id))["pixian"] == ("70.00", 1)
    assert await state_of(database, circles, run_id) == "done"


async def test_a_second_computation_waits_for_the_first(browser: Browser, database: Database, circles: Running) -> None:
    async with database.tenant(circles.place.id) as session:
        organiser = circles.place[Role.ORGANISER]
        values = {"cycle": circles.cycle_id, "who": organiser.id}
        await session.execute(
            text("INSERT INTO runs (cycle_id, requested_by, requested_by_name) VALUES (:cycle, :who, '李')"), values
        )
    await browser.as_(circles.place[Role.ORGANISER])
    assert (await browser.post(f"/cycles/{circles.cycle_id}/runs")).status_code == 409
