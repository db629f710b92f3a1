"""Reading registers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.evidence.models import Evidence
from kaohe.registers.models import RegisterEntry
from kaohe.subjects.models import Subject

E = RegisterEntry


async def units(
    session: AsyncSession, kinds: Sequence[str], day: date, only: frozenset[UUID] | None
) -> Sequence[Row[Any]]:
    """Those active on the day; `only`: a person's own."""
    query: Select[*tuple[Any, ...]] = select(Subject.id, Subject.kind, Subject.name).where(
        Subject.kind.in_(kinds),
        or_(Subject.active_from.is_(None), Subject.active_from <= day),
        or_(Subject.active_to.is_(None), Subject.active_to >= day),
    )
    if only is not None:
        query = query.where(Subject.id.in_(only))
    return (await session.execute(query.order_by(Subject.kind, Subject.sort_key, Subject.code).limit(2000))).all()


async def entries(session: AsyncSession, scheme_id: str, register: str) -> Sequence[Row[Any]]:
    """Newest first, with the name of the document."""
    query: Select[*tuple[Any, ...]] = (
        select(E.id, E.subject_id, E.who, E.since, E.until, E.entered_name, E.evidence_id, Evidence.name.label("file"))
        .outerjoin(Evidence, and_(Evidence.tenant_id == E.tenant_id, Evidence.id == E.evidence_id))
        .where(E.scheme_id == scheme_id, E.register == register)
        .order_by(E.since.desc(), E.id.desc())
    )
    return (await session.execute(query)).all()


async def entry(session: AsyncSession, entry_id: UUID) -> RegisterEntry | None:
    return (await session.execute(select(E).where(E.id == entry_id).with_for_update())).scalar_one_or_none()


async def unit_of_evidence(session: AsyncSession, evidence_id: UUID) -> Sequence[UUID]:
    return (await session.execute(select(E.subject_id).where(E.evidence_id == evidence_id))).scalars().all()
