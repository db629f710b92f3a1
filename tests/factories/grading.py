"""A cycle that is being graded: subjects, two assessors, everybody assigned to everything."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from kaohe.clock import today
from kaohe.cycles.models import Assessor, Assignment, Cycle, CyclePhase, Participation
from kaohe.db.session import Database
from kaohe.identity.models import Role
from kaohe.plugins import registry
from kaohe.scheme import periods
from kaohe.subjects.models import Subject
from tests.factories.world import Place, Somebody, make_person


@dataclass
class Running:
    """`participations` and `subjects` by subject code; `assignments` by (login, subject code)."""

    place: Place
    cycle_id: UUID
    assessors: list[Somebody]
    participations: dict[str, UUID] = field(default_factory=dict)
    subjects: dict[str, UUID] = field(default_factory=dict)
    assignments: dict[tuple[str, str], UUID] = field(default_factory=dict)

    def path(self, number: int, code: str, leaf: str = "") -> str:
        return f"/grading/{self.assignments[self.assessors[number].login, code]}/{leaf}".rstrip("/")


# (code, kind, name, attributes, parent code, party)
Given = tuple[str, str, str, dict[str, Any], str | None, Place | None]


async def make_running(
    database: Database, place: Place, scheme_id: str, period: str, given: list[Given], *,
    channels: tuple[str, ...] = ("", ""), parameters: dict[str, Any] | None = None, closes: date | None = None,
    staff: dict[str, Somebody] | None = None,
) -> Running:  # fmt: skip
    """`channels`: one assessor each. `staff`: whose account a subject is."""
    tag = place.slug
    people = [place[Role.ASSESSOR]][: len(channels)]
    people += [
        await make_person(database, place.id, Role.ASSESSOR, tag=f"{n}-{tag}-{period}") for n in range(1, len(channels))
    ]
    scheme, span = registry().scheme(scheme_id), periods.parse(period)
    async with database.tenant(place.id, person_id=place[Role.ORGANISER].id) as session:
        cycle = Cycle(
            title=f"{period} {scheme.title}", scheme_id=scheme.id, scheme_version=scheme.version, scheme_hash="",
            parameters=parameters or {}, period=period, period_start=span.start, period_end=span.end, state="issued",
            created_by=place[Role.ORGANISER].id,
        )  # fmt: skip
        session.add(cycle)
        await session.flush()
        made = Running(place, cycle.id, people)
        closes = closes or today() + timedelta(days=9)
        session.add(
            CyclePhase(cycle_id=cycle.id, phase="grading", opens_on=closes - timedelta(days=20), closes_on=closes)
        )
        for person, channel in zip(people, channels, strict=True):
            session.add(Assessor(cycle_id=cycle.id, person_id=person.id, person_name=person.name, channel=channel))
        for code, kind, name, attributes, parent, party in given:
            subject = Subject(
                code=code, kind=kind, name=name, attributes=attributes, parent_id=made.subjects.get(parent or ""),
                jurisdiction_id=party.id if party else None, person_id=staff[code].id if staff and code in staff else None,
            )  # fmt: skip
            session.add(subject)
            await session.flush()
            taking = Participation(
                cycle_id=cycle.id, subject_id=subject.id, party_id=party.id if party else place.id, subject_code=code,
                subject_name=name, subject_kind=kind, group_name="", attributes=attributes, notice={"phases": []},
            )  # fmt: skip
            session.add(taking)
            await session.flush()
            made.subjects[code], made.participations[code] = subject.id, taking.id
            for person, channel in zip(people, channels, strict=True):
                work = Assignment(cycle_id=cycle.id, participation_id=taking.id, person_id=person.id, channel=channel)
                session.add(work)
                await session.flush()
                made.assignments[person.login, code] = work.id
    return made


def centres(world: Any) -> list[Given]:
    """Two counties of the city, in different circles."""
    return [
        ("jinjiang", "centre", "锦江区政务服务中心", {"circle": "1"}, None, world.county),
        ("pixian", "centre", "郫县政务服务中心", {"circle": "2"}, None, world.sibling),
    ]
