"""Reading enabled schemes and parameter versions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.catalogue.models import EnabledScheme, ParameterVersion
from kaohe.jurisdictions.models import JurisdictionLink

OWN = EnabledScheme.tenant_id == func.app.tenant_id()


async def granted(session: AsyncSession) -> dict[str, bool]:
    """Scheme → enabled, of what the current jurisdiction has been given or has switched on."""
    rows = await session.execute(select(EnabledScheme.scheme_id, EnabledScheme.enabled).where(OWN))
    return {row.scheme_id: row.enabled for row in rows}


async def granted_to(session: AsyncSession, jurisdiction_id: UUID) -> dict[str, bool]:
    """What the current jurisdiction gave to that one."""
    query = select(EnabledScheme.scheme_id, EnabledScheme.enabled).where(
        EnabledScheme.tenant_id == jurisdiction_id, EnabledScheme.granted_by == func.app.tenant_id()
    )
    return {row.scheme_id: row.enabled for row in await session.execute(query)}


async def stands_at_top(session: AsyncSession) -> bool:
    """Nobody above: may use and give whatever is installed."""
    above = select(JurisdictionLink.jurisdiction_id).where(
        JurisdictionLink.tenant_id == func.app.tenant_id(), JurisdictionLink.depth < 0
    )
    return (await session.execute(above.limit(1))).first() is None


async def enabled_scheme(session: AsyncSession, scheme_id: str, *, lock: bool = False) -> EnabledScheme | None:
    query = select(EnabledScheme).where(OWN, EnabledScheme.scheme_id == scheme_id)
    return (await session.execute(query.with_for_update() if lock else query)).scalar_one_or_none()


async def parameter_versions(session: AsyncSession, scheme_id: str) -> Sequence[Any]:
    """Newest first."""
    version = ParameterVersion
    query = (
        select(
            version.id, version.number, version.valid_from, version.overrides, version.reason, version.made_by,
            version.made_at,
        )
        .where(version.scheme_id == scheme_id)
        .order_by(version.number.desc())
    )  # fmt: skip
    return (await session.execute(query)).all()


async def version_on(session: AsyncSession, scheme_id: str, day: date) -> Any:
    """Of those that hold on the day, the latest made."""
    version = ParameterVersion
    query = (
        select(version.id, version.number, version.valid_from, version.overrides)
        .where(version.scheme_id == scheme_id, version.valid_from <= day)
        .order_by(version.valid_from.desc(), version.number.desc())
        .limit(1)
    )
    return (await session.execute(query)).one_or_none()
