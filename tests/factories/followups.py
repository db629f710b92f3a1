"""A county's year of open government in which everybody fails, released once or again after a correction."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select

from kaohe.catalogue.service import installed_scheme
from kaohe.db.session import Database
from kaohe.demo import cycles as playing
from kaohe.followups.models import Followup
from kaohe.identity.models import Role
from kaohe.results import queries
from kaohe.results import service as results
from tests.factories.full import playing_as
from tests.factories.grading import Running, make_running
from tests.factories.results import file_everything, find
from tests.factories.world import Somebody, World, make_person

SCHEME = "open-gov-county"


async def failing(database: Database, world: World) -> Running:
    """Nothing is found for the county's own office `d1` and the township `t1`: 不合格 both."""
    given: list[Any] = [
        ("d1", "department", "县审批局", {}, None, None), ("t1", "township", "丁镇", {}, None, world.township),
    ]  # fmt: skip
    made = await make_running(database, world.county, SCHEME, "2025", given)
    await file_everything(database, made)
    return made


async def release(database: Database, running: Running) -> int:
    """Computed, confirmed, released; the number of the version."""
    place = running.place
    run_id = await playing.compute(playing_as(database, place[Role.ORGANISER], place), running.cycle_id)
    approver = playing_as(database, place[Role.APPROVER], place)
    async with approver.at_work() as session:
        await results.confirm_run(session, installed_scheme(SCHEME), running.cycle_id, run_id, approver.name)
    async with approver.at_work() as session:
        cycle = await queries.cycle(session, running.cycle_id)
        made = await results.release_run(session, cycle, run_id, "", approver.id, approver.name, place.name)
        return made.number


async def correct(database: Database, running: Running, code: str) -> None:
    """Everything of the subject turns out to be done."""
    scheme = installed_scheme(SCHEME)
    kind = "department" if code.startswith("d") else "township"
    for leaf in scheme.leaves.values():
        if kind in leaf.kinds and leaf.rule == "check":
            entry: dict[str, Any] = {"done": "full"}
            if leaf.fields:
                entry = {"fields": {"satisfied": "100", "basic": "0", "unsatisfied": "0"}}
            await find(database, running, code, leaf.code, entry)


async def held(database: Database, running: Running) -> dict[tuple[str, str], Followup]:
    """By consequence and subject."""
    async with database.tenant(running.place.id, read_only=True) as session:
        rows = (await session.execute(select(Followup).where(Followup.cycle_id == running.cycle_id))).scalars().all()
    assert len({(row.key, row.subject_id) for row in rows}) == len(rows)
    return {(row.key, row.subject_name): row for row in rows}


async def unit_lead(database: Database, running: Running, code: str) -> Somebody:
    """Who answers for one of the county's own subjects only."""
    place = running.place
    return await make_person(
        database, place.id, Role.LEAD, tag=f"{code}-{place.slug}", subject_id=running.subjects[code]
    )


def rectification(rows: dict[tuple[str, str], Followup], name: str = "丁镇") -> UUID:
    return rows["rectify/rectify", name].id
