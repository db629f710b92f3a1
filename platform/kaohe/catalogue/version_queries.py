"""Reading and copying published versions of schemes; every jurisdiction reads its own rows only."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.catalogue.models import EnabledScheme, SchemeVersion
from kaohe.db.session import current_tenant

V = SchemeVersion
_COLUMNS = (V.scheme_id, V.version, V.number, V.text, V.content_hash, V.cases, V.reason, V.published_by, V.published_at)


async def made_here(session: AsyncSession, scheme_id: str) -> Sequence[Row[Any]]:
    """Versions with a text, newest first."""
    query: Any = select(*_COLUMNS).where(V.scheme_id == scheme_id, V.number.is_not(None)).order_by(V.number.desc())
    rows: Sequence[Row[Any]] = (await session.execute(query)).all()
    return rows


async def text_of(session: AsyncSession, scheme_id: str, version: str | None) -> str | None:
    """Of that version, or of the newest."""
    query = select(V.text).where(V.scheme_id == scheme_id, V.number.is_not(None))
    query = query.order_by(V.number.desc()).limit(1) if version is None else query.where(V.version == version)
    return (await session.execute(query)).scalar_one_or_none()


async def newest_texts(session: AsyncSession, scheme_ids: Collection[str]) -> dict[str, str]:
    query = (
        select(V.scheme_id, V.text)
        .where(V.scheme_id.in_(scheme_ids), V.number.is_not(None))
        .ext(distinct_on(V.scheme_id))
        .order_by(V.scheme_id, V.number.desc())
    )
    return {row.scheme_id: row.text or "" for row in await session.execute(query)}


async def known(session: AsyncSession) -> set[str]:
    """Schemes of which there is a row: made here, given, or assessed by."""
    return set((await session.execute(select(V.scheme_id).distinct())).scalars())


async def given_to(session: AsyncSession, scheme_id: str) -> Sequence[UUID]:
    query = select(EnabledScheme.tenant_id).where(
        EnabledScheme.scheme_id == scheme_id, EnabledScheme.granted_by == func.app.tenant_id()
    )
    return (await session.execute(query)).scalars().all()


async def keep(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    """As the tenant for whom the session acts; what it holds already stays as it is."""
    if rows:
        held = [{"tenant_id": current_tenant(session), **row} for row in rows]
        await session.execute(insert(V).on_conflict_do_nothing(), held)


def copied(row: Row[Any]) -> dict[str, Any]:
    return {column.key: getattr(row, column.key) for column in _COLUMNS}
