"""Failed logins per account and per address: five in fifteen minutes block an account, thirty an address."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import case, delete, select
from sqlalchemy.dialects.postgresql import insert

from kaohe.db.session import Database
from kaohe.errors import TooManyRequests
from kaohe.i18n import _
from kaohe.identity.models import LoginAttempts

WINDOW = timedelta(minutes=15)
LIMITS = {"account": 5, "address": 30}


def _keys(login: str, address: str) -> dict[str, str]:
    return {"account": f"account:{login.strip().lower()[:100]}", "address": f"address:{address[:64]}"}


async def check(database: Database, login: str, address: str) -> None:
    now = datetime.now(UTC)
    async with database.system() as session:
        query = select(LoginAttempts.blocked_until).where(LoginAttempts.key.in_(_keys(login, address).values()))
        blocked = [until for until in (await session.execute(query)).scalars() if until and until > now]
    if blocked:
        minutes = int((max(blocked) - now).total_seconds() // 60) + 1
        message = _("登录失败次数过多，请 {minutes} 分钟后再试。").format(minutes=minutes)
        raise TooManyRequests(message, retry_after=minutes * 60)


async def failed(database: Database, login: str, address: str) -> None:
    now = datetime.now(UTC)
    async with database.system() as session:
        for kind, key in _keys(login, address).items():
            stale = LoginAttempts.window_started_at < now - WINDOW
            failures = case((stale, 1), else_=LoginAttempts.failures + 1)
            made = insert(LoginAttempts).values(key=key, failures=1, window_started_at=now)
            await session.execute(
                made.on_conflict_do_update(
                    index_elements=[LoginAttempts.key],
                    set_={
                        "failures": failures,
                        "window_started_at": case((stale, now), else_=LoginAttempts.window_started_at),
                        "blocked_until": case((failures >= LIMITS[kind], now + WINDOW), else_=None),
                    },
                )
            )


async def succeeded(database: Database, login: str) -> None:
    async with database.system() as session:
        await session.execute(delete(LoginAttempts).where(LoginAttempts.key == _keys(login, "")["account"]))
