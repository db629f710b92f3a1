"""Cycles 考核: one scheme applied to chosen subjects over one period."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from kaohe.clock import ZONE
from kaohe.db.base import Base, Now, TenantTable


class Cycle(TenantTable):
    """`scheme_*` and `parameters` are pinned when the notice is issued; only a changeover moves them. `draft` holds what
    the wizard knows before that: {"kinds": {kind: "all" | "none" | [subject ids]}}."""

    __tablename__ = "cycles"

    title: Mapped[str]
    scheme_id: Mapped[str]
    scheme_version: Mapped[str]
    scheme_hash: Mapped[str]
    parameter_version_id: Mapped[UUID | None]
    parameters: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    period: Mapped[str]
    period_start: Mapped[date]
    period_end: Mapped[date]
    state: Mapped[str] = mapped_column(server_default="draft")
    notice: Mapped[str] = mapped_column(server_default="")
    draft: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    created_by: Mapped[UUID]
    created_at: Mapped[Now]
    issued_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    closed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    version: Mapped[int] = mapped_column(server_default="1")


class CyclePhase(Base):
    """Also a report's last day (`report:ROUND`) and the dates of a channel (`channel:CHANNEL`), as `agenda` names them."""

    __tablename__ = "cycle_phases"

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("app.tenant_id()"))
    cycle_id: Mapped[UUID] = mapped_column(primary_key=True)
    phase: Mapped[str] = mapped_column(primary_key=True)
    opens_on: Mapped[date]
    closes_on: Mapped[date]
    title: Mapped[dict[str, str]] = mapped_column(JSONB, server_default="{}")


class Participation(TenantTable):
    """One subject in one cycle, shared by exactly two parties: the host (`tenant_id`) and the party that assesses
    itself (`party_id`; the host itself for its own units). The party may read it, only the host's side writes it.
    `notice` is the party's only view of the cycle: {cycle, title, scheme_id, scheme_version, scheme_hash, parameters,
    period, period_start, period_end, phases: [{phase, opens_on, closes_on}], host}; with an extension
    `self_assessment_closes` moves, the notice does not. `reports`: {key: day} of those handed in. `unit_id`: the host's
    unit whose people answer for the subject (a staff member's window); null where the party or the host's own do."""

    __tablename__ = "participations"

    cycle_id: Mapped[UUID]
    subject_id: Mapped[UUID]
    party_id: Mapped[UUID]
    subject_code: Mapped[str]
    subject_name: Mapped[str]
    subject_kind: Mapped[str]
    group_id: Mapped[str] = mapped_column(server_default="")
    group_name: Mapped[str] = mapped_column(server_default="")
    attributes: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    notice: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    self_assessment_opens: Mapped[date | None]
    self_assessment_closes: Mapped[date | None]
    filing_state: Mapped[str] = mapped_column(server_default="none")
    filed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    reports: Mapped[dict[str, str]] = mapped_column(JSONB, server_default="{}")
    receipt_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    receipt_by: Mapped[str | None]
    unit_id: Mapped[UUID | None]
    reminded_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    confirmed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    sort_key: Mapped[str] = mapped_column(server_default="")


BY_GROUP = (Participation.group_id, Participation.group_name)


class Changeover(TenantTable):
    """改用版本: the cycle goes over to another version of its scheme. Written once. `set_aside`: [{id, print, subject,
    code, title, words, who, why}] of every entry that does not fit; `summary`: of the ranking before and after."""

    __tablename__ = "changeovers"

    cycle_id: Mapped[UUID]
    from_version: Mapped[str]
    from_hash: Mapped[str]
    from_parameters: Mapped[dict[str, Any]] = mapped_column(JSONB)
    to_version: Mapped[str]
    to_hash: Mapped[str]
    to_parameters: Mapped[dict[str, Any]] = mapped_column(JSONB)
    reason: Mapped[str]
    document: Mapped[str]
    digest: Mapped[str]
    summary: Mapped[dict[str, int]] = mapped_column(JSONB)
    set_aside: Mapped[list[dict[str, str]]] = mapped_column(JSONB)
    decided_by: Mapped[UUID]
    decided_by_name: Mapped[str]
    decided_at: Mapped[Now]

    @property
    def told(self) -> dict[str, str]:
        """For copies that others read."""
        return {"from": self.from_version, "to": self.to_version, "reason": self.reason, "document": self.document,
                "by": self.decided_by_name, "on": self.decided_at.astimezone(ZONE).date().isoformat()}  # fmt: skip


class Extension(TenantTable):
    __tablename__ = "extensions"

    participation_id: Mapped[UUID]
    party_id: Mapped[UUID]
    until: Mapped[date]
    reason: Mapped[str]
    granted_by: Mapped[UUID]
    granted_at: Mapped[Now]


class Assessor(Base):
    __tablename__ = "assessors"

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("app.tenant_id()"))
    cycle_id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    person_name: Mapped[str]
    channel: Mapped[str] = mapped_column(primary_key=True, server_default="")


class Recusal(Base):
    """回避."""

    __tablename__ = "recusals"

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("app.tenant_id()"))
    cycle_id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    subject_id: Mapped[UUID] = mapped_column(primary_key=True)
    reason: Mapped[str]


class Assignment(TenantTable):
    __tablename__ = "assignments"

    cycle_id: Mapped[UUID]
    participation_id: Mapped[UUID]
    person_id: Mapped[UUID]
    channel: Mapped[str] = mapped_column(server_default="")
    state: Mapped[str] = mapped_column(server_default="open")
    filed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
