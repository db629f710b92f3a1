"""Subjects 考核对象: units and people of a jurisdiction, or jurisdictions below it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from kaohe.db.base import Now, TenantTable


class Subject(TenantTable):
    """`code` is the id used in facts files; unique in the tenant. `jurisdiction_id`: the subject is that tenant
    (a county assessed by its city). `person_id`: the account of a staff member, who sees their own sheet.
    `attributes`: as the schemes ask (`circle`, `headcount`, `weight`, `targets` …), numbers as strings."""

    __tablename__ = "subjects"

    code: Mapped[str]
    kind: Mapped[str]
    name: Mapped[str]
    sort_key: Mapped[str] = mapped_column(server_default="")
    parent_id: Mapped[UUID | None]
    jurisdiction_id: Mapped[UUID | None]
    person_id: Mapped[UUID | None]
    attributes: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    active_from: Mapped[date | None]
    active_to: Mapped[date | None]
    version: Mapped[int] = mapped_column(server_default="1")
    created_at: Mapped[Now]


class SubjectImport(TenantTable):
    """A spreadsheet without errors that waits for a yes. `rows`: what `service.Draft` says of each, as JSON."""

    __tablename__ = "subject_imports"

    person_id: Mapped[UUID]
    kind: Mapped[str]
    file_name: Mapped[str]
    sha256: Mapped[str]
    rows: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    created_at: Mapped[Now]
    applied_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
