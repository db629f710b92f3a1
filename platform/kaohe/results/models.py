"""Runs and their sheets, decisions beside them, releases."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, LargeBinary, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, deferred, mapped_column

from kaohe.db.base import Base, Now, TenantTable, Timestamp


class Run(TenantTable):
    """One computation. `problems`: the first of `problem_count` [place, message, link]. `scheme_version`: only of a run
    that a changeover superseded, the version by which it was computed."""

    __tablename__ = "runs"

    cycle_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(server_default="queued")
    step: Mapped[str] = mapped_column(server_default="")
    progress: Mapped[int] = mapped_column(server_default="0")
    problems: Mapped[list[Any]] = mapped_column(JSONB, server_default="[]")
    problem_count: Mapped[int] = mapped_column(server_default="0")
    digest: Mapped[str] = mapped_column(server_default="")
    subjects: Mapped[int] = mapped_column(server_default="0")
    scheme_version: Mapped[str | None]
    facts: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))
    result: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))
    requested_by: Mapped[UUID]
    requested_by_name: Mapped[str]
    requested_at: Mapped[Now]
    started_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    finished_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    confirmed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    confirmed_by_name: Mapped[str] = mapped_column(server_default="")


class SheetColumns:
    """What a ranking shows, the same for a run's sheet and its released copy."""

    subject: Mapped[str]
    kind: Mapped[str]
    name: Mapped[str]
    sort_key: Mapped[str] = mapped_column(server_default="")
    group_id: Mapped[str]
    group_name: Mapped[str]
    total: Mapped[Decimal | None]
    base: Mapped[Decimal | None]
    bonus: Mapped[Decimal | None]
    deduction: Mapped[Decimal | None]
    rank: Mapped[int | None]
    grade: Mapped[str | None]
    honours: Mapped[list[str]] = mapped_column(ARRAY(Text))
    flags: Mapped[list[str]] = mapped_column(ARRAY(Text))
    incomplete: Mapped[bool]
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB)


class StoredSheet(SheetColumns, Base):
    __tablename__ = "sheets"

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("app.tenant_id()"))
    run_id: Mapped[UUID] = mapped_column(primary_key=True)
    subject_id: Mapped[UUID] = mapped_column(primary_key=True)
    participation_id: Mapped[UUID]
    party_id: Mapped[UUID]


class Decision(TenantTable):
    """What was confirmed for one subject where it differs from the proposal."""

    __tablename__ = "decisions"

    run_id: Mapped[UUID]
    subject_id: Mapped[UUID]
    grade: Mapped[str | None]
    honours: Mapped[list[str]] = mapped_column(ARRAY(Text))
    flags: Mapped[list[str]] = mapped_column(ARRAY(Text))
    reason: Mapped[str]
    decided_by: Mapped[UUID]
    decided_by_name: Mapped[str]
    decided_at: Mapped[Now]


class Release(TenantTable):
    """Immutable. `facts` scores to exactly `result`; `decisions` is what people confirmed differently."""

    __tablename__ = "releases"

    cycle_id: Mapped[UUID]
    run_id: Mapped[UUID]
    number: Mapped[int]
    digest: Mapped[str]
    result_sha256: Mapped[str]
    facts: Mapped[bytes] = deferred(mapped_column(LargeBinary))
    result: Mapped[bytes] = deferred(mapped_column(LargeBinary))
    decisions: Mapped[list[Any]] = mapped_column(JSONB)
    note: Mapped[str] = mapped_column(server_default="")
    released_by: Mapped[UUID]
    released_by_name: Mapped[str]
    released_at: Mapped[Now]


class ReleasedSheet(SheetColumns, Base):
    """`person_id`: the staff member's account, `unit_id`: the unit whose reporters may see it."""

    __tablename__ = "released_sheets"

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("app.tenant_id()"))
    release_id: Mapped[UUID] = mapped_column(primary_key=True)
    subject_id: Mapped[UUID] = mapped_column(primary_key=True)
    cycle_id: Mapped[UUID]
    party_id: Mapped[UUID]
    person_id: Mapped[UUID | None]
    unit_id: Mapped[UUID | None]
    number: Mapped[int]
    title: Mapped[str]
    host: Mapped[str]
    scheme_id: Mapped[str]
    scheme_version: Mapped[str]
    period: Mapped[str]
    digest: Mapped[str]
    released_at: Mapped[Timestamp]


class Standing(Base):
    """`places`: [[rank, name, total, grade, honours], …] in order of rank."""

    __tablename__ = "standings"

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("app.tenant_id()"))
    release_id: Mapped[UUID] = mapped_column(primary_key=True)
    group_id: Mapped[str] = mapped_column(primary_key=True)
    party_id: Mapped[UUID] = mapped_column(primary_key=True)
    places: Mapped[list[Any]] = mapped_column(JSONB)
