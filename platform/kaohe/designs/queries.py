"""Reading drafts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.designs.models import Design, DesignImport


async def drafts(session: AsyncSession) -> Sequence[Any]:
    """Last saved first, without their texts."""
    each = Design
    query = select(
        each.id, each.scheme_id, each.scheme_version, each.title, each.published, each.saved_by_name, each.saved_at
    ).order_by(each.saved_at.desc())
    return (await session.execute(query)).all()


async def draft(session: AsyncSession, design_id: UUID, *, lock: bool = False) -> Design | None:
    query = select(Design).where(Design.id == design_id)
    return (await session.execute(query.with_for_update() if lock else query)).scalar_one_or_none()


async def ids_in_use(session: AsyncSession) -> set[str]:
    return set((await session.execute(select(Design.scheme_id))).scalars())


async def design_import(
    session: AsyncSession, design_id: UUID, import_id: UUID, *, lock: bool = False
) -> DesignImport | None:
    query = select(DesignImport).where(DesignImport.design_id == design_id, DesignImport.id == import_id)
    return (await session.execute(query.with_for_update() if lock else query)).scalar_one_or_none()


async def forget_imports(session: AsyncSession, design_id: UUID) -> None:
    await session.execute(delete(DesignImport).where(DesignImport.design_id == design_id))
