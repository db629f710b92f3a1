"""Which to-dos a person has: the parts that their roles call for, as one statement."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.db.ready import Ready
from kaohe.home import queries
from kaohe.home.queries import Todo
from kaohe.identity.models import Role

UNIT_ROLES = (Role.REPORTER, Role.LEAD)
HANDLING = {*UNIT_ROLES, Role.ORGANISER, Role.APPROVER}


class Somebody(Protocol):
    @property
    def id(self) -> UUID: ...

    def has(self, *roles: Role) -> bool: ...

    def units(self, *roles: Role) -> frozenset[UUID] | None: ...


async def todos(session: AsyncSession, person: Somebody, day: date) -> Sequence[Row[Any]]:
    """What waits for this person, the next to be due first."""
    units = person.units(*UNIT_ROLES)
    roles = frozenset(role for role in Role if person.has(role))
    values = {"day": day, "person": person.id, "units": list(units or ())}
    return await _statement(roles, units is None).rows(session, **values)


@cache
def _statement(roles: frozenset[Role], every: bool) -> Ready:
    """One for each set of roles that occurs; `every`: the whole jurisdiction, not some units of it."""
    return Ready(lambda: queries.together(_parts(roles, every)))


def _parts(roles: frozenset[Role], every: bool) -> Sequence[Todo]:
    parts = [queries.receipts()]
    if roles & set(UNIT_ROLES):
        parts += [*queries.self_assessments(every), queries.requests(every)]
        parts.append(queries.replies(queries.records_of_units(every)))
    elif Role.STAFF in roles:
        parts.append(queries.replies(queries.records_of_person()))
    if roles & HANDLING:
        parts.append(queries.contributions())
    if Role.ASSESSOR in roles:
        parts.append(queries.assignments())
    if Role.ORGANISER in roles:
        parts += queries.organiser()
    if Role.APPROVER in roles:
        parts += queries.approver()
    if Role.ADMIN in roles:
        parts += queries.administrator()
    return parts
