"""What a record refers to: units it may name, and records that already say the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, Text, cast, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.records.models import DailyRecord as R
from kaohe.records.queries import COUNTS, OWN
from kaohe.subjects.models import Subject


async def alike(
    session: AsyncSession, scheme_id: str, subject_id: UUID, leaf: str, values: Mapping[str, str]
) -> int | None:
    """The number of a standing record of the leaf that has these members."""
    same = [
        (R.fields[name.removeprefix("fields.")].astext if name.startswith("fields.") else cast(getattr(R, name), Text))
        == value for name, value in values.items()
    ]  # fmt: skip
    query = select(R.number).where(
        OWN, R.scheme_id == scheme_id, R.subject_id == subject_id, R.leaf == leaf, COUNTS, *same
    )
    return (await session.execute(query.limit(1))).scalar_one_or_none()


async def units(session: AsyncSession, day: date | None = None) -> Sequence[Row[Any]]:
    """Those active on the day (without one: all there ever were), by code; people at windows are left out."""
    query: Select[*tuple[Any, ...]] = select(Subject.code, Subject.kind, Subject.name).where(
        Subject.parent_id.is_(None)
    )
    if day:
        query = query.where(
            or_(Subject.active_from.is_(None), Subject.active_from <= day),
            or_(Subject.active_to.is_(None), Subject.active_to >= day),
        )
    return (await session.execute(query.order_by(Subject.kind, Subject.sort_key).limit(1000))).all()
