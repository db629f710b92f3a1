"""Daily records 日常记录: written once, cancelled only by a reversal that names them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, LargeBinary, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from kaohe.db.base import Base, Now, TenantTable


class DailyRecord(TenantTable):
    """`number` is the year and seven digits (`20260000017` is 2026-0000017). An entry's members stand in columns of
    their own. `party_id`: the tenant that the subject is, which may read; else the host itself."""

    __tablename__ = "records"

    number: Mapped[int] = mapped_column(BigInteger)
    scheme_id: Mapped[str]
    subject_id: Mapped[UUID]
    party_id: Mapped[UUID]
    subject_name: Mapped[str]
    leaf: Mapped[str]
    date: Mapped[dt.date]
    count: Mapped[int | None]
    amount: Mapped[Decimal | None]
    level: Mapped[str | None]
    value: Mapped[Decimal | None]
    target: Mapped[Decimal | None]
    rating: Mapped[Decimal | None]
    done: Mapped[str | None]
    matter: Mapped[str | None]
    fields: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    note: Mapped[str | None]
    reverses_id: Mapped[UUID | None]
    reversed_by_id: Mapped[UUID | None]
    source: Mapped[str]
    import_id: Mapped[UUID | None]
    entered_by: Mapped[UUID]
    entered_name: Mapped[str]
    entered_at: Mapped[Now]
    reply_until: Mapped[dt.date | None]


class RecordEvidence(Base):
    """`copy_id`: the same file as the party holds it, where the subject is another tenant."""

    __tablename__ = "record_evidence"

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("app.tenant_id()"))
    record_id: Mapped[UUID] = mapped_column(primary_key=True)
    evidence_id: Mapped[UUID] = mapped_column(primary_key=True)
    party_id: Mapped[UUID]
    copy_id: Mapped[UUID | None]
    position: Mapped[int]


class RecordReply(TenantTable):
    """What the subject has to say, within the days set."""

    __tablename__ = "record_replies"

    record_id: Mapped[UUID]
    party_id: Mapped[UUID]
    text: Mapped[str]
    person_id: Mapped[UUID]
    person_name: Mapped[str]
    replied_at: Mapped[Now]


class RecordImport(TenantTable):
    """A spreadsheet on its way in: `waiting` to be checked, `checked` or `refused`, then `importing`, `done`.
    `preview` holds the first rows as read, `problems` [place, message] of the first of
    `problem_count` rows that are wrong."""

    __tablename__ = "record_imports"

    filename: Mapped[str]
    sha256: Mapped[str]
    data: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True, deferred_raiseload=True)
    scheme_id: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="waiting")
    step: Mapped[str] = mapped_column(server_default="")
    rows: Mapped[int] = mapped_column(server_default="0")
    preview: Mapped[list[Any]] = mapped_column(JSONB, server_default="[]")
    problems: Mapped[list[Any]] = mapped_column(JSONB, server_default="[]")
    problem_count: Mapped[int] = mapped_column(server_default="0")
    uploaded_by: Mapped[UUID]
    uploaded_name: Mapped[str]
    uploaded_at: Mapped[Now]
    finished_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
