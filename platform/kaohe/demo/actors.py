"""Somebody of the demo who does their work through the services, as they would through the pages."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.db.session import Database
from kaohe.identity.models import Membership, Person, Role
from kaohe.jurisdictions.models import Jurisdiction


@dataclass(frozen=True, slots=True)
class Actor:
    """Fits every service's `Reader`. `jurisdiction` is the name that stands on documents."""

    database: Database
    id: UUID
    name: str
    tenant_id: UUID
    jurisdiction: str
    roles: tuple[tuple[Role, UUID | None], ...]

    def has(self, *roles: Role) -> bool:
        return any(role in roles for role, _unit in self.roles)

    def units(self, *roles: Role) -> frozenset[UUID] | None:
        held = [unit for role, unit in self.roles if role in roles]
        return None if None in held else frozenset(unit for unit in held if unit)

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[AsyncSession]:
        """One transaction of this person in their jurisdiction."""
        opening: Any = self.database.tenant(self.tenant_id, person_id=self.id)
        async with opening as session:
            session.sync_session.info["actor"] = self.name
            yield session


async def actor(database: Database, login: str) -> Actor:
    async with database.system() as session:
        person = (await session.execute(select(Person.id, Person.name).where(Person.login == login))).one()
    async with database.system(person_id=person.id) as session:
        query = (
            select(Membership.tenant_id, Membership.role, Membership.subject_id, Jurisdiction.name)
            .join(Jurisdiction, Jurisdiction.id == Membership.tenant_id)
            .where(Membership.person_id == person.id, Membership.ended_at.is_(None))
        )
        held = (await session.execute(query)).all()
    home = held[0]
    roles = tuple((Role(row.role), row.subject_id) for row in held if row.tenant_id == home.tenant_id)
    return Actor(database, person.id, person.name, home.tenant_id, home.name, roles)
