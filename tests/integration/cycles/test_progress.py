"""While a cycle runs: who is late, reminders, extensions, closing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from kaohe.clock import today
from kaohe.cycles import board, queries, service
from kaohe.cycles.models import Assignment, Extension, Participation
from kaohe.cycles.phases import by_name
from kaohe.cycles.reminders import due_days
from kaohe.cycles.schemes import PHASES
from kaohe.db.session import Database, Scope
from kaohe.identity.models import Role
from kaohe.inbox.models import Message
from tests.factories.browser import Browser
from tests.factories.cycles import CIRCLES, add_centres, add_subject, issued_cycle, rows, time_passes
from tests.factories.queries import queries_of
from tests.factories.world import World

pytestmark = pytest.mark.anyio


async def test_phases_open_and_close_by_their_dates(database: Database, fresh_world: World) -> None:
    await add_centres(database, fresh_world)
    cycle_id = await issued_cycle(database, fresh_world.city, CIRCLES, days=3)
    async with database.tenant(fresh_world.city.id, read_only=True) as session:
        phases = await service.phases(session, cycle_id)
    states = [
        tuple(service.phase_state(phases, phase, today() + timedelta(days=day)) for phase in PHASES)
        for day in (-1, 0, 2, 3, 9)
    ]
    assert states == [
        ("scheduled", "scheduled", "scheduled"), ("open", "scheduled", "scheduled"), ("open", "scheduled", "scheduled"),
        ("closed", "open", "scheduled"), ("closed", "closed", "closed"),
    ]  # fmt: skip
    assert service.phase_state([], "grading", today()) == "none"


async def test_the_board_puts_the_late_ones_first(database: Database, fresh_world: World) -> None:
    city = fresh_world.city
    await add_centres(database, fresh_world)
    cycle_id = await issued_cycle(database, city, CIRCLES, days=3)
    async with database.tenant(city.id) as session:
        filed = Participation.subject_code == "c1"
        await session.execute(update(Participation).where(filed).values(filing_state="filed"))
    await time_passes(database, city, 4)
    async with database.tenant(city.id, read_only=True) as session:
        due = due_days(by_name(await queries.phases(session, cycle_id)))
        found = await board.rows(session, cycle_id, due, today())
        numbers = await board.numbers(session, cycle_id, due, today())
    assert [(row.group_name, row.receipt_late, row.self_assessment_late, row.grading_late) for row in found] == [
        ("第一圈层", 4, 0, 0), ("第二圈层", 4, 2, 0),
    ]  # fmt: skip
    assert [(row.group_name, row.subjects, row.filed, row.late) for row in numbers] == [
        ("第一圈层", 1, 1, 1), ("第二圈层", 1, 0, 1),
    ]  # fmt: skip


async def test_groups_stand_in_the_order_of_the_scheme_not_of_their_names(
    database: Database, fresh_world: World
) -> None:
    city = fresh_world.city
    await add_centres(database, fresh_world)
    await add_subject(database, city, "c3", "centre", attributes={"circle": "3"})
    cycle_id = await issued_cycle(database, city, CIRCLES)
    async with database.tenant(city.id, read_only=True) as session:
        due = due_days(by_name(await queries.phases(session, cycle_id)))
        numbers = await board.numbers(session, cycle_id, due, today())
        taking_part = await queries.participants(session, cycle_id)
    for found in (numbers, taking_part):
        assert [row.group_name for row in found] == ["第一圈层", "第二圈层", "第三圈层"]


async def test_one_click_reminds_the_late_and_only_them(
    database: Database, fresh_world: World, browser: Browser
) -> None:
    world = fresh_world
    await add_centres(database, world)
    cycle_id = await issued_cycle(database, world.city, CIRCLES, days=3)
    async with database.tenant(world.city.id) as session:
        done = Participation.subject_code == "c1"
        await session.execute(
            update(Participation).where(done).values(filing_state="filed", reports={"report:self-check": "2026-01-01"})
        )
    await time_passes(database, world.city, 7)
    await browser.as_(world.city[Role.ORGANISER])
    await browser.post(f"/cycles/{cycle_id}/reminders")
    titles = {place.slug: {row[0] for row in await rows(database, place, Message.title) if row[0].startswith("催办")}
              for place in (world.county, world.sibling, world.city)}  # fmt: skip
    year = today().year
    assert titles[world.sibling.slug] == {f"催办：{year}考核的自评和报告已逾期"}
    assert titles[world.county.slug] == {f"催办：请确认收到 {year}考核的通知"}
    assert titles[world.city.slug] == {f"催办：{year}考核的评分已逾期"}


async def extension(browser: Browser, cycle_id: UUID, chosen: Any, until: Any, reason: str = "系统迁移") -> Any:
    posted = {"participation": chosen, "until": until, "reason": reason}
    return await browser.post(f"/cycles/{cycle_id}/extensions", posted)


async def test_an_extension_moves_one_unit_s_last_day_and_tells_it(
    database: Database, fresh_world: World, browser: Browser
) -> None:
    world = fresh_world
    await add_centres(database, world)
    cycle_id = await issued_cycle(database, world.city, CIRCLES, days=3)
    await time_passes(database, world.city, 4)
    found = dict(await rows(database, world.city, Participation.party_id, Participation.id))
    until = today() + timedelta(days=5)
    await browser.as_(world.city[Role.ORGANISER])
    assert (await extension(browser, cycle_id, str(found[world.county.id]), until.isoformat())).status_code == 303
    [theirs] = await rows(database, world.county, Extension.until, Extension.reason)
    assert theirs == (until, "系统迁移")
    assert f"自评延期至 {until}" in " ".join(row[0] for row in await rows(database, world.county, Message.title))
    async with database.tenant(world.city.id, read_only=True) as session:
        states = {
            row.party_id: service.filing_state(row, today()) for row in await service.participations(session, cycle_id)
        }
    assert states == {world.county.id: "open", world.sibling.id: "closed"}


@pytest.mark.parametrize(
    ("days", "reason", "said"),
    [(-20, "晚", "延期后的日期应更晚"), (9, "", "请填写延期理由"), (None, "晚", "请填写延期至")],
)
async def test_an_extension_without_sense_or_reason_is_refused(
    database: Database, fresh_world: World, browser: Browser, days: int | None, reason: str, said: str
) -> None:
    await add_centres(database, fresh_world)
    cycle_id = await issued_cycle(database, fresh_world.city, CIRCLES)
    [(first,), *_others] = await rows(database, fresh_world.city, Participation.id)
    await browser.as_(fresh_world.city[Role.ORGANISER])
    until = "" if days is None else (today() + timedelta(days=days)).isoformat()
    answer = await extension(browser, cycle_id, str(first), until, reason)
    assert answer.status_code == 422
    assert said in answer.text
    assert await rows(database, fresh_world.city, Extension.id) == []


async def test_another_cycle_s_participant_cannot_be_extended(
    database: Database, fresh_world: World, browser: Browser
) -> None:
    await add_centres(database, fresh_world)
    mine, other = [await issued_cycle(database, fresh_world.city, CIRCLES) for _ in range(2)]
    async with database.tenant(fresh_world.city.id, read_only=True) as session:
        strange = (await service.participations(session, other))[0].id
    await browser.as_(fresh_world.city[Role.ORGANISER])
    until = (today() + timedelta(days=30)).isoformat()
    assert (await extension(browser, mine, str(strange), until)).status_code == 404


async def test_a_closed_cycle_takes_nothing_more(database: Database, fresh_world: World, browser: Browser) -> None:
    city = fresh_world.city
    await add_centres(database, fresh_world)
    cycle_id = await issued_cycle(database, city, CIRCLES, days=3)
    await time_passes(database, city, 40)
    await browser.as_(city[Role.ORGANISER])
    assert "逾期 40 天" in (await browser.get(f"/cycles/{cycle_id}/progress")).text
    assert (await browser.post(f"/cycles/{cycle_id}/closing")).status_code == 303
    assert "逾期 40 天" not in (await browser.get(f"/cycles/{cycle_id}/progress")).text
    assert (await browser.post(f"/cycles/{cycle_id}/closing")).status_code == 409
    assert (await browser.post(f"/cycles/{cycle_id}/reminders")).status_code == 409
    async with database.tenant(city.id, read_only=True) as session:
        assert await service.my_assignments(session, city[Role.ASSESSOR].id) == []
        assert len((await session.execute(select(Assignment.id))).all()) == 2


async def test_pages_cost_the_same_for_two_and_for_two_hundred(
    database: Database, fresh_world: World, browser: Browser
) -> None:
    city = fresh_world.city
    await add_centres(database, fresh_world)
    small = await issued_cycle(database, city, CIRCLES)
    for number in range(60):
        circle = {"circle": str(number % 3 + 1)}
        await add_subject(database, city, f"x{number:03}", "centre", name=f"{number}号中心", attributes=circle)
    large = await issued_cycle(database, city, CIRCLES)
    await browser.as_(city[Role.ORGANISER])
    for path in ("", "/progress", "/extensions"):
        counts = [await queries_of(database, browser, f"/cycles/{cycle_id}{path}") for cycle_id in (small, large)]
        assert counts[0] == counts[1]
        assert counts[0] <= 6


async def test_the_party_sees_nothing_of_the_host_s_board(
    fresh_world: World, database: Database, browser: Browser
) -> None:
    await add_centres(database, fresh_world)
    cycle_id = await issued_cycle(database, fresh_world.city, CIRCLES)
    await browser.as_(fresh_world.county[Role.ORGANISER])
    assert (await browser.get(f"/cycles/{cycle_id}/progress")).status_code == 404
    async with database.begin(Scope(fresh_world.county.id)) as session:
        assert await service.participations(session, cycle_id) == []
