"""Subjects to assess, schemes switched on, and a cycle whose notice is out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from kaohe.catalogue.models import EnabledScheme
from kaohe.catalogue.service import installed_scheme, scheme_of
from kaohe.clock import today
from kaohe.cycles import drafts
from kaohe.cycles.agenda import Dates
from kaohe.cycles.drafts import Basics
from kaohe.cycles.issuing import issue_notice
from kaohe.cycles.models import CyclePhase, Participation
from kaohe.cycles.schemes import current_period, phases_of
from kaohe.db.session import Database, Scope
from kaohe.demo.dates import further_dates
from kaohe.identity.models import Role
from kaohe.scheme.model import Scheme
from kaohe.subjects.models import Subject
from tests.factories.world import Place, World

CIRCLES, STAFF = "district-circles", "window-staff"


async def enable(database: Database, place: Place, *schemes: str) -> None:
    async with database.tenant(place.id) as session:
        session.add_all(EnabledScheme(tenant_id=place.id, scheme_id=scheme) for scheme in schemes)


async def add_subject(database: Database, place: Place, code: str, kind: str, **values: Any) -> UUID:
    async with database.tenant(place.id) as session:
        made = Subject(code=code, kind=kind, name=values.pop("name", code), sort_key=code, **values)
        session.add(made)
        await session.flush()
        return made.id


async def add_centres(database: Database, world: World) -> dict[str, UUID]:
    """The two counties below the city as its subjects, in two circles."""
    await enable(database, world.city, CIRCLES)
    return {
        place.slug: await add_subject(database, world.city, code, "centre", name=f"{place.name}政务中心",
                                      jurisdiction_id=place.id, attributes={"circle": circle})
        for place, code, circle in ((world.county, "c1", "1"), (world.sibling, "c2", "2"))
    }  # fmt: skip


async def add_windows(database: Database, place: Place, windows: int = 2, staff: int = 2) -> list[UUID]:
    """Windows of one's own, each with its staff."""
    await enable(database, place, STAFF)
    found = []
    for number in range(1, windows + 1):
        window = await add_subject(database, place, f"w{number}", "window", name=f"{number}号窗口")
        found.append(window)
        for member in range(1, staff + 1):
            await add_subject(database, place, f"w{number}s{member}", "staff", name=f"{number}号窗口{member}",
                              parent_id=window)  # fmt: skip
    return found


async def rows(database: Database, place: Place, *columns: Any) -> list[Any]:
    """These columns of every row that the place may see."""
    async with database.tenant(place.id, read_only=True) as session:
        return list((await session.execute(select(*columns))).all())


async def time_passes(database: Database, place: Place, days: int) -> None:
    """As if everything had been dated that many days earlier."""
    back = timedelta(days=days)
    async with database.tenant(place.id) as session:
        await session.execute(
            update(CyclePhase).values(opens_on=CyclePhase.opens_on - back, closes_on=CyclePhase.closes_on - back)
        )
        await session.execute(
            update(Participation).where(Participation.tenant_id == place.id).values(
                self_assessment_opens=Participation.self_assessment_opens - back,
                self_assessment_closes=Participation.self_assessment_closes - back,
            )
        )  # fmt: skip


def dates(scheme: Scheme | str, *, first_in: int = 0, days: int = 7) -> list[Dates]:
    """Phases one after the other; `first_in` days from today the first one opens (before today: negative). Reports are
    due when the self-assessment ends; staged channels share the grading's days, one or more each."""
    found, start = [], today() + timedelta(days=first_in)
    scheme = installed_scheme(scheme) if isinstance(scheme, str) else scheme
    period = current_period(scheme, today())
    for phase in phases_of(scheme):
        end = start + timedelta(days=days - 1)
        found.append(Dates(phase, start, end))
        start = end + timedelta(days=1)
    return [*found, *further_dates(scheme, period, found, today())]


async def draft_cycle(database: Database, place: Place, scheme_id: str, *, first_in: int = 0, days: int = 7) -> UUID:
    """All subjects, the place's assessor, a calendar: ready to be issued."""
    organiser, assessor = place[Role.ORGANISER], place[Role.ASSESSOR]
    async with database.tenant(place.id, person_id=organiser.id) as session:
        scheme = await scheme_of(session, scheme_id)
        period = current_period(scheme, today())
        cycle_id = await drafts.create(session, Basics(scheme, period, f"{period}考核"), organiser.id)
        await session.flush()
        scope = "all" if scheme.demands.scope else ""
        await drafts.choose_subjects(session, cycle_id, 1, {kind.id: "all" for kind in scheme.kinds}, scope)
        await session.flush()
        channels = [channel.id for channel in scheme.channels] or [""]
        chosen = [(assessor.id, assessor.name, channel) for channel in channels]
        await drafts.choose_assessors(session, cycle_id, 2, chosen)
        await session.flush()
        await drafts.set_calendar(session, cycle_id, 3, dates(scheme, first_in=first_in, days=days))
    return cycle_id


async def issued_cycle(database: Database, place: Place, scheme_id: str, *, first_in: int = 0, days: int = 7) -> UUID:
    cycle_id = await draft_cycle(database, place, scheme_id, first_in=first_in, days=days)
    async with database.begin(Scope(place.id, place[Role.ORGANISER].id)) as session:
        await issue_notice(session, cycle_id, 4, place.name)
    return cycle_id
