"""Selects of many parts that are built and compiled once: putting one together costs more than asking it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

from sqlalchemy import BindParameter, Select
from sqlalchemy.dialects.postgresql.psycopg import PGCompiler_psycopg, PGDialect_psycopg
from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.db import direct


class _Compiler(PGCompiler_psycopg):
    """Writes constants of the code into the text; only what is given with each call stays a parameter."""

    def visit_bindparam(self, bindparam: BindParameter[Any], **options: Any) -> str:  # type: ignore[override]
        if not bindparam.required:
            options["literal_binds"] = True
        text: str = super().visit_bindparam(bindparam, **options)  # type: ignore[no-untyped-call]
        return text


class _Dialect(PGDialect_psycopg):
    statement_compiler = _Compiler


class Ready:
    """`build` puts `bindparam`s where the values go that `rows` is called with; the types are the driver's own."""

    def __init__(self, build: Callable[[], Select[*tuple[Any, ...]]]) -> None:
        self._build = build

    @cached_property
    def _compiled(self) -> tuple[str, Sequence[str]]:
        """With `$1`, `$2` …, which the driver hands on as they are, and the names of the values in that order."""
        dialect: Any = _Dialect(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]
        compiled: Any = self._build().compile(dialect=dialect)
        return str(compiled), tuple(compiled.positiontup or ())

    async def rows(self, session: AsyncSession, **values: Any) -> list[Any]:
        text, names = self._compiled
        return await direct.numbered(session, text, [values[name] for name in names])

    async def one(self, session: AsyncSession, **values: Any) -> Any:
        """The first row, None where there is none."""
        return next(iter(await self.rows(session, **values)), None)
