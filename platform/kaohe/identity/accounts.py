"""A person's own account: password, devices, language."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.audit.service import record
from kaohe.errors import FieldProblem, Invalid, NotFound
from kaohe.i18n import LOCALES, _
from kaohe.identity.models import LoginSession, Person
from kaohe.identity.service import hash_password, password_fits, revoke_session

SHORTEST, LONGEST = 10, 128


def password_problems(password: str, repeated: str, login: str) -> list[FieldProblem]:
    """Length is what counts; a password that holds the login name is refused."""
    found = []
    if len(password) < SHORTEST:
        found.append(FieldProblem("password", _("密码至少 {n} 个字符").format(n=SHORTEST)))
    elif len(password) > LONGEST:
        found.append(FieldProblem("password", _("密码最多 {n} 个字符").format(n=LONGEST)))
    elif login.lower() in password.lower():
        found.append(FieldProblem("password", _("密码不能包含登录名")))
    elif len(set(password)) < 4:
        found.append(FieldProblem("password", _("密码过于简单，请至少使用 4 个不同的字符")))
    if password != repeated:
        found.append(FieldProblem("repeated", _("两次输入的密码不一致")))
    return found


async def change_password(
    session: AsyncSession, person_id: UUID, *, session_id: UUID, current: str, password: str, repeated: str
) -> None:
    """Every other session of the person ends. Raises Invalid."""
    person = await session.get_one(Person, person_id)
    problems = password_problems(password, repeated, person.login)
    if not await asyncio.to_thread(password_fits, person.password_hash, current):
        problems.insert(0, FieldProblem("current", _("现在的密码不正确")))
    elif current == password:
        problems.append(FieldProblem("password", _("新密码不能与现在的密码相同")))
    if problems:
        raise Invalid(problems)
    person.password_hash = await asyncio.to_thread(hash_password, password)
    person.must_change_password = False
    await session.execute(
        update(LoginSession)
        .where(LoginSession.person_id == person_id, LoginSession.id != session_id, LoginSession.revoked_at.is_(None))
        .values(revoked_at=datetime.now(UTC), revoked_reason="password changed")
    )
    record(session, "password.changed", "person", person_id)


async def open_sessions(session: AsyncSession, person_id: UUID) -> Sequence[LoginSession]:
    query = (
        select(LoginSession)
        .where(
            LoginSession.person_id == person_id,
            LoginSession.revoked_at.is_(None),
            LoginSession.expires_at > datetime.now(UTC),
        )
        .order_by(LoginSession.last_used_at.desc())
        .limit(100)
    )
    return (await session.execute(query)).scalars().all()


async def end_session(session: AsyncSession, person_id: UUID, session_id: UUID) -> None:
    """Raises NotFound unless the session is this person's own."""
    found = await session.get(LoginSession, session_id)
    if found is None or found.person_id != person_id:
        raise NotFound
    await revoke_session(session, session_id, "ended by its person")
    record(session, "session.ended", "session", session_id)


async def choose_locale(session: AsyncSession, person_id: UUID, locale: str) -> None:
    if locale not in LOCALES:
        raise Invalid(_("没有这种语言"))
    person = await session.get_one(Person, person_id)
    person.locale = locale
