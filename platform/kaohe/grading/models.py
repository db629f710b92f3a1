"""Ratings of one assessor, findings shared by all of them, questions to the party."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from kaohe.db.base import Base, Now, TenantTable


class Rating(TenantTable):
    """One assessor's entry for one judged leaf; the channel is the assignment's."""

    __tablename__ = "ratings"

    assignment_id: Mapped[UUID]
    participation_id: Mapped[UUID]
    leaf: Mapped[str]
    entry: Mapped[dict[str, Any]] = mapped_column(JSONB)
    reason: Mapped[str] = mapped_column(server_default="")
    saved_at: Mapped[Now]


class Finding(TenantTable):
    """Entries that count once, whoever of the assessors wrote them. `adopted`: as the party claimed."""

    __tablename__ = "findings"

    participation_id: Mapped[UUID]
    leaf: Mapped[str]
    entries: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    reason: Mapped[str] = mapped_column(server_default="")
    adopted: Mapped[bool] = mapped_column(server_default=text("false"))
    version: Mapped[int] = mapped_column(server_default="1")
    saved_by: Mapped[UUID]
    saved_by_name: Mapped[str]
    saved_at: Mapped[Now]


class FindingVersion(Base):
    __tablename__ = "finding_versions"

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("app.tenant_id()"))
    finding_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    entries: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    reason: Mapped[str]
    saved_by: Mapped[UUID]
    saved_by_name: Mapped[str]
    saved_at: Mapped[Now]


class EvidenceRequest(TenantTable):
    """`leaf_title` and `subject_name` are copies: the party reads nothing else of the host."""

    __tablename__ = "evidence_requests"

    participation_id: Mapped[UUID]
    party_id: Mapped[UUID]
    leaf: Mapped[str]
    leaf_title: Mapped[str]
    subject_name: Mapped[str]
    question: Mapped[str]
    due: Mapped[date]
    asked_by: Mapped[UUID]
    asked_by_name: Mapped[str]
    asked_at: Mapped[Now]
    answer: Mapped[str | None]
    answered_by_name: Mapped[str | None]
    answered_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class RequestFile(Base):
    """A file that came with the answer; `evidence_id` is the host's own copy."""

    __tablename__ = "evidence_request_files"

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("app.tenant_id()"))
    request_id: Mapped[UUID] = mapped_column(primary_key=True)
    evidence_id: Mapped[UUID] = mapped_column(primary_key=True)
    party_id: Mapped[UUID]
    name: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]


class SavedReason(TenantTable):
    __tablename__ = "saved_reasons"

    person_id: Mapped[UUID]
    words: Mapped[str]
    used_at: Mapped[Now]
