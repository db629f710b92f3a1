"""Messages 消息: written once, delivered to each person who is meant."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import DateTime, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from kaohe.db.base import Base, Now, TenantTable


class Message(TenantTable):
    """It lies in the tenant that receives it; `sender_*` may be of another one. `roles` with `subject_id` (a unit)
    or without (the whole jurisdiction) and `person_id` say to whom it is addressed. One person's receipt counts for
    all who got it. `about` names what it is about, so that a receipt can be written there too."""

    __tablename__ = "messages"

    kind: Mapped[str]
    title: Mapped[str]
    body: Mapped[str] = mapped_column(server_default="")
    link: Mapped[str] = mapped_column(server_default="")
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    person_id: Mapped[UUID | None]
    subject_id: Mapped[UUID | None]
    due: Mapped[date | None]
    asks_receipt: Mapped[bool] = mapped_column(server_default=text("false"))
    receipt_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    receipt_by: Mapped[UUID | None]
    receipt_name: Mapped[str | None]
    about_type: Mapped[str | None]
    about_id: Mapped[UUID | None]
    sender_id: Mapped[UUID | None]
    sender_name: Mapped[str] = mapped_column(server_default="")
    sender_tenant_id: Mapped[UUID | None]
    sent_at: Mapped[Now]


class Delivery(Base):
    """One message in one person's inbox."""

    __tablename__ = "deliveries"

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("app.tenant_id()"))
    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    message_id: Mapped[UUID] = mapped_column(primary_key=True)
    read_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
