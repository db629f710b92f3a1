"""Entries of registers 登记册."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy.orm import Mapped

from kaohe.db.base import Now, TenantTable


class RegisterEntry(TenantTable):
    """`until`: the last day on which it stands."""

    __tablename__ = "register_entries"

    scheme_id: Mapped[str]
    register: Mapped[str]
    subject_id: Mapped[UUID]
    who: Mapped[str]
    since: Mapped[date]
    until: Mapped[date | None]
    evidence_id: Mapped[UUID | None]
    entered_by: Mapped[UUID]
    entered_name: Mapped[str]
    entered_at: Mapped[Now]
