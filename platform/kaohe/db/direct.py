"""Statements by the driver itself, in the transaction of a session: a third of what the way through the ORM costs.

A session that `begin` opened holds its connection from the first; where a handler uses it as any other session, it
joins the transaction that is under way.
"""

from __future__ import annotations

from typing import Any

from psycopg import AsyncConnection, AsyncCursor
from psycopg.rows import namedtuple_row
from sqlalchemy import Connection, PoolProxiedConnection
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from sqlalchemy.orm import Session
from sqlalchemy.util import greenlet_spawn

Driver = AsyncConnection[Any]


async def begin(session: AsyncSession, engine: AsyncEngine) -> None:
    pooled = await engine.raw_connection()
    held = session.sync_session
    held.bind = Connection(engine.sync_engine, connection=pooled)
    held.info.update(pooled=pooled, driver=pooled.driver_connection, under_way=True)


def joined(session: Session) -> bool:
    """Asked when the session begins: whether its transaction was entered already."""
    under_way: bool = session.info.pop("under_way", False)
    return under_way


async def rows(session: AsyncSession, statement: str, parameters: Any = None) -> list[Any]:
    """Named tuples, with the driver's own types. Listeners to the engine's statements hear of it too."""
    driver = await driver_of(session)
    for listener in session.sync_session.get_bind().engine.dispatch.before_cursor_execute:
        listener(None, None, statement, parameters, None, False)
    cursor = AsyncCursor(driver, row_factory=namedtuple_row)
    await cursor.execute(statement, parameters)
    return await cursor.fetchall()


async def driver_of(session: AsyncSession) -> Driver:
    driver = session.sync_session.info.get("driver")
    if driver is None:
        driver = (await (await session.connection()).get_raw_connection()).driver_connection
    assert isinstance(driver, AsyncConnection)
    return driver


async def commit(session: AsyncSession) -> None:
    await session.commit()
    await session.sync_session.info["driver"].commit()
    session.sync_session.info.pop("under_way", None)


async def rollback(session: AsyncSession) -> None:
    await session.rollback()
    await session.sync_session.info["driver"].rollback()
    session.sync_session.info.pop("under_way", None)


async def close(session: AsyncSession) -> None:
    """What is not committed is rolled back; a second time does nothing."""
    info = session.sync_session.info
    pooled: PoolProxiedConnection | None = info.pop("pooled", None)
    if pooled is None:
        return
    try:
        await session.close()
        await info.pop("driver").rollback()
    except BaseException:
        await greenlet_spawn(pooled.invalidate)
        raise
    await greenlet_spawn(pooled.close)
