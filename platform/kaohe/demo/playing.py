"""Playing a story: the records of its time, then each cycle from its notice to its release."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from kaohe.clock import pretending
from kaohe.cycles.agenda import CHANNEL
from kaohe.cycles.models import Assignment, Participation
from kaohe.db.session import Database
from kaohe.demo import cycles, filing, items, rating
from kaohe.demo.actors import Actor, actor
from kaohe.demo.dates import further_dates
from kaohe.demo.followups import follow
from kaohe.demo.stories import Decided, Played, Rater, Story, Told, dates, day_in, entries, period_of
from kaohe.grading import service as grading
from kaohe.grading.task import open_task
from kaohe.plugins import registry
from kaohe.records import service as records
from kaohe.registers import service as registers
from kaohe.results import queries
from kaohe.results import service as results
from kaohe.results.service import Wish
from kaohe.scheme.model import Scheme
from kaohe.scheme.periods import Period
from kaohe.settings import Settings
from kaohe.subjects.models import Subject
from kaohe.submissions.work import open_work

Happening = tuple[date, UUID, str, dict[str, object]]


async def play(settings: Settings, database: Database, story: Story) -> None:
    scheme = registry().schemes[story.scheme]
    people = {role: await actor(database, login) for role, login in story.people.items()}
    parts = [(told, period_of(scheme, told.period)) for told in story.cycles]
    if "inspector" in people:
        await _record(settings, scheme, people["inspector"], story, parts)
    await _register(scheme, people["organiser"], story, parts[0][1].start)
    for told, period in parts:
        await _play(settings, scheme, people, told, period)


async def _register(scheme: Scheme, organiser: Actor, story: Story, since: date) -> None:
    async with organiser.at_work() as session:
        ids = {row.code: row.id for row in await session.execute(select(Subject.code, Subject.id))}
        for name, entries in story.registers.items():
            for code, who in entries.items():
                register = registers.register_of(scheme, name)
                await registers.enter(session, organiser, scheme, register, ids[code], who, since, None)


async def _record(
    settings: Settings, scheme: Scheme, inspector: Actor, story: Story, parts: list[tuple[Played, Period]]
) -> None:
    """Everything that was seen, day by day, in one go."""
    async with inspector.at_work() as session:
        query = select(Subject.id, Subject.code, Subject.kind).order_by(Subject.code)
        known = (await session.execute(query)).all()
        seen = [each for told, period in parts for each in _seen(scheme, told, period, known)]
        ids = {row.code: row.id for row in known}
        seen += [(day, ids[code], leaf, entry) for day, code, leaf, entry in items.of(story.items, parts[0][1])]
        for day, subject_id, leaf, entry in sorted(seen, key=lambda each: each[0]):
            with pretending(day):
                draft = await records.draft_of(session, subject_id, scheme.id, leaf, day, entry)
                await records.confirm_record(settings, session, inspector, draft)


def _seen(scheme: Scheme, told: Played, period: Period, known: Sequence[Any]) -> Iterator[Happening]:
    ids = {row.code: row.id for row in known}
    for one in told.records:
        yield (
            day_in(period, one.day),
            ids[one.subject],
            one.leaf,
            entries(one.entry)[0] if one.entry else {"count": "1"},
        )
    chance = random.Random(f"{scheme.id} {told.period}")
    for often in told.often:
        able = [row.id for row in known if row.kind in scheme.leaves[often.leaf].kinds]
        for _ in range(often.times):
            day = period.start + timedelta(days=chance.randint(0, (period.end - period.start).days))
            if day.weekday() < 5:
                yield day, chance.choice(able), often.leaf, entries({"count": "1", **often.entry})[0]


async def _play(settings: Settings, scheme: Scheme, people: Mapping[str, Actor], told: Played, period: Period) -> None:
    organiser, approver = people["organiser"], people["approver"]
    raters = [(await actor(organiser.database, one.login), one) for one in told.raters]
    on = period.start if told.notice is None else period.end + timedelta(days=told.notice)
    title = told.title.format(year=period.start.year, month=period.start.month, week=period.text[-2:])
    cycle_id = await cycles.issue(
        organiser, scheme.id, period.text, title, kinds=told.kinds or {kind.id: "all" for kind in scheme.kinds}, on=on,
        dates=dates(told, period), assessors=[(who, one.channel) for who, one in raters],
    )  # fmt: skip
    phases = dates(told, period)
    calendar = {one.phase: one for one in [*phases, *further_dates(scheme, period, phases, on)]}
    if "self_assessment" in calendar:
        with pretending(calendar["self_assessment"].closes_on - timedelta(days=3)):
            await _assess_themselves(settings, organiser, cycle_id, told)
    if "grading" in calendar:
        for who, one in raters:
            span = calendar.get(CHANNEL + one.channel, calendar["grading"])
            with pretending(max(span.opens_on, span.closes_on - timedelta(days=3))):
                await _grade(who, one, cycle_id, told)
    released = calendar["confirmation"].opens_on
    await _release(organiser, approver, scheme, cycle_id, told, released)
    await follow(settings, organiser, cycle_id, told.followups, released)


async def _assess_themselves(settings: Settings, host: Actor, cycle_id: UUID, told: Played) -> None:
    answering: dict[UUID, tuple[Actor, Actor]] = {}
    for one in await cycles.participations(host, cycle_id):
        if one.party_id not in answering:
            answering[one.party_id] = await filing.people_of(host.database, one.party_id)
        reporter, lead = answering[one.party_id]
        subject = told.subjects.get(one.subject_code, Told())
        async with reporter.at_work() as session:
            work = await open_work(session, reporter, one.id)
        chance = random.Random(f"{one.subject_code} {work.row.notice['period']}")
        wanted = {leaf: (found, remark) for leaf, found, remark in rating.claimed(told, subject, work, chance)}
        await filing.fill_in(reporter, one, wanted)
        proofs = [leaf for leaf in wanted if wanted[leaf][0] and any(s.required for s in work.leaf(leaf).evidence)]
        if told.files:
            proofs += [leaf for leaf in wanted if leaf not in proofs][:2]
        await filing.attach(settings, reporter, one, proofs)
        await filing.hand_in_reports(settings, lead, one)
        await filing.file(settings, lead, one)


async def _grade(assessor: Actor, rater: Rater, cycle_id: UUID, told: Played) -> None:
    async with assessor.at_work() as session:
        query = (
            select(Assignment.id, Participation.subject_code)
            .join(Participation, (Participation.tenant_id == Assignment.tenant_id) & (Participation.id == Assignment.participation_id))
            .where(Assignment.cycle_id == cycle_id, Assignment.person_id == assessor.id, Assignment.channel == rater.channel)
            .order_by(Participation.subject_code)
        )  # fmt: skip
        mine = (await session.execute(query)).all()
    for row in mine:
        chance = random.Random(f"{assessor.name} {row.subject_code} {rater.channel}")
        async with assessor.at_work() as session:
            task = await open_task(session, assessor.id, row.id, lock=True)
            for leaf, mark in rating.marks(told, rater, task, chance):
                await grading.save_mark(session, task, leaf, mark, 0, assessor.name)
            await session.flush()
            await grading.file_assignment(session, await open_task(session, assessor.id, row.id, lock=True))


async def _release(organiser: Actor, approver: Actor, scheme: Scheme, cycle_id: UUID, told: Played, on: date) -> None:
    with pretending(on):
        run_id = await cycles.compute(organiser, cycle_id)
        async with approver.at_work() as session:
            for one in told.decisions:
                found = await session.execute(
                    select(Participation.subject_id).where(
                        Participation.cycle_id == cycle_id, Participation.subject_code == one.subject
                    )
                )
                subject_id = found.scalar_one()
                sheet = await queries.sheet(session, run_id, subject_id)
                assert sheet is not None
                await results.decide(session, scheme, run_id, subject_id, _wish(one, sheet), approver.id, approver.name)
        await cycles.publish(organiser, approver, cycle_id, run_id, told.note)


def _wish(one: Decided, sheet: Row[tuple[object, ...]]) -> Wish:
    grade = sheet.proposed_grade if one.grade is None else one.grade
    return Wish(grade, sheet.proposed_honours if one.honours is None else one.honours, one.reason)
