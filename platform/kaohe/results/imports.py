"""Leaves that take the result of another scheme: read from what this jurisdiction released, never typed in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.results import published_queries
from kaohe.scheme.model import Indicator, Scheme
from kaohe.scoring.facts import Record


async def imported(
    session: AsyncSession, scheme: Scheme, period: str, end: date, codes: list[str]
) -> list[tuple[Record, Row[Any]]]:
    """One record a leaf and subject, with the released sheet behind it; without a release there is none, and it is missing."""
    found = []
    for leaf in scheme.leaves.values():
        if leaf.rule == "imported" and leaf.source:
            rows = await published_queries.newest_sheets(
                session, leaf.source.scheme, leaf.source.version, period, codes
            )
            found += list(_records(leaf, rows, end))
    return found


def _records(leaf: Indicator, rows: Any, end: date) -> Iterator[tuple[Record, Row[Any]]]:
    source = leaf.source
    assert source is not None
    for row in rows:
        given = row.total if source.item == "total" else row.payload["items"].get(source.item)
        if given is not None:
            fields = {"scheme": source.scheme, "version": source.version}
            yield Record(id=f"release-{row.release_id}-{leaf.code}-{row.subject}", subject=row.subject, leaf=leaf.code,
                         date=end, value=Decimal(given), fields=fields), row  # fmt: skip
