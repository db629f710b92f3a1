"""Who holds which role in a jurisdiction. Administrators give and end roles; they never know a password."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, column, func, or_, select, table, update
from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.audit.service import record
from kaohe.errors import Conflict, NotFound
from kaohe.i18n import _
from kaohe.identity.models import Invitation, Membership, Person, Role

PAGE_ROWS = 50
# Subjects are a later domain; only the name of the unit is shown here.
_UNITS = table(
    "subjects", column("tenant_id"), column("id"), column("name"), column("kind"), column("sort_key"),
    column("jurisdiction_id"),
)  # fmt: skip

# What an administrator may give; the platform's operator is not made by a jurisdiction.
GRANTABLE = tuple(role for role in Role if role is not Role.OPERATOR)


def role_names() -> dict[Role, str]:
    return {
        Role.OPERATOR: _("平台运营"), Role.ADMIN: _("管理员"), Role.ORGANISER: _("考核办"), Role.INSPECTOR: _("督查员"),
        Role.ASSESSOR: _("考核组"), Role.REPORTER: _("填报员"), Role.LEAD: _("单位负责人"), Role.APPROVER: _("领导小组"),
        Role.AUDITOR: _("纪检"), Role.STAFF: _("工作人员"),
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Held:
    membership_id: UUID
    role: Role
    unit: str


@dataclass(frozen=True, slots=True)
class Member:
    id: UUID
    login: str
    name: str
    waiting: bool  # invited, no password yet
    roles: tuple[Held, ...]


async def members(session: AsyncSession, *, search: str = "", page: int = 1) -> tuple[list[Member], int]:
    """People with a role here, and how many there are; two queries whatever their number."""
    held = (
        select(Membership.person_id)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.tenant_id == func.app.tenant_id(), Membership.ended_at.is_(None))
        .group_by(Membership.person_id)
    )
    if search:
        like = f"%{search}%"
        held = held.where(or_(Person.name.ilike(like), Person.login.ilike(like)))
    total = (await session.execute(select(func.count()).select_from(held.subquery()))).scalar_one()
    chosen = held.order_by(func.min(Person.name)).offset((page - 1) * PAGE_ROWS).limit(PAGE_ROWS)
    return _grouped(await _roles_of(session, chosen)), total


async def _roles_of(session: AsyncSession, people: Any) -> Sequence[Row[Any]]:
    query = (
        select(
            Person.id, Person.login, Person.name, Person.password_hash.is_(None).label("waiting"),
            Membership.id.label("membership_id"), Membership.role, _UNITS.c.name.label("unit"),
        )
        .join(Membership, Membership.person_id == Person.id)
        .outerjoin(
            _UNITS, and_(_UNITS.c.tenant_id == Membership.tenant_id, _UNITS.c.id == Membership.subject_id)
        )
        .where(
            Person.id.in_(people), Membership.tenant_id == func.app.tenant_id(), Membership.ended_at.is_(None)
        )
        .order_by(Person.name, Person.id, Membership.created_at)
    )  # fmt: skip
    return (await session.execute(query)).all()


def _grouped(rows: Sequence[Row[Any]]) -> list[Member]:
    found: dict[UUID, Member] = {}
    for row in rows:
        held = Held(row.membership_id, Role(row.role), row.unit or "")
        before = found.get(row.id)
        roles = (*before.roles, held) if before else (held,)
        found[row.id] = Member(row.id, row.login, row.name, row.waiting, roles)
    return list(found.values())


async def held(session: AsyncSession, membership_id: UUID) -> Membership:
    """Raises NotFound for a role that ended, too."""
    here = (Membership.tenant_id == func.app.tenant_id(), Membership.ended_at.is_(None))
    found = (
        await session.execute(select(Membership).where(Membership.id == membership_id, *here))
    ).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found


async def any_held(session: AsyncSession, person_id: UUID) -> Membership:
    here = (Membership.tenant_id == func.app.tenant_id(), Membership.ended_at.is_(None))
    query = select(Membership).where(Membership.person_id == person_id, *here).order_by(Membership.id).limit(1)
    return (await session.execute(query)).scalar_one()


async def end_role(session: AsyncSession, membership_id: UUID, *, by: UUID) -> None:
    """Works at once. The last administrator cannot be removed, nor can somebody remove their own administration."""
    found = await held(session, membership_id)
    if found.role == Role.ADMIN and found.person_id == by:
        raise Conflict(_("不能取消自己的管理员角色。"), next_step=_("请由另一位管理员操作。"))
    found.ended_at = datetime.now(UTC)
    record(session, "role.ended", "person", found.person_id, {"role": found.role, "subject": found.subject_id})


async def open_invitations(session: AsyncSession) -> Sequence[Invitation]:
    query = (
        select(Invitation)
        .where(Invitation.used_at.is_(None), Invitation.revoked_at.is_(None), Invitation.expires_at > datetime.now(UTC))
        .order_by(Invitation.created_at.desc())
        .limit(200)
    )
    return (await session.execute(query)).scalars().all()


async def revoke_invitation(session: AsyncSession, invitation_id: UUID) -> None:
    done = await session.execute(
        update(Invitation)
        .where(Invitation.id == invitation_id, Invitation.used_at.is_(None), Invitation.revoked_at.is_(None))
        .values(revoked_at=datetime.now(UTC))
        .returning(Invitation.login)
    )
    login = done.scalar_one_or_none()
    if login is None:
        raise NotFound
    record(session, "invitation.revoked", "invitation", invitation_id, {"login": login})


async def units(session: AsyncSession) -> list[tuple[str, str]]:
    """(id, name) of the units a role can be narrowed to."""
    query = (
        select(_UNITS.c.id, _UNITS.c.name)
        .where(_UNITS.c.tenant_id == func.app.tenant_id(), _UNITS.c.kind != "staff", _UNITS.c.jurisdiction_id.is_(None))
        .order_by(_UNITS.c.sort_key)
        .limit(1000)
    )
    return [(str(row.id), row.name) for row in await session.execute(query)]
