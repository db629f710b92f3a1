"""Rehearsals that somebody wanted to keep."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from kaohe.db.base import Now, TenantTable


class Rehearsal(TenantTable):
    """`parameters`: what differs from those of the run, numbers as text. The result itself is never stored."""

    __tablename__ = "rehearsals"

    cycle_id: Mapped[UUID]
    run_id: Mapped[UUID]
    name: Mapped[str]
    scheme_version: Mapped[str]
    parameters: Mapped[dict[str, Any]] = mapped_column(JSONB)
    summary: Mapped[dict[str, int]] = mapped_column(JSONB)
    saved_by: Mapped[UUID]
    saved_by_name: Mapped[str]
    saved_at: Mapped[Now]
