"""What a person's home page shows: the parts that their roles call for, as one statement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.db.ready import Ready
from kaohe.home import calendar_queries, followup_queries, queries, report_queries
from kaohe.home.queries import Todo
from kaohe.identity.models import Role

UNIT_ROLES = (Role.REPORTER, Role.LEAD)
OFFICES = {Role.ADMIN, Role.ORGANISER, Role.INSPECTOR, Role.APPROVER, Role.AUDITOR}
HANDLING = {*UNIT_ROLES, Role.ORGANISER, Role.APPROVER}


class Somebody(Protocol):
    @property
    def id(self) -> UUID: ...

    def has(self, *roles: Role) -> bool: ...

    def units(self, *roles: Role) -> frozenset[UUID] | None: ...


@dataclass(frozen=True, slots=True)
class Desk:
    """`todos`: the next to be due first. `recent`: the newest first. `dates`: the next to close first."""

    todos: Sequence[Row[Any]]
    recent: Sequence[Row[Any]]
    dates: Sequence[Row[Any]]


async def desk(session: AsyncSession, person: Somebody, day: date) -> Desk:
    """What waits for this person, what came lately and what comes next."""
    units = person.units(*UNIT_ROLES)
    roles = frozenset(role for role in Role if person.has(role))
    values = {"day": day, "person": person.id, "units": list(units or ())}
    rows = await _statement(roles, units is None).rows(session, **values)
    recent = sorted((row for row in rows if row.area == "recent"), key=lambda row: row.id, reverse=True)
    dates = [row for row in rows if row.area == "calendar"]
    return Desk([row for row in rows if row.area not in {"recent", "calendar"}], recent, dates)


@cache
def _statement(roles: frozenset[Role], every: bool) -> Ready:
    """One for each set of roles that occurs; `every`: the whole jurisdiction, not some units of it."""
    return Ready(lambda: queries.together(_parts(roles, every)))


def _parts(roles: frozenset[Role], every: bool) -> Sequence[Todo]:
    answers_for_all = every and bool(roles & set(UNIT_ROLES))
    parts = [
        queries.receipts(),
        queries.recent(),
        *calendar_queries.calendar(whole=bool(roles & OFFICES) or answers_for_all),
    ]
    if roles & set(UNIT_ROLES):
        parts += [*queries.self_assessments(every), report_queries.reports(every), queries.requests(every)]
        parts.append(queries.replies(queries.records_of_units(every)))
        parts.append(followup_queries.rectifications(followup_queries.about_units(every)))
    elif Role.STAFF in roles:
        parts.append(queries.replies(queries.records_of_person()))
        parts.append(followup_queries.rectifications(followup_queries.of_person()))
    if roles & HANDLING:
        parts.append(queries.contributions())
    if Role.ASSESSOR in roles:
        parts.append(queries.assignments())
    if Role.ORGANISER in roles:
        parts += [*queries.organiser(), report_queries.owed(), *followup_queries.seen_to()]
    if Role.APPROVER in roles:
        parts += queries.approver()
    if Role.ADMIN in roles:
        parts += queries.administrator()
    return parts
