"""A county's month from its records to the released result, computed again when a record is taken back."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from kaohe.clock import pretending, today
from kaohe.cycles.agenda import Dates
from kaohe.db.session import Database
from kaohe.demo import cycles as playing
from kaohe.demo.actors import actor
from kaohe.records import service as records
from kaohe.scheme import periods
from kaohe.settings import Settings
from kaohe.subjects.models import Subject
from tests.e2e import publishing
from tests.e2e.conftest import SignIn
from tests.e2e.standing import Standing
from tests.e2e.visitor import Visitor

pytestmark = pytest.mark.browser
SCHEME, TITLE, SOMEBODY = "window-staff", "上月窗口及工作人员绩效评价", "林启明"


def month(standing: Standing) -> str:
    """Announced by the organiser, with what the inspector saw: 1 point off, and 3."""

    async def happen(database: Database) -> str:
        organiser, inspector = await actor(database, "dayi.organiser"), await actor(database, "dayi.inspector")
        last = periods.containing(today().replace(day=1) - timedelta(1), "month")
        cycle_id = await playing.issue(
            organiser, SCHEME, f"{last.start:%Y-%m}", TITLE, kinds={"staff": "all", "window": "all"}, on=last.start,
            dates=[Dates("confirmation", last.end + timedelta(1), last.end + timedelta(7))],
        )  # fmt: skip
        day = last.start + timedelta(9)
        for leaf, entry in (
            ("staff.conduct.uniform", {"count": "1", "note": "未佩戴工牌"}),
            ("staff.attendance.leave", {"count": "1", "note": "先离岗后补假条"}),
        ):
            await see(standing, inspector, leaf, day, entry)
        return str(cycle_id)

    return standing.play(happen)


async def see(standing: Standing, inspector: playing.Actor, leaf: str, day: date, entry: dict[str, str]) -> None:
    settings = Settings(home=standing.home, database_url=standing.app_url)
    with pretending(day):
        async with inspector.at_work() as session:
            subject = (await session.execute(select(Subject.id).where(Subject.name == SOMEBODY))).scalar_one()
            draft = await records.draft_of(session, subject, SCHEME, leaf, day, entry)
            await records.confirm_record(settings, session, inspector, draft)


def total_of(organiser: Visitor, cycle_id: str) -> str:
    page = organiser.goes(f"/cycles/{cycle_id}/results?q={SOMEBODY}")
    return page.get_by_role("row").filter(has_text=SOMEBODY).locator("td.strong").inner_text()


def take_back(organiser: Visitor) -> None:
    """From the line of the sheet to the record behind it."""
    page = organiser.page
    page.get_by_role("link", name=SOMEBODY).click()
    organiser.looks("month-sheet")
    page.get_by_role("row").filter(has_text="先离岗后补假条").get_by_role("link").first.click()
    page.get_by_role("link", name="冲销").click()
    page.get_by_label("冲销原因").fill("查明事先已口头请假")
    organiser.presses("冲销这条记录")
    organiser.sees("已冲销，不计分")


def test_month_is_computed_corrected_and_released(sign_in: SignIn, standing: Standing, tmp_path: Path) -> None:
    cycle_id = month(standing)
    with sign_in("dayi.organiser") as organiser:
        publishing.compute(organiser, cycle_id)
        organiser.looks("month-ranking")
        assert total_of(organiser, cycle_id) == "96.00"
        take_back(organiser)
        publishing.compute(organiser, cycle_id, again=True)
        assert total_of(organiser, cycle_id) == "99.00"
    with sign_in("dayi.approver") as approver:
        publishing.release(approver, cycle_id)
    with sign_in("dayi.staff02") as staff:
        staff.goes("/results").get_by_role("link", name=TITLE).click()
        staff.sees("从基础分到总分")
        assert staff.page.get_by_text(SOMEBODY).count() == 0
    publishing.computed_again_is_the_same(standing, cycle_id, tmp_path, b"staff.conduct.uniform")
