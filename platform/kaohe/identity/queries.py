"""Reading people, sessions and roles."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.identity.models import Membership, Person


async def person_by_login(session: AsyncSession, login: str) -> Person | None:
    return (await session.execute(select(Person).where(Person.login == login.strip().lower()))).scalar_one_or_none()


async def tenants_of(session: AsyncSession, person_id: UUID) -> Sequence[UUID]:
    """Jurisdictions where the person holds a role, the first given first. The session must be that person's."""
    query = (
        select(Membership.tenant_id)
        .where(Membership.person_id == person_id, Membership.ended_at.is_(None))
        .group_by(Membership.tenant_id)
        .order_by(func.min(Membership.created_at), Membership.tenant_id)
    )
    return (await session.execute(query)).scalars().all()
