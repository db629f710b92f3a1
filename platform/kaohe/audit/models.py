"""The audit chain. Written only by the database function `app.append_audit`; read-only for the application."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from kaohe.db.base import Base, Timestamp


class AuditEntry(Base):
    __tablename__ = "audit_log"

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[Timestamp]
    person_id: Mapped[UUID | None]
    actor: Mapped[str]
    action: Mapped[str]
    object_type: Mapped[str]
    object_id: Mapped[str]
    detail: Mapped[str]
    request_id: Mapped[str]
    prev_hash: Mapped[bytes]
    hash: Mapped[bytes]
