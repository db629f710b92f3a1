"""Statements by the driver itself, in the transaction of a session: a third of what the way through the ORM costs.

A session that `begin` opened holds its connection from the first; where a handler uses it as any other session, it
joins the transaction that is under way.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from psycopg import AsyncConnection, AsyncCursor, AsyncRawCursor
from psycopg.rows import namedtuple_row
from sqlalchemy import Connection, PoolProxiedConnection
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from sqlalchemy.orm import Session
from sqlalchemy.util import greenlet_spawn

Driver = AsyncConnection[Any]


async def begin(session: AsyncSession, engine: AsyncEngine, entering: str) -> list[Any]:
    """Begins the transaction and asks its first statement on one way to the database and back: a statement without
    parameters, whose rows are answered."""
    pooled = await engine.raw_connection()
    held, driver = session.sync_session, pooled.driver_connection
    assert isinstance(driver, AsyncConnection)
    held.bind = Connection(engine.sync_engine, connection=pooled)
    held.info.update(pooled=pooled, driver=driver, under_way=True)
    _tell(session, entering, None)
    await driver.set_autocommit(True)  # until `_end`: the driver sends no BEGIN of its own
    cursor = AsyncCursor(driver, row_factory=namedtuple_row)
    await cursor.execute(f"BEGIN; {entering}", prepare=False)
    cursor.nextset()
    return await cursor.fetchall()


def died(session: AsyncSession) -> bool:
    """Whether there was a connection, and it is closed."""
    driver: Driver | None = session.sync_session.info.get("driver")
    return driver is not None and driver.closed


def joined(session: Session) -> bool:
    """Asked when the session begins: whether its transaction was entered already."""
    under_way: bool = session.info.pop("under_way", False)
    return under_way


async def rows(session: AsyncSession, statement: str, parameters: Any = None) -> list[Any]:
    """Named tuples, with the driver's own types. Listeners to the engine's statements hear of it too."""
    driver = await driver_of(session)
    _tell(session, statement, parameters)
    cursor = AsyncCursor(driver, row_factory=namedtuple_row)
    await cursor.execute(statement, parameters)
    return await cursor.fetchall()


async def numbered(session: AsyncSession, statement: str, parameters: Sequence[Any]) -> list[Any]:
    """As `rows`, of a statement with the database's own `$1`, `$2` …, in which the driver need not look for places."""
    driver = await driver_of(session)
    _tell(session, statement, parameters)
    cursor = AsyncRawCursor(driver, row_factory=namedtuple_row)
    await cursor.execute(statement, parameters)
    return await cursor.fetchall()


def _tell(session: AsyncSession, statement: str, parameters: Any) -> None:
    for listener in session.sync_session.get_bind().engine.dispatch.before_cursor_execute:
        listener(None, None, statement, parameters, None, False)


async def driver_of(session: AsyncSession) -> Driver:
    driver = session.sync_session.info.get("driver")
    if driver is None:
        driver = (await (await session.connection()).get_raw_connection()).driver_connection
    assert isinstance(driver, AsyncConnection)
    return driver


async def commit(session: AsyncSession) -> None:
    await session.commit()
    driver: Driver = session.sync_session.info["driver"]
    await driver.commit()
    await _end(session, driver)


async def rollback(session: AsyncSession) -> None:
    await session.rollback()
    driver: Driver = session.sync_session.info["driver"]
    await driver.rollback()
    await _end(session, driver)


async def _end(session: AsyncSession, driver: Driver) -> None:
    """From here on the driver begins transactions itself, and a session that goes on enters anew."""
    await driver.set_autocommit(False)
    session.sync_session.info.pop("under_way", None)


async def close(session: AsyncSession) -> None:
    """What is not committed is rolled back; a second time does nothing.

    A READ ONLY transaction ends with COMMIT: at a ROLLBACK the driver forgets every statement that it prepared.
    """
    info = session.sync_session.info
    pooled: PoolProxiedConnection | None = info.pop("pooled", None)
    if pooled is None:
        return
    try:
        driver: Driver = info.pop("driver")
        if info["scope"].read_only:
            await driver.commit()
        await session.close()
        await driver.rollback()
        await _end(session, driver)
    except BaseException:
        await greenlet_spawn(pooled.invalidate)
        raise
    await greenlet_spawn(pooled.close)
