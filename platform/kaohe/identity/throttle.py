"""Failed logins per account and per address: five in fifteen minutes block an account, thirty an address.

An attempt counts as failed from its beginning until it proves right, so that many at once are not let through together.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import case, delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.db.session import Database
from kaohe.errors import TooManyRequests
from kaohe.i18n import _
from kaohe.identity.models import LoginAttempts

WINDOW = timedelta(minutes=15)
LIMITS = {"account": 5, "address": 30}


def _keys(login: str, address: str) -> dict[str, str]:
    return {"account": f"account:{login.strip().lower()[:100]}", "address": f"address:{address[:64]}"}


async def begin(database: Database, login: str, address: str) -> None:
    """Raises TooManyRequests, and then the attempt does not count."""
    now = datetime.now(UTC)
    async with database.system() as session:
        for kind, key in _keys(login, address).items():
            await _count(session, key, LIMITS[kind], now)


async def _count(session: AsyncSession, key: str, limit: int, now: datetime) -> None:
    stale = LoginAttempts.window_started_at < now - WINDOW
    failures = case((stale, 1), else_=LoginAttempts.failures + 1)
    counted = (
        insert(LoginAttempts)
        .values(key=key, failures=1, window_started_at=now)
        .on_conflict_do_update(
            index_elements=[LoginAttempts.key],
            set_={
                "failures": failures,
                "window_started_at": case((stale, now), else_=LoginAttempts.window_started_at),
                "blocked_until": case((failures >= limit, now + WINDOW), else_=None),
            },
            where=LoginAttempts.blocked_until.is_(None) | (LoginAttempts.blocked_until <= now),
        )
        .returning(LoginAttempts.failures)
    )
    if (await session.execute(counted)).first() is None:
        until = await session.scalar(select(LoginAttempts.blocked_until).where(LoginAttempts.key == key))
        raise _blocked((until or now) - now)


def _blocked(left: timedelta) -> TooManyRequests:
    minutes = int(left.total_seconds() // 60) + 1
    message = _("登录失败次数过多，请 {minutes} 分钟后再试。").format(minutes=minutes)
    return TooManyRequests(message, retry_after=minutes * 60)


async def succeeded(database: Database, login: str, address: str) -> None:
    """The account begins anew; of its address only this attempt is taken back."""
    keys = _keys(login, address)
    async with database.system() as session:
        await session.execute(delete(LoginAttempts).where(LoginAttempts.key == keys["account"]))
        await session.execute(
            update(LoginAttempts)
            .where(LoginAttempts.key == keys["address"], LoginAttempts.failures > 0)
            .values(failures=LoginAttempts.failures - 1, blocked_until=None)
        )
