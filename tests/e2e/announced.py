"""A cycle that others have announced, in which self-assessment is open: each centre's address for its claims."""

from __future__ import annotations

from datetime import timedelta

from kaohe.clock import today
from kaohe.cycles.agenda import Dates
from kaohe.db.session import Database
from kaohe.demo import cycles as playing
from kaohe.demo.actors import actor


async def claims_of_centres(database: Database) -> dict[str, str]:
    organiser, day = await actor(database, "rc.organiser"), today()
    cycle_id = await playing.issue(
        organiser, "district-circles", str(day.year - 3), "已发出通知的考核", kinds={"centre": "all"}, on=day,
        dates=[Dates("self_assessment", day, day + timedelta(9)), Dates("grading", day + timedelta(10), day + timedelta(19)),
               Dates("confirmation", day + timedelta(20), day + timedelta(25))],
        assessors=[(await actor(database, "rc.assessor1"), "")],
    )  # fmt: skip
    taking_part = await playing.participations(organiser, cycle_id)
    return {one.subject_name: f"/self-assessments/{one.id}/claims" for one in taking_part}
