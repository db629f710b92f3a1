"""The only way to data: a session bound to a tenant for one transaction.

The tenant is set with the transaction (`set_config(…, true)`), so nothing survives it and a pooler in
transaction mode is safe. A session without a scope raises instead of returning nothing.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy import Connection, Row, event, exc, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import Session, SessionTransaction

from kaohe.db import direct

# What may succeed a moment later: the database restarted, the way to it broke, everything was locked or in use.
AWAY = (psycopg.OperationalError, psycopg.InterfaceError, exc.OperationalError, exc.InterfaceError, exc.TimeoutError)
# A way to the database that broke without a word is noticed after half a minute or so.
STEADY = {
    "connect_timeout": 10, "keepalives_idle": 15, "keepalives_interval": 5, "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}  # fmt: skip


class Dead(psycopg.OperationalError):
    """A connection that ended before anything was asked."""


class TenantMissing(RuntimeError):
    """A session began a transaction without saying for whom."""


@dataclass(frozen=True, slots=True)
class Scope:
    """For whom a transaction runs. `session_id` makes its first statement check the login session as well."""

    tenant_id: UUID | None = None
    person_id: UUID | None = None
    session_id: UUID | None = None
    read_only: bool = False


class TenantSession(Session):
    """Bound to `info["scope"]`; what the entering statement returned is in `info["entered"]`."""


ENTER = "SELECT * FROM app.enter(%s, %s, %s, %s)"


def _entering(scope: Scope) -> str:
    """As ENTER, with the values in it: they are numbers, whatever somebody put into the scope."""
    ids = (
        "NULL" if one is None else f"'{one.int:032x}'" for one in (scope.tenant_id, scope.person_id, scope.session_id)
    )
    return f"SELECT * FROM app.enter({', '.join(ids)}, {'true' if scope.read_only else 'false'})"  # noqa: S608


@event.listens_for(TenantSession, "after_begin")
def _enter(session: Session, transaction: SessionTransaction, connection: Connection) -> None:
    scope: Scope | None = session.info.get("scope")
    if scope is None:
        raise TenantMissing("会话没有辖区：请用 Database.tenant() 或 Database.system()")
    if direct.joined(session):
        return
    parameters = (scope.tenant_id, scope.person_id, scope.session_id, scope.read_only)
    session.info["entered"] = connection.exec_driver_sql(ENTER, parameters).one_or_none()


class Database:
    """An engine and its sessions. One per process."""

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        self._size = pool_size
        self.engine: AsyncEngine = create_async_engine(
            url,
            pool_size=pool_size,
            max_overflow=0,
            pool_pre_ping=False,
            pool_use_lifo=True,  # whose plans are ready and whose caches are warm
            # Behind a pooler in transaction mode server-side prepared statements would be lost.
            connect_args=STEADY | ({"prepare_threshold": None} if "pgbouncer=1" in url else {}),
        )
        self._sessions = async_sessionmaker(
            self.engine, sync_session_class=TenantSession, expire_on_commit=False, autoflush=False
        )

    def session(self, scope: Scope) -> AsyncSession:
        """An open session; whoever opens it commits and closes it (the edge, a job, a command)."""
        return self._sessions(info={"scope": scope})

    async def open(self, scope: Scope) -> AsyncSession:
        """A session that has entered already, on the driver's own connection (`db.direct`). To be closed by `close`.

        After a restart of the database every connection of the pool is dead: nothing was asked yet, so the next is tried,
        and after all of them a new one.
        """
        for _connection in range(self._size):
            with suppress(Dead):
                return await self._enter(scope)
        return await self._enter(scope)

    async def _enter(self, scope: Scope) -> AsyncSession:
        """Raises Dead where the pool's connection had been closed."""
        session = self.session(scope)
        try:
            entered = await direct.begin(session, self.engine, _entering(scope))
        except BaseException as problem:
            died = direct.died(session)
            with suppress(*AWAY):
                await direct.close(session)
            if died and isinstance(problem, AWAY):
                raise Dead from problem
            raise
        session.sync_session.info["entered"] = entered[0] if entered else None
        return session

    @asynccontextmanager
    async def begin(self, scope: Scope) -> AsyncIterator[AsyncSession]:
        """One transaction: commits at the end, rolls back on any exception."""
        async with self.session(scope) as session:
            yield session
            if not scope.read_only:
                await settle(session)
            await session.commit()

    def tenant(self, tenant_id: UUID, *, person_id: UUID | None = None, read_only: bool = False) -> Any:
        return self.begin(Scope(tenant_id, person_id, None, read_only))

    def system(self, *, person_id: UUID | None = None) -> Any:
        """No tenant: reaches only the platform's tables; any tenant table raises."""
        return self.begin(Scope(person_id=person_id))

    async def close(self) -> None:
        await self.engine.dispose()


async def settle(session: AsyncSession) -> None:
    """What has to come last in a transaction, right before the commit: `info["settle"]` (the audit chain)."""
    await session.flush()
    last = session.sync_session.info.get("settle")
    if last is not None:
        await last(session)
    alone, values = along(session)
    if alone:
        await direct.rows(session, f"{alone} SELECT", values)


def take_along(session: AsyncSession, change: str, values: dict[str, Any]) -> None:
    """A change that needs no answer and goes with the last statement of the transaction, or on its own."""
    session.sync_session.info["along"] = (f"WITH along AS ({change})", values)


def along(session: AsyncSession) -> tuple[str, dict[str, Any]]:
    """What is to be taken along, to be put before a statement; empty the second time."""
    found: tuple[str, dict[str, Any]] = session.sync_session.info.pop("along", ("", {}))
    return found


def entered(session: AsyncSession) -> Row[Any] | None:
    return session.sync_session.info.get("entered")


@asynccontextmanager
async def acting_for(session: AsyncSession, tenant_id: UUID) -> AsyncIterator[None]:
    """Within the same transaction, write as another tenant: setting up a jurisdiction below one's own.

    The callers are listed in the architecture test; each checks the tree first.
    """
    await session.flush()
    before = current_tenant(session)
    await _set_tenant(session, tenant_id)
    try:
        yield
        await session.flush()
    except BaseException:
        session.sync_session.info["acting"] = before  # the transaction is lost anyway
        raise
    await _set_tenant(session, before)


def current_tenant(session: AsyncSession) -> UUID | None:
    """Whose rows this session writes now."""
    info = session.sync_session.info
    acting: UUID | None = info["acting"] if "acting" in info else info["scope"].tenant_id
    return acting


async def _set_tenant(session: AsyncSession, tenant_id: UUID | None) -> None:
    session.sync_session.info["acting"] = tenant_id
    await session.execute(text("SELECT set_config('app.tenant_id', :id, true)"), {"id": str(tenant_id or "")})
