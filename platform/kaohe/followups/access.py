"""Whose followups somebody sees: the office those of its own results, everybody else what concerns them."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from kaohe.identity.models import Reader as Reader
from kaohe.identity.models import Role

OFFICE = (Role.ORGANISER, Role.APPROVER)
UNIT = (Role.REPORTER, Role.LEAD)


@dataclass(frozen=True, slots=True)
class Reach:
    """`office`: every one of the jurisdiction's own results. Of what concerns the jurisdiction or its units: `whole`, or
    that of the units and of the person."""

    office: bool
    whole: bool
    units: frozenset[UUID]
    person_id: UUID


def reach_of(person: Reader) -> Reach:
    units = person.units(*UNIT)
    office = person.has(*OFFICE)
    return Reach(office, office or units is None, units or frozenset(), person.id)


def filing_reach(person: Reader) -> Reach:
    """For whom the person may hand in a report: an office does not report to itself."""
    units = person.units(*UNIT)
    return Reach(False, units is None, units or frozenset(), person.id)
