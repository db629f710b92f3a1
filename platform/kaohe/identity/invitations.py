"""Invitations: a one-time link by which a person sets their own password; nobody else ever knows it.

The link names the jurisdiction beside the secret, since an invitation belongs to a tenant and whoever opens it has none.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.audit.service import record
from kaohe.db.session import current_tenant
from kaohe.errors import FieldProblem, Invalid, NotFound
from kaohe.i18n import _
from kaohe.identity import queries
from kaohe.identity.accounts import password_problems
from kaohe.identity.models import Invitation, Membership, Person, Role
from kaohe.identity.service import hash_password
from kaohe.identity.tokens import new_secret, secret_hash

LIFETIME = timedelta(days=7)
LOGIN = re.compile(r"[a-z0-9][a-z0-9._@-]{2,59}")


@dataclass(frozen=True, slots=True)
class Invited:
    """`link_path` is shown once and stored nowhere."""

    id: UUID
    name: str
    link_path: str
    expires_at: datetime


async def invite(
    session: AsyncSession, *, login: str, name: str, role: Role, subject_id: UUID | None = None, by: UUID | None = None
) -> Invited:
    """Into the tenant for whom the session acts. Somebody with an account keeps it and gains the role.

    Raises Invalid for an unusable login name or a role that a jurisdiction cannot give.
    """
    login = login.strip().lower()
    if not LOGIN.fullmatch(login):
        raise Invalid(
            [FieldProblem("login", _("登录名「{login}」应为 3 至 60 位小写字母、数字或 . _ @ -").format(login=login))]
        )
    if role is Role.OPERATOR:
        raise Invalid([FieldProblem("role", _("平台运营不能由辖区授予"))])
    secret = new_secret()
    made = Invitation(
        token_hash=secret_hash(secret), login=login, name=name, role=role, subject_id=subject_id,
        invited_by=by or _NOBODY, expires_at=datetime.now(UTC) + LIFETIME,
    )  # fmt: skip
    session.add(made)
    await session.flush()
    record(session, "person.invited", "invitation", made.id, {"login": login, "name": name, "role": role})
    tenant = current_tenant(session)
    assert tenant is not None
    return Invited(made.id, name, f"/invitations/{tenant.hex}.{secret}", made.expires_at)


_NOBODY = UUID(int=0)  # invited by a command, not by a person


def split_token(token: str) -> tuple[UUID, str]:
    """Raises NotFound for what is no token at all."""
    tenant, _dot, secret = token.partition(".")
    try:
        return UUID(tenant), secret
    except ValueError:
        raise NotFound from None


async def open_invitation(session: AsyncSession, secret: str, *, lock: bool = False) -> Invitation:
    """Raises NotFound when it is unknown, used, revoked or over its time: the four must look the same."""
    query = select(Invitation).where(
        Invitation.token_hash == secret_hash(secret), Invitation.used_at.is_(None), Invitation.revoked_at.is_(None),
        Invitation.expires_at > datetime.now(UTC),
    )  # fmt: skip
    found = (await session.execute(query.with_for_update() if lock else query)).scalar_one_or_none()
    if found is None:
        raise NotFound(_("链接无效、已用过或已过期"), next_step=_("请联系给您链接的管理员重新发送。"))
    return found


async def needs_password(session: AsyncSession, login: str) -> bool:
    person = await queries.person_by_login(session, login)
    return person is None or person.password_hash is None


async def awaits_reset(session: AsyncSession, login: str) -> bool:
    """Of somebody who has an account already."""
    person = await queries.person_by_login(session, login)
    return person is not None and person.password_hash is None


async def accept(session: AsyncSession, secret: str, *, password: str, repeated: str) -> Person:
    """Uses the link up. A person who has a password already keeps it. Raises Invalid, NotFound."""
    invitation = await open_invitation(session, secret, lock=True)
    person = await queries.person_by_login(session, invitation.login)
    if person is None or person.password_hash is None:
        if problems := password_problems(password, repeated, invitation.login):
            raise Invalid(problems)
        if person is None:
            person = Person(login=invitation.login, name=invitation.name)
            session.add(person)
        person.password_hash = await asyncio.to_thread(hash_password, password)
        await session.flush()
    await grant(session, person.id, Role(invitation.role), invitation.subject_id)
    invitation.used_at = datetime.now(UTC)
    session.sync_session.info["actor"] = person.name
    record(session, "invitation.accepted", "invitation", invitation.id, {"login": person.login})
    return person


async def grant(session: AsyncSession, person_id: UUID, role: Role, subject_id: UUID | None = None) -> None:
    """Give a role in the tenant for whom the session acts; twice is once."""
    tenant = current_tenant(session)
    held = select(Membership.id).where(
        Membership.tenant_id == tenant, Membership.person_id == person_id, Membership.role == role,
        Membership.subject_id.is_not_distinct_from(subject_id), Membership.ended_at.is_(None),
    )  # fmt: skip
    if (await session.execute(held)).first():
        return
    session.add(Membership(tenant_id=tenant, person_id=person_id, role=role, subject_id=subject_id))
    await session.flush()
    record(session, "role.granted", "person", person_id, {"role": role, "subject": subject_id})
