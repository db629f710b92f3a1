"""Followups 后续: what the regulation lets follow from a released result, and what was done about it."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import DateTime, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from kaohe.db.base import Base, Now, TenantTable

RECTIFY = "rectify"
# Still to be acted on; a rectification 整改 alone is `filed` (its report waits for acceptance) or `returned`.
TO_ACT = ("open", "filed", "returned")


class Followup(TenantTable):
    """One consequence for one subject, or (`subject_id` None) for the whole result. `key` names the consequence within
    its cycle, `release_number` the last release from which it follows; `follows` False: done, but by a later release it
    would not have been called for. `party_id`, `unit_id`, `person_id`: whom it concerns, as on the released sheet."""

    __tablename__ = "followups"

    cycle_id: Mapped[UUID]
    cycle_title: Mapped[str]
    host: Mapped[str]
    release_number: Mapped[int]
    key: Mapped[str]
    position: Mapped[int]
    cause: Mapped[str]
    cause_title: Mapped[dict[str, str]] = mapped_column(JSONB)
    action: Mapped[str]
    title: Mapped[dict[str, str]] = mapped_column(JSONB)
    actor: Mapped[dict[str, str]] = mapped_column(JSONB)
    article: Mapped[str] = mapped_column(server_default="")
    bulletin: Mapped[bool] = mapped_column(server_default=text("false"))
    subject_id: Mapped[UUID | None]
    subject_name: Mapped[str] = mapped_column(server_default="")
    group_id: Mapped[str] = mapped_column(server_default="")
    group_name: Mapped[str] = mapped_column(server_default="")
    sort_key: Mapped[str] = mapped_column(server_default="")
    party_id: Mapped[UUID]
    unit_id: Mapped[UUID | None]
    person_id: Mapped[UUID | None]
    state: Mapped[str] = mapped_column(server_default="open")
    follows: Mapped[bool] = mapped_column(server_default=text("true"))
    due: Mapped[date | None]
    opened_at: Mapped[Now]
    outcome: Mapped[str] = mapped_column(server_default="")
    settled_on: Mapped[date | None]
    document: Mapped[str] = mapped_column(server_default="")
    decided_by: Mapped[str] = mapped_column(server_default="")
    settled_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    settled_name: Mapped[str] = mapped_column(server_default="")
    version: Mapped[int] = mapped_column(server_default=text("1"))


class FollowupAct(TenantTable):
    """What somebody did, or (without a name) what a release brought about."""

    __tablename__ = "followup_acts"

    followup_id: Mapped[UUID]
    party_id: Mapped[UUID]
    action: Mapped[str]
    note: Mapped[str] = mapped_column(server_default="")
    due: Mapped[date | None]
    person_name: Mapped[str] = mapped_column(server_default="")
    acted_at: Mapped[Now]


class FollowupEvidence(Base):
    """`evidence_id` is the host's; `origin_id` the party's own file of which it is a copy."""

    __tablename__ = "followup_evidence"

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("app.tenant_id()"))
    act_id: Mapped[UUID] = mapped_column(primary_key=True)
    evidence_id: Mapped[UUID] = mapped_column(primary_key=True)
    party_id: Mapped[UUID]
    origin_id: Mapped[UUID | None]
    name: Mapped[str]
    sha256: Mapped[str]
