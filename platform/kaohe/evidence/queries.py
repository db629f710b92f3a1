"""Reading evidence and uploads."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, delete, func, or_, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.evidence.access import FILLING, READERS, Reader
from kaohe.evidence.models import Blob, Evidence, Upload

PAGE = 50


def _evidence() -> Select[*tuple[Any, ...]]:
    return select(
        Evidence.id, Evidence.name, Evidence.sha256, Evidence.audience, Evidence.unit_id, Evidence.uploaded_by,
        Evidence.uploader_name, Evidence.uploaded_at, Blob.size, Blob.media_type,
    ).join(Blob, (Blob.tenant_id == Evidence.tenant_id) & (Blob.sha256 == Evidence.sha256))  # fmt: skip


async def evidence(session: AsyncSession, evidence_id: UUID) -> Row[Any] | None:
    return (await session.execute(_evidence().where(Evidence.id == evidence_id))).one_or_none()


async def evidence_of(session: AsyncSession, evidence_ids: Sequence[UUID]) -> Sequence[Row[Any]]:
    return (await session.execute(_evidence().where(Evidence.id.in_(evidence_ids)))).all()


async def readable(
    session: AsyncSession, person: Reader, *, search: str = "", sha256: str = "", page: int = 1
) -> Sequence[Row[Any]]:
    """What the person may choose again, newest first; one row more than a page tells that there are more."""
    query = _evidence().where(_may_choose(person))
    if sha256:
        query = query.where(Evidence.sha256 == sha256)
    if search:
        query = query.where(Evidence.name.icontains(search, autoescape=True))
    query = query.order_by(Evidence.uploaded_at.desc(), Evidence.id.desc())
    return (await session.execute(query.offset((page - 1) * PAGE).limit(PAGE + 1))).all()


async def named(session: AsyncSession, person: Reader, files: Collection[tuple[str, str]]) -> Sequence[Row[Any]]:
    """Of these (sha256, name), what the person may choose again."""
    query = _evidence().where(tuple_(Evidence.sha256, Evidence.name).in_(files), _may_choose(person))
    return (await session.execute(query)).all()


def _may_choose(person: Reader) -> ColumnElement[bool]:
    """As `access.may_read` without the gates: what one may read for another reason is not one's own to hand in."""
    allowed = [Evidence.uploaded_by == person.id]
    allowed += [Evidence.audience == audience for audience, roles in READERS.items() if person.has(*roles)]
    if person.has(*FILLING):
        units = person.units(*FILLING)
        mine = Evidence.audience == "unit"
        allowed.append(mine if units is None else mine & Evidence.unit_id.in_(units))
    return or_(*allowed)


async def same_evidence(
    session: AsyncSession, sha256: str, name: str, audience: str, unit_id: UUID | None
) -> UUID | None:
    """The row that already stands for this file, name and audience."""
    query = select(Evidence.id).where(
        Evidence.sha256 == sha256, Evidence.name == name, Evidence.audience == audience,
        Evidence.unit_id.is_not_distinct_from(unit_id),
    )  # fmt: skip
    return (await session.execute(query.limit(1))).scalar()


async def remember_blob(session: AsyncSession, tenant_id: UUID, sha256: str, size: int, media_type: str) -> None:
    row = {"tenant_id": tenant_id, "sha256": sha256, "size": size, "media_type": media_type}
    await session.execute(insert(Blob).values(row).on_conflict_do_nothing())


async def upload(session: AsyncSession, upload_id: UUID, *, lock: bool = False) -> Upload | None:
    query = select(Upload).where(Upload.id == upload_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return (await session.execute(query)).scalar_one_or_none()


async def open_uploads(session: AsyncSession, person_id: UUID) -> int:
    query = select(func.count()).where(Upload.person_id == person_id, Upload.evidence_id.is_(None))
    return (await session.execute(query)).scalar_one()


async def remove_expired(session: AsyncSession, now: datetime) -> Sequence[UUID]:
    done = delete(Upload).where(Upload.expires_at <= now).returning(Upload.id)
    return (await session.execute(done)).scalars().all()
