"""Reading the audit log of the current jurisdiction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.audit.models import AuditEntry

PAGE_ROWS = 50


@dataclass(frozen=True, slots=True)
class Filter:
    """`before`: only entries with a smaller sequence number, for paging through a log that grows at the other end."""

    action: str = ""
    actor: str = ""
    object_id: str = ""
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None


async def entries(session: AsyncSession, chosen: Filter) -> Sequence[Any]:
    """Newest first, one more than a page so that the caller sees whether there is a next one."""
    query = select(
        AuditEntry.seq, AuditEntry.at, AuditEntry.actor, AuditEntry.action, AuditEntry.object_type,
        AuditEntry.object_id, AuditEntry.detail, AuditEntry.hash,
    ).order_by(AuditEntry.seq.desc())  # fmt: skip
    if chosen.action:
        query = query.where(AuditEntry.action.startswith(chosen.action, autoescape=True))
    if chosen.actor:
        query = query.where(AuditEntry.actor.contains(chosen.actor, autoescape=True))
    if chosen.object_id:
        query = query.where(AuditEntry.object_id == chosen.object_id)
    if chosen.since:
        query = query.where(AuditEntry.at >= chosen.since)
    if chosen.until:
        query = query.where(AuditEntry.at < chosen.until)
    if chosen.before:
        query = query.where(AuditEntry.seq < chosen.before)
    return (await session.execute(query.limit(PAGE_ROWS + 1))).all()
