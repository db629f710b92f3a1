"""A city's own scheme in two versions, and a cycle that follows the first: rated, recorded, not released."""

from __future__ import annotations

import pytest

from kaohe.catalogue import service as catalogue
from kaohe.clock import today
from kaohe.cycles.models import Assignment, Cycle, Participation
from kaohe.db.session import Database, Scope
from kaohe.grading.models import Rating
from kaohe.identity.models import Role
from tests.factories.cycles import add_subject, issued_cycle, rows
from tests.factories.grading import Running
from tests.factories.results import file_everything, find
from tests.factories.world import Place, World
from tests.integration.results.conftest import circles as circles
from tests.integration.results.conftest import working as working

V1 = """\
id: {id}
version: "1"
title: 政务公开年度考核
regulation: 政务公开年度考核办法
periods: [year]
kinds:
  - {{id: centre, title: 服务中心}}
parameters:
  praise_cap: {{type: decimal, default: 10, min: 0, max: 20, unit: 分, title: 加分上限}}
  old_only: {{type: decimal, default: 3, min: 0, max: 9, title: 旧参数}}
indicators:
  - code: work
    title: 日常工作
    points: 60
    article: 第一条
    children:
      - {{code: .order, title: 秩序, rule: judged, points: 40, article: 第一条}}
      - {{code: .files, title: 台账, rule: check, points: 20, article: 第一条}}
  - code: fault
    title: 扣分
    line: deduction
    article: 第二条
    children:
      - {{code: .late, title: 迟报, rule: deduct, amount: 2, article: 第二条}}
      - {{code: .grave, title: 失误, rule: deduct-range, min: 1, max: 5, article: 第二条}}
  - code: praise
    title: 加分
    article: 第三条
    line: bonus
    caps: {{year: praise_cap}}
    children:
      - {{code: .given, title: 受表彰, rule: bonus, amount: old_only, article: 第三条}}
"""
V2 = (
    V1.replace('version: "1"', 'version: "2"')
    .replace("      - {{code: .files, title: 台账, rule: check, points: 20, article: 第一条}}\n",
             "      - {{code: .reply, title: 答复, rule: check, points: 20, article: 第一条, optional: true}}\n")
    .replace("amount: 2", "amount: 3").replace("max: 5,", "max: 3,")
    .replace("default: 10, min: 0, max: 20", "default: 4, min: 0, max: 12")
    .replace("  old_only: {{type: decimal, default: 3, min: 0, max: 9, title: 旧参数}}\n", "")
    .replace("amount: old_only", "amount: 1")
)  # fmt: skip


def scheme_id(place: Place) -> str:
    return f"own-{place.slug}-openness"


async def publish(database: Database, place: Place, text: str, reason: str) -> None:
    async with database.begin(Scope(place.id, place[Role.ORGANISER].id)) as session:
        await catalogue.publish_scheme(session, text.format(id=scheme_id(place)), reason=reason)


@pytest.fixture
async def running(database: Database, fresh_world: World) -> Running:
    """County: 36 + 20 − 2 − 4; sibling: 34 + 20 − 2. By the second version the county is ahead."""
    world, city = fresh_world, fresh_world.city
    await publish(database, city, V1, "首次发布")
    async with database.tenant(city.id) as session:
        await catalogue.set_parameters(
            session,
            scheme_id(city),
            {"praise_cap": "15"},
            valid_from=today().replace(month=1, day=1),
            reason="本级确定",
        )
    for code, place in (("c1", world.county), ("c2", world.sibling)):
        await add_subject(database, city, code, "centre", name=f"{place.name}政务中心", jurisdiction_id=place.id)
    cycle_id = await issued_cycle(database, city, scheme_id(city))
    taking = {row.subject_code: row for row in await rows(
        database, city, Participation.subject_code, Participation.id, Participation.subject_id)}  # fmt: skip
    made = Running(city, cycle_id, [city[Role.ASSESSOR]])
    made.participations |= {code: row.id for code, row in taking.items()}
    made.subjects |= {code: row.subject_id for code, row in taking.items()}
    await find(database, made, "c1", "fault.late", {"count": "1"})
    await find(database, made, "c1", "fault.grave", {"amount": "4", "note": "漏报"})
    await find(database, made, "c2", "fault.grave", {"amount": "2"})
    for code, rating in (("c1", "36"), ("c2", "34")):
        await find(database, made, code, "work.files", {"done": "full"})
        await _rate(database, made, code, rating)
    await file_everything(database, made)
    await publish(database, city, V2, "第二次修订")
    return made


async def _rate(database: Database, running: Running, code: str, rating: str) -> None:
    for row in await rows(database, running.place, Assignment.id, Assignment.participation_id):
        if row.participation_id == running.participations[code]:
            async with database.tenant(running.place.id) as session:
                session.add(Rating(assignment_id=row.id, participation_id=row.participation_id, leaf="work.order",
                                   entry={"rating": rating}))  # fmt: skip


async def pinned(database: Database, running: Running) -> Cycle:
    async with database.tenant(running.place.id, read_only=True) as session:
        found = await session.get(Cycle, (running.place.id, running.cycle_id))
        assert found is not None
        return found
