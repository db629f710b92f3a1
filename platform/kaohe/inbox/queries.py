"""Reading an inbox, and the statement that delivers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.inbox.models import Delivery, Message
from kaohe.jurisdictions.models import Jurisdiction

PAGE = 50
FILTERS = ("all", "unread", "receipt")

# Whoever holds one of the roles for the very unit; where nobody does, those who hold one for the whole jurisdiction.
DELIVER = text("""
INSERT INTO deliveries (tenant_id, person_id, message_id)
SELECT m.tenant_id, h.person_id, m.id
  FROM messages m JOIN memberships h ON h.tenant_id = m.tenant_id AND h.ended_at IS NULL AND h.role = ANY (m.roles)
 WHERE m.id = ANY (:ids) AND (
   h.subject_id IS NOT DISTINCT FROM m.subject_id
   OR h.subject_id IS NULL AND NOT EXISTS (
     SELECT FROM memberships o
      WHERE o.tenant_id = m.tenant_id AND o.ended_at IS NULL AND o.role = ANY (m.roles) AND o.subject_id = m.subject_id))
UNION
SELECT m.tenant_id, m.person_id, m.id FROM messages m WHERE m.id = ANY (:ids) AND m.person_id IS NOT NULL
ON CONFLICT DO NOTHING
""")

IDS_OF_THE_PAST = text("SELECT uuidv7(:shift) FROM generate_series(1, :count)")


def _mine(person_id: UUID, chosen: str) -> Select[*tuple[Any, ...]]:
    query: Select[*tuple[Any, ...]] = (
        select(
            Message.id, Message.kind, Message.title, Message.body, Message.link, Message.due, Message.asks_receipt,
            Message.receipt_at, Message.receipt_name, Message.sender_name, Message.sent_at, Delivery.read_at,
            Jurisdiction.name.label("sender_jurisdiction"),
        )
        .join(Delivery, (Delivery.tenant_id == Message.tenant_id) & (Delivery.message_id == Message.id))
        .outerjoin(Jurisdiction, Jurisdiction.id == Message.sender_tenant_id)
        .where(Delivery.person_id == person_id)
    )  # fmt: skip
    if chosen == "unread":
        query = query.where(Delivery.read_at.is_(None))
    if chosen == "receipt":
        query = query.where(Message.asks_receipt, Message.receipt_at.is_(None))
    return query


async def counts(session: AsyncSession, person_id: UUID) -> Row[Any]:
    """(all, unread, receipt): messages of the person under each filter."""
    waiting = Message.asks_receipt & Message.receipt_at.is_(None)
    query: Select[*tuple[Any, ...]] = (
        select(
            func.count().label("all"),
            func.count().filter(Delivery.read_at.is_(None)).label("unread"),
            func.count().filter(waiting).label("receipt"),
        )
        .select_from(Delivery)
        .join(Message, (Delivery.tenant_id == Message.tenant_id) & (Delivery.message_id == Message.id))
        .where(Delivery.person_id == person_id)
    )
    return (await session.execute(query)).one()


async def messages(session: AsyncSession, person_id: UUID, chosen: str, page: int) -> Sequence[Row[Any]]:
    query = _mine(person_id, chosen).order_by(Message.id.desc()).limit(PAGE).offset((page - 1) * PAGE)
    return (await session.execute(query)).all()


async def message(session: AsyncSession, person_id: UUID, message_id: UUID) -> Row[Any] | None:
    return (await session.execute(_mine(person_id, "all").where(Message.id == message_id))).one_or_none()
