"""People, their login sessions, and the roles they hold in jurisdictions."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from sqlalchemy import DateTime, text
from sqlalchemy.orm import Mapped, mapped_column

from kaohe.db.base import Base, Now, TenantTable, Timestamp


class Role(StrEnum):
    OPERATOR = "operator"  # 平台运营: tenants and plugins, no content
    ADMIN = "admin"  # 辖区管理员: people, tree, configuration, no scores
    ORGANISER = "organiser"  # 考核办
    INSPECTOR = "inspector"  # 督查员
    ASSESSOR = "assessor"  # 考核组
    REPORTER = "reporter"  # 填报员
    LEAD = "lead"  # 单位负责人
    APPROVER = "approver"  # 领导小组
    AUDITOR = "auditor"  # 纪检
    STAFF = "staff"  # 工作人员: own sheet


class Reader(Protocol):
    """Who is logged in, as services see them (`web.context.Person`). `units` None: the whole jurisdiction."""

    @property
    def id(self) -> UUID: ...
    @property
    def name(self) -> str: ...
    def has(self, *roles: Role) -> bool: ...
    def units(self, *roles: Role) -> frozenset[UUID] | None: ...


class Person(Base):
    __tablename__ = "people"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("uuidv7()"))
    login: Mapped[str]
    name: Mapped[str]
    phone: Mapped[str] = mapped_column(server_default="")
    password_hash: Mapped[str | None]
    must_change_password: Mapped[bool] = mapped_column(server_default=text("false"))
    locale: Mapped[str] = mapped_column(server_default="zh")
    created_at: Mapped[Now]
    disabled_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class LoginSession(Base):
    __tablename__ = "sessions"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("uuidv7()"))
    person_id: Mapped[UUID]
    tenant_id: Mapped[UUID | None]
    created_at: Mapped[Now]
    last_used_at: Mapped[Now]
    expires_at: Mapped[Timestamp]
    revoked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    revoked_reason: Mapped[str | None]
    address: Mapped[str] = mapped_column(server_default="")
    agent: Mapped[str] = mapped_column(server_default="")


class RefreshToken(Base):
    __tablename__ = "refresh_tokens"

    hash: Mapped[bytes] = mapped_column(primary_key=True)
    session_id: Mapped[UUID]
    issued_at: Mapped[Now]
    used_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class LoginAttempts(Base):
    __tablename__ = "login_attempts"

    key: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int]
    window_started_at: Mapped[Timestamp]
    blocked_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class Membership(TenantTable):
    """One role of one person in one jurisdiction; `subject_id` narrows it to one unit (a reporter's window)."""

    __tablename__ = "memberships"

    person_id: Mapped[UUID]
    role: Mapped[str]
    subject_id: Mapped[UUID | None]
    created_at: Mapped[Now]
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class Invitation(TenantTable):
    __tablename__ = "invitations"

    token_hash: Mapped[bytes]
    login: Mapped[str]
    name: Mapped[str]
    role: Mapped[str]
    subject_id: Mapped[UUID | None]
    invited_by: Mapped[UUID]
    created_at: Mapped[Now]
    expires_at: Mapped[Timestamp]
    used_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    revoked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
