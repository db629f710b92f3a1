"""Who may read a file. Within a tenant the database shows all rows; between its units and offices this decides."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.identity.models import Reader as Reader
from kaohe.identity.models import Role

FILLING = (Role.REPORTER, Role.LEAD)
READERS: dict[str, frozenset[Role]] = {
    "unit": frozenset(),
    "office": frozenset({Role.ORGANISER, Role.INSPECTOR, Role.APPROVER, Role.AUDITOR}),
    "filed": frozenset({Role.ORGANISER, Role.APPROVER, Role.AUDITOR}),
}


class Readable(Protocol):
    """A row of evidence."""

    @property
    def id(self) -> UUID: ...
    @property
    def audience(self) -> str: ...
    @property
    def unit_id(self) -> UUID | None: ...
    @property
    def uploaded_by(self) -> UUID: ...


Gate = Callable[[AsyncSession, Reader, UUID], Awaitable[bool]]
_gates: list[Gate] = []


def also_readable(gate: Gate) -> Gate:
    """Registers a later domain's reason: whom an assignment or a record concerns may read its evidence."""
    _gates.append(gate)
    return gate


async def may_read(session: AsyncSession, person: Reader, row: Readable) -> bool:
    if row.uploaded_by == person.id or person.has(*READERS[row.audience]):
        return True
    if row.audience == "unit" and person.has(*FILLING):
        units = person.units(*FILLING)
        if units is None or row.unit_id in units:
            return True
    for gate in _gates:
        if await gate(session, person, row.id):
            return True
    return False


def audience_of(person: Reader) -> tuple[str, UUID | None]:
    """Where no target says it: whom a new file of this person is for."""
    if person.has(Role.ORGANISER, Role.INSPECTOR, Role.ASSESSOR):
        return "office", None
    units = person.units(*FILLING)
    return "unit", next(iter(units)) if units is not None and len(units) == 1 else None
