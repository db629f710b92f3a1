"""Which to-dos a person has: the parts that their roles call for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol
from uuid import UUID

from kaohe.home import queries
from kaohe.home.queries import Todo
from kaohe.identity.models import Role

UNIT_ROLES = (Role.REPORTER, Role.LEAD)


class Somebody(Protocol):
    @property
    def id(self) -> UUID: ...

    def has(self, *roles: Role) -> bool: ...

    def units(self, *roles: Role) -> frozenset[UUID] | None: ...


def parts_for(person: Somebody, day: date) -> Sequence[Todo]:
    parts = [queries.receipts(person.id)]
    if person.has(*UNIT_ROLES):
        units = person.units(*UNIT_ROLES)
        parts += [*queries.self_assessments(day, units), queries.requests(units)]
        parts.append(queries.replies(day, queries.records_of_units(units)))
    elif person.has(Role.STAFF):
        parts.append(queries.replies(day, queries.records_of_person(person.id)))
    if person.has(Role.ASSESSOR):
        parts.append(queries.assignments(day, person.id))
    if person.has(Role.ORGANISER):
        parts += queries.organiser(day)
    if person.has(Role.APPROVER):
        parts += queries.approver()
    if person.has(Role.ADMIN):
        parts += queries.administrator()
    return parts
