"""Whose records a person sees: an office all of them, a unit its own and its people's, staff their own."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from kaohe.identity.models import Reader as Reader
from kaohe.identity.models import Role

OFFICE = (Role.INSPECTOR, Role.ORGANISER, Role.APPROVER)
UNIT = (Role.REPORTER, Role.LEAD)


@dataclass(frozen=True, slots=True)
class Reach:
    """`everything`: all of the jurisdiction's, and what its superior recorded about it. Otherwise the units, those
    under them, and the subject that is the person."""

    everything: bool
    units: frozenset[UUID]
    person_id: UUID


def reach_of(person: Reader) -> Reach:
    units = person.units(*UNIT)
    return Reach(person.has(*OFFICE) or units is None, units or frozenset(), person.id)


def reach_of_reply(person: Reader) -> Reach:
    """For whom a person may answer."""
    units = person.units(*UNIT)
    return Reach(units is None, units or frozenset(), person.id)
