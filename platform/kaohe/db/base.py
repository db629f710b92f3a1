"""Declarative base and the two kinds of tables: a tenant's (keys begin with tenant_id) and the platform's."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from sqlalchemy import DateTime, MetaData, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from kaohe.clock import now

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

Timestamp = Annotated[datetime, mapped_column(DateTime(timezone=True))]
Now = Annotated[datetime, mapped_column(DateTime(timezone=True), default=now, server_default=text("now()"))]


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)


class TenantTable(Base):
    """A row belongs to one tenant; row-level security is forced (see `db.rls`). Ids are time-ordered UUIDs."""

    __abstract__ = True

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("app.tenant_id()"), sort_order=-2)
    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("uuidv7()"), sort_order=-1)
