"""Who should not judge whom: assessors who belong to a unit that is assessed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from kaohe.cycles.setup import Setup
from kaohe.cycles.views import Conflict
from kaohe.i18n import _


def own_unit_conflicts(setup: Setup, held: Sequence[Row[Any]], people: dict[UUID, str]) -> list[Conflict]:
    """Not yet recused. `held`: roles that tie a person to a unit; a staff member's account ties them to theirs."""
    settled = {(row.person_id, row.subject_id) for row in setup.recusals}
    found: dict[tuple[UUID, UUID], Conflict] = {}
    for person_id, unit_id in _ties(setup, held):
        if person_id not in people:
            continue
        for one in setup.subjects:
            if unit_id in (one.id, one.parent_id) or one.person_id == person_id:
                found[person_id, one.id] = Conflict(person_id, people[person_id], one.id, one.name, _("本单位人员"))
    return [conflict for pair, conflict in found.items() if pair not in settled]


def _ties(setup: Setup, held: Sequence[Row[Any]]) -> Iterator[tuple[UUID, UUID]]:
    for row in held:
        if row.subject_id is not None:
            yield row.person_id, row.subject_id
    for one in setup.candidates:
        if one.person_id is not None:
            yield one.person_id, one.parent_id or one.id
