"""Which schemes a jurisdiction may use, and the parameters it set for them."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from kaohe.db.base import Base, Now, TenantTable


class EnabledScheme(Base):
    """`granted_by`: the jurisdiction above that gave it, None at the top. Granted but not `enabled` can be switched on."""

    __tablename__ = "enabled_schemes"

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=sql("app.tenant_id()"))
    scheme_id: Mapped[str] = mapped_column(primary_key=True)
    granted_by: Mapped[UUID | None]
    granted_at: Mapped[Now]
    enabled: Mapped[bool] = mapped_column(server_default=sql("true"))
    changed_at: Mapped[Now]


class ParameterVersion(TenantTable):
    """`overrides`: what differs from the scheme's defaults, numbers as text. Holds from `valid_from` on."""

    __tablename__ = "parameter_versions"

    scheme_id: Mapped[str]
    number: Mapped[int]
    valid_from: Mapped[date]
    overrides: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    reason: Mapped[str]
    made_by: Mapped[str]
    made_at: Mapped[Now]


class SchemeVersion(Base):
    """A published version as this jurisdiction holds it. `text` and `number` are None for an installed plugin's."""

    __tablename__ = "scheme_versions"

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=sql("app.tenant_id()"))
    scheme_id: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int | None]
    text: Mapped[str | None]
    content_hash: Mapped[str]
    cases: Mapped[str] = mapped_column(server_default="")
    reason: Mapped[str] = mapped_column(server_default="")
    published_by: Mapped[str] = mapped_column(server_default="")
    published_at: Mapped[Now]
