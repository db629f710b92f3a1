"""From a draft to a cycle that runs: who takes part, who grades, who is told."""

from __future__ import annotations

from uuid import UUID

import pytest

from kaohe.audit.models import AuditEntry
from kaohe.catalogue.service import installed_scheme
from kaohe.cycles import drafts, queries, service
from kaohe.cycles.issuing import issue_notice
from kaohe.cycles.models import Assignment, Cycle, Participation
from kaohe.db.session import Database
from kaohe.errors import Conflict, Invalid
from kaohe.identity.models import Role
from kaohe.inbox.models import Delivery, Message
from tests.factories.browser import Browser
from tests.factories.cycles import CIRCLES, STAFF, add_centres, add_windows, draft_cycle, issued_cycle, rows
from tests.factories.world import Place, World, make_person

pytestmark = pytest.mark.anyio


async def test_the_notice_pins_the_scheme_and_makes_participants_of_two_parties(
    database: Database, fresh_world: World
) -> None:
    world = fresh_world
    subjects = await add_centres(database, world)
    cycle_id = await issued_cycle(database, world.city, CIRCLES)
    scheme = installed_scheme(CIRCLES)
    [cycle] = await rows(database, world.city, Cycle.state, Cycle.scheme_version, Cycle.scheme_hash, Cycle.parameters)
    assert tuple(cycle)[:3] == ("issued", scheme.version, scheme.content_hash)
    assert sorted(cycle.parameters) == sorted(scheme.parameters)
    found = await rows(database, world.city, Participation.subject_id, Participation.party_id, Participation.group_name)
    assert {(row.subject_id, row.party_id) for row in found} == {
        (subjects[world.county.slug], world.county.id), (subjects[world.sibling.slug], world.sibling.id),
    }  # fmt: skip
    [theirs] = await rows(database, world.county, Participation.notice, Participation.party_id)
    assert theirs.party_id == world.county.id
    assert (theirs.notice["cycle"], theirs.notice["host"]) == (str(cycle_id), world.city.name)


async def test_the_notice_lies_in_the_party_s_inbox_and_its_receipt_in_the_host_s_row(
    database: Database, fresh_world: World, browser: Browser
) -> None:
    world = fresh_world
    await add_centres(database, world)
    await issued_cycle(database, world.city, CIRCLES)
    told = {row.person_id for row in await rows(database, world.county, Delivery.person_id)}
    assert told == {world.county[role].id for role in (Role.REPORTER, Role.LEAD)}
    [message] = await rows(database, world.county, Message.id, Message.asks_receipt)
    assert message.asks_receipt
    await browser.as_(world.county[Role.LEAD])
    assert (await browser.post(f"/inbox/{message.id}/receipt")).status_code == 303
    found = await rows(database, world.city, Participation.party_id, Participation.receipt_by)
    assert {row.party_id: row.receipt_by for row in found} == {
        world.county.id: world.county[Role.LEAD].name, world.sibling.id: None,
    }  # fmt: skip


async def test_own_units_are_told_one_by_one_and_the_others_together(
    database: Database, fresh_world: World, browser: Browser
) -> None:
    county = fresh_world.county
    windows = await add_windows(database, county, windows=3)
    reporter = await make_person(database, county.id, Role.REPORTER, tag=f"w1-{county.slug}", subject_id=windows[0])
    await issued_cycle(database, county, STAFF)
    messages = await rows(database, county, Message.id, Message.subject_id)
    assert {row.subject_id for row in messages} == {windows[0], None}
    await browser.as_(reporter)
    await browser.post(f"/inbox/{next(row.id for row in messages if row.subject_id)}/receipt")
    found = await rows(database, county, Participation.subject_code, Participation.receipt_by)
    assert {row.subject_code for row in found if row.receipt_by == reporter.name} == {"w1", "w1s1", "w1s2"}
    await browser.as_(county[Role.LEAD])
    await browser.post(f"/inbox/{next(row.id for row in messages if not row.subject_id)}/receipt")
    assert {row.receipt_by for row in await rows(database, county, Participation.receipt_by)} == {
        reporter.name, county[Role.LEAD].name,
    }  # fmt: skip


async def test_a_scheme_of_daily_records_has_nothing_to_fill_in_or_to_grade(
    database: Database, fresh_world: World
) -> None:
    await add_windows(database, fresh_world.county)
    cycle_id = await issued_cycle(database, fresh_world.county, STAFF)
    async with database.tenant(fresh_world.county.id, read_only=True) as session:
        assert [row.phase for row in await queries.phases(session, cycle_id)] == ["confirmation"]
    assert await rows(database, fresh_world.county, Assignment.id) == []


async def test_recused_assessors_get_everything_but_that_subject(database: Database, fresh_world: World) -> None:
    world = fresh_world
    subjects = await add_centres(database, world)
    cycle_id = await draft_cycle(database, world.city, CIRCLES)
    second = await make_person(database, world.city.id, Role.ASSESSOR, tag=f"second-{world.city.slug}")
    async with database.tenant(world.city.id) as session:
        people = [(one.id, one.name, "") for one in (world.city[Role.ASSESSOR], second)]
        await drafts.choose_assessors(session, cycle_id, 4, people)
        await session.flush()
        await drafts.recuse(session, cycle_id, [(second.id, subjects[world.county.slug])], "原任职单位")
    async with database.tenant(world.city.id) as session:
        await issue_notice(session, cycle_id, 6, world.city.name)
    async with database.tenant(world.city.id, read_only=True) as session:
        mine = await service.my_assignments(session, second.id)
        theirs = await service.my_assignments(session, world.city[Role.ASSESSOR].id)
    assert [row.subject_id for row in mine] == [subjects[world.sibling.slug]]
    assert {row.subject_id for row in theirs} == set(subjects.values())


async def test_a_notice_goes_out_once(database: Database, fresh_world: World) -> None:
    await add_centres(database, fresh_world)
    cycle_id = await issued_cycle(database, fresh_world.city, CIRCLES)
    async with database.tenant(fresh_world.city.id) as session:
        with pytest.raises(Conflict):
            await issue_notice(session, cycle_id, 5, fresh_world.city.name)
    assert len(await rows(database, fresh_world.city, Participation.id)) == 2
    actions = [row.action for row in await rows(database, fresh_world.city, AuditEntry.action)]
    assert actions.count("cycle.issued") == 1


async def refusals(database: Database, place: Place, cycle_id: UUID, version: int) -> str:
    async with database.tenant(place.id) as session:
        with pytest.raises(Invalid) as refused:
            await issue_notice(session, cycle_id, version, place.name)
        await session.rollback()
    return str(refused.value)


async def test_what_is_missing_in_a_draft_stands_in_the_way(database: Database, fresh_world: World) -> None:
    city = fresh_world.city
    await add_centres(database, fresh_world)
    cycle_id = await draft_cycle(database, city, CIRCLES, first_in=-30)
    assert "已经过去" in await refusals(database, city, cycle_id, 4)
    async with database.tenant(city.id) as session:
        await drafts.choose_subjects(session, cycle_id, 4, {"centre": "none"})
        await session.flush()
        await drafts.choose_assessors(session, cycle_id, 5, [])
    said = await refusals(database, city, cycle_id, 6)
    assert "还没有选择考核对象" in said
    assert "还没有选择考核人员" in said


async def test_an_assessor_who_alone_is_recused_leaves_nobody_to_grade(database: Database, fresh_world: World) -> None:
    city = fresh_world.city
    subjects = await add_centres(database, fresh_world)
    cycle_id = await draft_cycle(database, city, CIRCLES)
    async with database.tenant(city.id) as session:
        pairs = [(city[Role.ASSESSOR].id, subjects[fresh_world.county.slug])]
        await drafts.recuse(session, cycle_id, pairs, "亲属")
    assert "全部回避" in await refusals(database, city, cycle_id, 5)


async def test_a_second_cycle_of_the_same_period_is_told_before_it_goes_out(
    database: Database, fresh_world: World, browser: Browser
) -> None:
    await add_centres(database, fresh_world)
    await issued_cycle(database, fresh_world.city, CIRCLES)
    again = await draft_cycle(database, fresh_world.city, CIRCLES)
    await browser.as_(fresh_world.city[Role.ORGANISER])
    assert "同一方案、同一周期已有一次考核" in (await browser.get(f"/cycles/{again}/setup/check")).text
