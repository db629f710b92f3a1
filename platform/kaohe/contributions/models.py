"""Contributions 稿件 on the way that their scheme declares."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from kaohe.db.base import Base, Now, TenantTable


class Contribution(TenantTable):
    """`step` is the one that waits, `waits_for` the role that acts on it. `number` is the year and four digits."""

    __tablename__ = "contributions"

    number: Mapped[int]
    scheme_id: Mapped[str]
    way: Mapped[str]
    subject_id: Mapped[UUID]
    subject_name: Mapped[str]
    subject_kind: Mapped[str]
    title: Mapped[str]
    body: Mapped[str]
    entry: Mapped[dict[str, Any]] = mapped_column(JSONB)
    matter: Mapped[str] = mapped_column(server_default="")
    state: Mapped[str] = mapped_column(server_default="draft")
    step: Mapped[str]
    waits_for: Mapped[str]
    acted: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), server_default="{}")
    barred: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), server_default="{}")
    opened_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    version: Mapped[int] = mapped_column(server_default=text("1"))
    author_id: Mapped[UUID]
    author_name: Mapped[str]
    created_at: Mapped[Now]
    changed_at: Mapped[Now]


class ContributionAct(TenantTable):
    """What somebody did at a step. `before`: title and text as they were where it was edited."""

    __tablename__ = "contribution_acts"

    contribution_id: Mapped[UUID]
    step: Mapped[str]
    title: Mapped[str]
    action: Mapped[str]
    note: Mapped[str]
    before: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    person_id: Mapped[UUID]
    person_name: Mapped[str]
    acted_at: Mapped[Now]


class ContributionEvidence(Base):
    __tablename__ = "contribution_evidence"

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("app.tenant_id()"))
    contribution_id: Mapped[UUID] = mapped_column(primary_key=True)
    evidence_id: Mapped[UUID] = mapped_column(primary_key=True)
    position: Mapped[int]


class ContributionRecord(Base):
    """The records that a contribution brought about; those that were reversed among them."""

    __tablename__ = "contribution_records"

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("app.tenant_id()"))
    record_id: Mapped[UUID] = mapped_column(primary_key=True)
    contribution_id: Mapped[UUID]
