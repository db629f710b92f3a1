"""Reading the tree as the current jurisdiction sees it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.jurisdictions.models import Jurisdiction, JurisdictionLink


async def links(session: AsyncSession, *, on: date | None = None) -> Sequence[Row[Any]]:
    """Itself, those above and those below on a day, nearest first, then by pinyin."""
    day = on or date.today()
    query = (
        select(
            Jurisdiction.id, Jurisdiction.slug, Jurisdiction.name, Jurisdiction.tier, Jurisdiction.division_code,
            JurisdictionLink.depth, JurisdictionLink.parent_id,
        )
        .join(JurisdictionLink, JurisdictionLink.jurisdiction_id == Jurisdiction.id)
        .where(
            JurisdictionLink.valid_from <= day,
            or_(JurisdictionLink.valid_to.is_(None), JurisdictionLink.valid_to >= day),
        )
        .order_by(JurisdictionLink.depth, Jurisdiction.sort_key)
    )  # fmt: skip
    return (await session.execute(query)).all()


async def descendant(session: AsyncSession, jurisdiction_id: UUID, *, on: date | None = None) -> Row[Any] | None:
    """The jurisdiction if it stands below the current one on that day, else None."""
    return next((row for row in await links(session, on=on) if row.id == jurisdiction_id and row.depth > 0), None)


async def by_slug(session: AsyncSession, slug: str) -> Jurisdiction | None:
    return (await session.execute(select(Jurisdiction).where(Jurisdiction.slug == slug))).scalar_one_or_none()


async def name_of(session: AsyncSession, jurisdiction_id: UUID) -> str:
    return (await session.execute(select(Jurisdiction.name).where(Jurisdiction.id == jurisdiction_id))).scalar_one()
