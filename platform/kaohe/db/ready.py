"""Selects of many parts that are built and compiled once: putting one together costs more than asking it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from sqlalchemy import Dialect, Select
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.db import direct


class Ready:
    """`build` puts `bindparam`s where the values go that `rows` is called with; the types are the driver's own."""

    def __init__(self, build: Callable[[], Select[*tuple[Any, ...]]]) -> None:
        self._build = build

    @cached_property
    def _compiled(self) -> tuple[str, dict[str, Any]]:
        dialect: Dialect = PGDialect_psycopg()  # type: ignore[no-untyped-call]
        compiled = self._build().compile(dialect=dialect)
        return str(compiled), dict(compiled.params)

    async def rows(self, session: AsyncSession, **values: Any) -> list[Any]:
        text, constants = self._compiled
        return await direct.rows(session, text, constants | values)

    async def one(self, session: AsyncSession, **values: Any) -> Any:
        """The first row, None where there is none."""
        return next(iter(await self.rows(session, **values)), None)
