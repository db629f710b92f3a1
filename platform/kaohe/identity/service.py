"""Login, refresh, logout, switch of jurisdiction."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.db.session import Database
from kaohe.errors import NotFound
from kaohe.identity import queries, throttle
from kaohe.identity.errors import SessionEnded, TokenReused, WrongLogin
from kaohe.identity.models import LoginSession, RefreshToken
from kaohe.identity.tokens import SESSION_LIFETIME, AccessToken, new_secret, secret_hash

_hasher = PasswordHasher()
# Verified against when the account is unknown, so that both answers take the same time. No password leads to it.
_NOBODY = "$argon2id$v=19$m={},t={},p={}${}${}".format(
    _hasher.memory_cost, _hasher.time_cost, _hasher.parallelism, "A" * 22, "A" * 43
)
# Two requests of one page may carry the same refresh token; only a later reuse means a copy.
REUSE_GRACE = timedelta(seconds=20)


@dataclass(frozen=True, slots=True)
class Entry:
    """What a browser gets: the content of the access token and the secret to renew it (None: keep the old one)."""

    access: AccessToken
    refresh: str | None


def hash_password(password: str) -> str:
    return _hasher.hash(password)


def password_fits(stored: str | None, password: str) -> bool:
    try:
        _hasher.verify(stored or _NOBODY, password)
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


async def log_in(database: Database, login: str, password: str, *, address: str, agent: str) -> Entry:
    """Raises WrongLogin, or TooManyRequests when the account or the address failed too often.

    Runs in transactions of its own: a failed attempt is counted although the request fails.
    """
    await throttle.begin(database, login, address)
    async with database.system() as session:
        person = await queries.person_by_login(session, login)
    stored = person.password_hash if person else None
    # Apart, so that nobody waits for somebody else's hash.
    fits = await asyncio.to_thread(password_fits, stored, password)
    if not fits or person is None or person.disabled_at:
        raise WrongLogin
    await throttle.succeeded(database, login, address)
    async with database.system(person_id=person.id) as session:
        return await open_session(session, person.id, address=address, agent=agent)


async def open_session(session: AsyncSession, person_id: UUID, *, address: str, agent: str) -> Entry:
    homes = await queries.tenants_of(session, person_id)
    tenant_id = homes[0] if homes else None
    made = LoginSession(
        person_id=person_id, tenant_id=tenant_id, expires_at=datetime.now(UTC) + SESSION_LIFETIME,
        address=address[:64], agent=agent[:200],
    )  # fmt: skip
    session.add(made)
    await session.flush()
    return Entry(AccessToken(person_id, made.id, tenant_id), await _new_refresh(session, made.id))


async def _new_refresh(session: AsyncSession, session_id: UUID) -> str:
    secret = new_secret()
    session.add(RefreshToken(hash=secret_hash(secret), session_id=session_id))
    await session.flush()
    return secret


async def refresh(database: Database, secret: str) -> Entry:
    """Exchange a refresh token. Raises SessionEnded, or TokenReused after having revoked the session."""
    async with database.system() as session:
        token = await session.get(RefreshToken, secret_hash(secret), with_for_update=True)
        login = await session.get(LoginSession, token.session_id) if token else None
        now = datetime.now(UTC)
        if token is None or login is None or login.revoked_at or login.expires_at <= now:
            raise SessionEnded
        access = AccessToken(login.person_id, login.id, login.tenant_id)
        if token.used_at is None:
            token.used_at = login.last_used_at = now
            return Entry(access, await _new_refresh(session, login.id))
        if now - token.used_at <= REUSE_GRACE:
            return Entry(access, None)
        await revoke_session(session, login.id, "refresh token reused")
    raise TokenReused  # outside the transaction, so that the revocation is kept


async def revoke_session(session: AsyncSession, session_id: UUID, reason: str) -> None:
    """Works at once: every request checks its session in its first statement."""
    await session.execute(
        update(LoginSession)
        .where(LoginSession.id == session_id, LoginSession.revoked_at.is_(None))
        .values(revoked_at=datetime.now(UTC), revoked_reason=reason)
    )


async def switch_jurisdiction(session: AsyncSession, token: AccessToken, tenant_id: UUID) -> AccessToken:
    """Raises NotFound when the person holds no role there."""
    if tenant_id not in await queries.tenants_of(session, token.person_id):
        raise NotFound
    await session.execute(update(LoginSession).where(LoginSession.id == token.session_id).values(tenant_id=tenant_id))
    return AccessToken(token.person_id, token.session_id, tenant_id)
