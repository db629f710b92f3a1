"""Who sees a contribution, and who acts on a step: roles of the unit, or of the host's offices."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from kaohe.identity.models import Reader as Reader
from kaohe.identity.models import Role
from kaohe.scheme.model import WayStep

ROLES = {
    "unit_reporter": Role.REPORTER,
    "unit_lead": Role.LEAD,
    "organiser": Role.ORGANISER,
    "approver": Role.APPROVER,
}
OFFICE = (Role.ORGANISER, Role.APPROVER)
UNIT = (Role.REPORTER, Role.LEAD)


@dataclass(frozen=True, slots=True)
class Reach:
    """`office`: sees what was opened to the host; `every`: also drafts of all units; else of these units."""

    office: bool
    every: bool
    units: frozenset[UUID]
    person_id: UUID


def reach_of(person: Reader) -> Reach:
    units = person.units(*UNIT)
    return Reach(person.has(*OFFICE), units is None, units or frozenset(), person.id)


def holds(person: Reader, role: Role, subject_id: UUID) -> bool:
    """For the unit, or for the whole jurisdiction."""
    units = person.units(role)
    return units is None or subject_id in units


def is_office(step: WayStep, kind: str) -> bool:
    return ROLES[step.by[kind]] in OFFICE
