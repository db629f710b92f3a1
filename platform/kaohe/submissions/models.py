"""Self-assessments 自评 (the party's) and filings 报送 (the host's copy of what was handed in)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from kaohe.db.base import Base, Now, TenantTable, Timestamp


class SelfAssessment(TenantTable):
    """Its id is that of the participation. Made when somebody first writes something."""

    __tablename__ = "self_assessments"

    host_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(server_default="draft")
    return_reason: Mapped[str] = mapped_column(server_default="")
    returned_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    created_at: Mapped[Now]
    version: Mapped[int] = mapped_column(server_default="1")


class _OfLeaf(Base):
    __abstract__ = True

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("app.tenant_id()"))
    self_assessment_id: Mapped[UUID] = mapped_column(primary_key=True)
    leaf: Mapped[str] = mapped_column(primary_key=True)


class Claim(_OfLeaf):
    """What the party says under one leaf: entries as in `catalogue.entries`, and a remark."""

    __tablename__ = "claims"

    entries: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    remark: Mapped[str] = mapped_column(server_default="")
    version: Mapped[int] = mapped_column(server_default="1")
    updated_by: Mapped[UUID]
    updated_name: Mapped[str]
    updated_at: Mapped[Timestamp]


class ReplacedClaim(_OfLeaf):
    """Somebody's words that another person's save replaced."""

    __tablename__ = "replaced_claims"

    version: Mapped[int] = mapped_column(primary_key=True)
    entries: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    remark: Mapped[str]
    updated_name: Mapped[str]
    updated_at: Mapped[Timestamp]


class ClaimEvidence(_OfLeaf):
    __tablename__ = "claim_evidence"

    slot: Mapped[str] = mapped_column(primary_key=True)
    evidence_id: Mapped[UUID] = mapped_column(primary_key=True)
    added_by: Mapped[UUID]
    added_at: Mapped[Now]


class Filing(TenantTable):
    """`digest`: SHA-256 of the canonical JSON of `content` (`filing.seal`), so that anybody can check it."""

    __tablename__ = "filings"

    participation_id: Mapped[UUID]
    party_id: Mapped[UUID]
    number: Mapped[str]
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
    digest: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="open")
    filed_by: Mapped[UUID]
    filed_name: Mapped[str]
    filed_at: Mapped[Timestamp]
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    ended_name: Mapped[str | None]
    ended_reason: Mapped[str] = mapped_column(server_default="")


class FilingNumber(Base):
    """The last number that the host gave in a year."""

    __tablename__ = "filing_numbers"

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("app.tenant_id()"))
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]


class FilingEvidence(Base):
    """A file of a filing; `evidence_id` is the host's own copy."""

    __tablename__ = "filing_evidence"

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("app.tenant_id()"))
    filing_id: Mapped[UUID] = mapped_column(primary_key=True)
    leaf: Mapped[str] = mapped_column(primary_key=True)
    slot: Mapped[str] = mapped_column(primary_key=True)
    evidence_id: Mapped[UUID] = mapped_column(primary_key=True)
    party_id: Mapped[UUID]
    sha256: Mapped[str]
    name: Mapped[str]
    size: Mapped[int]
    media_type: Mapped[str]


class FiledReport(TenantTable):
    """A report that the calendar asks for (`report`: its key there). `digest`: as a filing's, of `reports.content_of`."""

    __tablename__ = "filed_reports"

    participation_id: Mapped[UUID]
    party_id: Mapped[UUID]
    report: Mapped[str]
    number: Mapped[str]
    body: Mapped[str]
    digest: Mapped[str]
    filed_by: Mapped[UUID]
    filed_name: Mapped[str]
    filed_at: Mapped[Now]


class FiledReportFile(Base):
    """`evidence_id` is the host's own copy."""

    __tablename__ = "filed_report_files"

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("app.tenant_id()"))
    report_id: Mapped[UUID] = mapped_column(primary_key=True)
    evidence_id: Mapped[UUID] = mapped_column(primary_key=True)
    party_id: Mapped[UUID]
    name: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
