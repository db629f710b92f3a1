"""Reading the tree as the current jurisdiction sees it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.clock import today
from kaohe.jurisdictions.models import Jurisdiction, JurisdictionLink, JurisdictionName


async def links(session: AsyncSession, *, on: date | None = None) -> Sequence[Any]:
    """Itself, those above and those below on a day, nearest first, then by pinyin."""
    day = on or today()
    query = (
        select(
            Jurisdiction.id, Jurisdiction.slug, Jurisdiction.name, Jurisdiction.tier, Jurisdiction.division_code,
            Jurisdiction.valid_from, Jurisdiction.valid_to, JurisdictionLink.depth, JurisdictionLink.parent_id,
        )
        .join(JurisdictionLink, JurisdictionLink.jurisdiction_id == Jurisdiction.id)
        .where(
            JurisdictionLink.valid_from <= day,
            or_(JurisdictionLink.valid_to.is_(None), JurisdictionLink.valid_to >= day),
        )
        .order_by(JurisdictionLink.depth, Jurisdiction.sort_key)
    )  # fmt: skip
    return (await session.execute(query)).all()


async def descendant(session: AsyncSession, jurisdiction_id: UUID, *, on: date | None = None) -> Any:
    """The jurisdiction if it stands below the current one on that day, else None."""
    return next((row for row in await links(session, on=on) if row.id == jurisdiction_id and row.depth > 0), None)


async def by_slug(session: AsyncSession, slug: str) -> Jurisdiction | None:
    return (await session.execute(select(Jurisdiction).where(Jurisdiction.slug == slug))).scalar_one_or_none()


async def own_slug(session: AsyncSession) -> str:
    query = select(Jurisdiction.slug).where(Jurisdiction.id == func.app.tenant_id())
    return (await session.execute(query)).scalar_one()


async def name_of(session: AsyncSession, jurisdiction_id: UUID) -> str:
    return (await session.execute(select(Jurisdiction.name).where(Jurisdiction.id == jurisdiction_id))).scalar_one()


async def latest_name(session: AsyncSession, jurisdiction_id: UUID) -> JurisdictionName:
    """Of the jurisdiction for which the session acts."""
    query = (
        select(JurisdictionName)
        .where(JurisdictionName.tenant_id == jurisdiction_id)
        .order_by(JurisdictionName.valid_from.desc())
        .limit(1)
    )
    return (await session.execute(query)).scalar_one()


async def end_links(session: AsyncSession, jurisdiction_id: UUID | None, last_day: date) -> None:
    """In the tree of the jurisdiction for which the session acts; None: every edge."""
    link = JurisdictionLink
    change = update(link).where(link.tenant_id == func.app.tenant_id(), link.valid_to.is_(None))
    if jurisdiction_id is not None:
        change = change.where(link.jurisdiction_id == jurisdiction_id)
    await session.execute(change.values(valid_to=last_day))


async def administrators(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, Any]:
    """Of the current jurisdiction and those below among `ids`: (administrators, invited, former_names)."""
    query = text("SELECT * FROM app.administrators_below(:ids)")
    return {row.jurisdiction_id: row for row in await session.execute(query, {"ids": list(ids)})}
