"""A small world: jurisdictions in the relations that matter, one person a role in each."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from uuid import UUID

from kaohe.db.session import Database, acting_for
from kaohe.identity.models import Membership, Person, Role
from kaohe.identity.service import hash_password
from kaohe.jurisdictions.service import create_jurisdiction

PASSWORD = "correct horse battery"
_HASH = hash_password(PASSWORD)


@dataclass(frozen=True, slots=True)
class Somebody:
    id: UUID
    login: str
    name: str
    role: Role
    tenant_id: UUID


@dataclass(frozen=True, slots=True)
class Place:
    id: UUID
    slug: str
    name: str
    people: dict[Role, Somebody]

    def __getitem__(self, role: Role) -> Somebody:
        return self.people[role]


@dataclass(frozen=True, slots=True)
class World:
    """`county` and `sibling` stand below `city`, `township` below `county`; `stranger` is another city."""

    city: Place
    county: Place
    sibling: Place
    township: Place
    stranger: Place


async def make_world(database: Database) -> World:
    tag = secrets.token_hex(4)
    city = await make_place(database, f"city-{tag}", f"甲市{tag}", "city")
    county = await make_place(database, f"county-{tag}", f"乙县{tag}", "county", parent=city)
    sibling = await make_place(database, f"sibling-{tag}", f"丙县{tag}", "county", parent=city)
    township = await make_place(database, f"town-{tag}", f"丁镇{tag}", "township", parent=county)
    stranger = await make_place(database, f"other-{tag}", f"戊市{tag}", "city")
    return World(city, county, sibling, township, stranger)


async def make_place(database: Database, slug: str, name: str, tier: str, *, parent: Place | None = None) -> Place:
    async with database.system() as session:
        new_id = await create_jurisdiction(
            session, slug=slug, name=name, tier=tier, division_code="", parent_id=parent.id if parent else None
        )
    people = {role: await make_person(database, new_id, role, tag=slug) for role in Role}
    return Place(new_id, slug, name, people)


async def make_person(
    database: Database, tenant_id: UUID, role: Role, *, tag: str, subject_id: UUID | None = None
) -> Somebody:
    login, name = f"{role.value}-{tag}", f"{role.value}@{tag}"
    async with database.system() as session:
        person = Person(login=login, name=name, password_hash=_HASH)
        session.add(person)
        await session.flush()
        async with acting_for(session, tenant_id):
            session.add(Membership(tenant_id=tenant_id, person_id=person.id, role=role, subject_id=subject_id))
        return Somebody(person.id, login, name, role, tenant_id)
