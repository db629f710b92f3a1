"""What stands in the database, as the files are compared with it. Read while acting for the jurisdiction."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.identity.models import Membership, Person
from kaohe.jurisdictions.models import Jurisdiction
from kaohe.subjects.models import Subject

OWN = Subject.tenant_id == func.app.tenant_id()


async def jurisdictions(session: AsyncSession, slugs: Collection[str]) -> dict[str, Any]:
    query = select(
        Jurisdiction.id, Jurisdiction.slug, Jurisdiction.name, Jurisdiction.tier, Jurisdiction.division_code
    ).where(Jurisdiction.slug.in_(slugs))
    return {row.slug: row for row in await session.execute(query)}


async def people(session: AsyncSession, logins: Collection[str]) -> dict[str, Any]:
    query = select(
        Person.id, Person.login, Person.name, Person.phone, Person.password_hash.is_(None).label("waiting")
    ).where(Person.login.in_(logins))
    return {row.login: row for row in await session.execute(query)}


async def roles(session: AsyncSession) -> set[tuple[UUID, str, UUID | None]]:
    """(person, role, unit) held in the jurisdiction."""
    query = select(Membership.person_id, Membership.role, Membership.subject_id).where(
        Membership.tenant_id == func.app.tenant_id(), Membership.ended_at.is_(None)
    )
    return {(row.person_id, row.role, row.subject_id) for row in await session.execute(query)}


async def subjects(session: AsyncSession) -> dict[str, Subject]:
    return {subject.code: subject for subject in (await session.execute(select(Subject).where(OWN))).scalars()}
