"""Reading the audit log of the current jurisdiction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
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


# By table, since what is logged belongs to domains that know this one. Each reader sees what its jurisdiction sees.
_NAMES = text(
    """
    SELECT 'cycle' AS kind, id, title AS name FROM cycles WHERE id = ANY(:ids)
    UNION ALL SELECT 'person', id, name FROM people WHERE id = ANY(:ids)
    UNION ALL SELECT 'jurisdiction', id, name FROM jurisdictions WHERE id = ANY(:ids)
    UNION ALL SELECT 'subject', id, name FROM subjects WHERE id = ANY(:ids)
    UNION ALL SELECT 'message', id, title FROM messages WHERE id = ANY(:ids)
    UNION ALL SELECT 'evidence', id, name FROM evidence WHERE id = ANY(:ids)
    UNION ALL SELECT 'evidence_request', id, leaf_title FROM evidence_requests WHERE id = ANY(:ids)
    UNION ALL SELECT 'contribution', id, title FROM contributions WHERE id = ANY(:ids)
    UNION ALL SELECT 'design', id, title FROM designs WHERE id = ANY(:ids)
    UNION ALL SELECT 'followup', id, subject_name FROM followups WHERE id = ANY(:ids)
    UNION ALL SELECT 'record', id, subject_name FROM records WHERE id = ANY(:ids)
    UNION ALL SELECT 'participation', id, subject_name FROM participations WHERE id = ANY(:ids)
    UNION ALL SELECT 'self_assessment', id, subject_name FROM participations WHERE id = ANY(:ids)
    UNION ALL SELECT 'assignment', a.id, p.subject_name
      FROM assignments a JOIN participations p ON p.tenant_id = a.tenant_id AND p.id = a.participation_id
     WHERE a.id = ANY(:ids)
    UNION ALL SELECT 'run', r.id, c.title
      FROM runs r JOIN cycles c ON c.tenant_id = r.tenant_id AND c.id = r.cycle_id WHERE r.id = ANY(:ids)
    UNION ALL SELECT 'release', r.id, c.title
      FROM releases r JOIN cycles c ON c.tenant_id = r.tenant_id AND c.id = r.cycle_id WHERE r.id = ANY(:ids)
    """
)


async def names(session: AsyncSession, entries: Iterable[Any]) -> Mapping[tuple[str, str], str]:
    """(kind, id) → what the object of an entry is called now; none where it is gone or never had a name."""
    ids = {found for entry in entries if (found := _uuid(entry.object_id))}
    rows = await session.execute(_NAMES, {"ids": list(ids)}) if ids else ()
    return {(row.kind, str(row.id)): row.name for row in rows}


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
