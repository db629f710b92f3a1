"""Evidence 材料: a file by its content, and the names under which it was put in."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Mapped, mapped_column

from kaohe.db.base import Base, Now, TenantTable, Timestamp


class Blob(Base):
    """One content in one tenant's store; `size` in bytes, `media_type` told by the content."""

    __tablename__ = "blobs"

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("app.tenant_id()"))
    sha256: Mapped[str] = mapped_column(primary_key=True)
    size: Mapped[int]
    media_type: Mapped[str]
    stored_at: Mapped[Now]


class Evidence(TenantTable):
    """`audience`: who may read it besides the uploader, see `access.may_read`."""

    __tablename__ = "evidence"

    sha256: Mapped[str]
    name: Mapped[str]
    audience: Mapped[str]
    unit_id: Mapped[UUID | None]
    uploaded_by: Mapped[UUID]
    uploader_name: Mapped[str]
    uploaded_at: Mapped[Now]


class Upload(TenantTable):
    """An upload on its way. Where its bytes lie and how many they are is the staging file's matter."""

    __tablename__ = "uploads"

    person_id: Mapped[UUID]
    name: Mapped[str]
    length: Mapped[int]
    target: Mapped[str] = mapped_column(server_default="")
    audience: Mapped[str]
    unit_id: Mapped[UUID | None]
    evidence_id: Mapped[UUID | None]
    created_at: Mapped[Now]
    expires_at: Mapped[Timestamp]


def has_ended(upload: Upload, now: datetime) -> bool:
    return upload.expires_at <= now
