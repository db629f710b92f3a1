"""Jurisdictions (the tenants) and the closure of their tree as each of them sees it."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Mapped, mapped_column

from kaohe.db.base import Base, Now


class Jurisdiction(Base):
    """`division_code`: GB/T 2260, the 12-digit statistical code, or the tenant's own; text, as leading zeros count."""

    __tablename__ = "jurisdictions"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("uuidv7()"))
    slug: Mapped[str]
    name: Mapped[str]
    tier: Mapped[str]
    division_code: Mapped[str] = mapped_column(server_default="")
    sort_key: Mapped[str] = mapped_column(server_default="")
    valid_from: Mapped[date] = mapped_column(server_default=text("current_date"))
    valid_to: Mapped[date | None]
    created_at: Mapped[Now]


class JurisdictionName(Base):
    __tablename__ = "jurisdiction_names"

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("app.tenant_id()"))
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    name: Mapped[str]


class JurisdictionLink(Base):
    """`depth`: 0 itself, 1 and more below, −1 and less above. `parent_id` is the other's direct parent."""

    __tablename__ = "jurisdiction_links"

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("app.tenant_id()"))
    jurisdiction_id: Mapped[UUID] = mapped_column(primary_key=True)
    parent_id: Mapped[UUID | None]
    depth: Mapped[int]
    valid_from: Mapped[date] = mapped_column(primary_key=True, server_default=text("current_date"))
    valid_to: Mapped[date | None]
