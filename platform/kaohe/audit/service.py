"""Audit: what is changed is written down in the same transaction, in a hash chain per tenant.

Entries are gathered in the session and written just before the commit, because the head of the chain is a lock:
held only that long, it does not make the writers of one tenant wait for each other's work.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.audit.models import AuditEntry
from kaohe.db import direct
from kaohe.db.session import TenantMissing, acting_for, along, current_tenant, entered
from kaohe.logging import request_id

_APPEND = (
    "SELECT app.append_audit(e->>'actor', e->>'action', e->>'object_type', e->>'object_id', e->>'detail', e->>'request_id')"
    " FROM (SELECT e FROM jsonb_array_elements(%(entries)s::jsonb) WITH ORDINALITY AS given (e, n) ORDER BY n)"
)
_encode = msgspec.json.Encoder(order="deterministic", decimal_format="string").encode


def record(
    session: AsyncSession, action: str, object_type: str, object_id: object, detail: dict[str, Any] | None = None
) -> None:
    """`action` is `object.verb` (`cycle.issued`); `detail` holds what a later reader needs, never a secret.

    It goes into the chain of the tenant for whom the session acts at this moment.
    """
    person = entered(session)
    tenant_id = current_tenant(session)
    if tenant_id is None:
        raise TenantMissing("没有辖区的会话不能写审计日志")
    entry = {
        "actor": person.name if person else session.sync_session.info.get("actor", "system"),
        "action": action,
        "object_type": object_type,
        "object_id": str(object_id),
        "detail": _encode(detail or {}).decode(),
        "request_id": request_id.get() or "",
    }
    info = session.sync_session.info
    info["settle"] = _seal
    info.setdefault("audit", []).append((tenant_id, entry))


async def _seal(session: AsyncSession) -> None:
    """Write the gathered entries, each chain's in one statement."""
    chains: dict[UUID, list[dict[str, str]]] = {}
    for tenant_id, entry in session.sync_session.info.pop("audit", []):
        chains.setdefault(tenant_id, []).append(entry)
    for tenant_id, entries in chains.items():
        if tenant_id == current_tenant(session):
            await _append(session, entries, *along(session))
            continue
        async with acting_for(session, tenant_id):
            await _append(session, entries)


async def _append(
    session: AsyncSession,
    entries: list[dict[str, str]],
    before: str = "",
    values: Mapping[str, Any] = MappingProxyType({}),
) -> None:
    await direct.rows(session, f"{before} {_APPEND}", {**values, "entries": _encode(entries).decode()})


@dataclass(frozen=True, slots=True)
class Verification:
    """`broken_at`: the first sequence number whose hash or predecessor does not fit; None when the chain is whole."""

    entries: int
    broken_at: int | None


def entry_hash(previous: bytes, entry: AuditEntry) -> bytes:
    micros = int(entry.at.timestamp()) * 1_000_000 + entry.at.microsecond
    parts = (
        entry.tenant_id, entry.seq, micros, entry.person_id or "", entry.actor, entry.action,
        entry.object_type, entry.object_id, entry.detail, entry.request_id,
    )  # fmt: skip
    return hashlib.sha256(previous + "\x1f".join(map(str, parts)).encode()).digest()


async def _entries(session: AsyncSession) -> AsyncIterator[AuditEntry]:
    rows = await session.stream_scalars(select(AuditEntry).order_by(AuditEntry.seq).execution_options(yield_per=1000))
    async for row in rows:
        yield row


async def verify(session: AsyncSession) -> Verification:
    """Recompute the whole chain of the session's tenant outside the database."""
    previous, count = b"", 0
    async for entry in _entries(session):
        count += 1
        if entry.seq != count or entry.prev_hash != previous or entry.hash != entry_hash(previous, entry):
            return Verification(count, count)  # changed, or another stands where it was
        previous = entry.hash
    head = (await session.execute(text("SELECT seq, hash FROM audit_heads"))).one_or_none()
    if (head.seq, head.hash) != (count, previous) if head else count:
        return Verification(count, count + 1)  # the newest entries were cut off
    return Verification(count, None)


async def verify_tenant(database: Any, tenant_id: UUID) -> Verification:
    async with database.tenant(tenant_id, read_only=True) as session:
        return await verify(session)
