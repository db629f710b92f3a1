"""What follows from released results and waits: for the office that sees to it, and for those who put something right."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, func, or_

from kaohe.followups.models import RECTIFY, Followup
from kaohe.home.queries import DAY, OWN, PER_PART, PERSON, Todo, of_units, part

F = Followup


def seen_to() -> list[Todo]:
    """An organiser's, one row for each cycle: what is to be done, reports to accept, rectifications that are late."""
    ours = F.action != RECTIFY
    return [
        _by_cycle("followups", (F.state == "open") & or_(ours, F.due.is_(None))),
        _by_cycle("acceptance", F.state == "filed"),
        _by_cycle("rectifying", F.state.in_(("open", "returned")) & ~ours & (F.due < DAY)),
    ]


def _by_cycle(area: str, waiting: ColumnElement[bool]) -> Todo:
    due = None if area == "acceptance" else func.min(F.due)
    return (
        part(area, key=F.cycle_id, title=func.max(F.cycle_title), number=func.count(), due=due)
        .where(F.tenant_id == OWN, waiting)
        .group_by(F.cycle_id)
        .order_by(func.min(F.due), func.max(F.opened_at).desc())
        .limit(PER_PART)
    )


def rectifications(about: Any) -> Todo:
    """`about` narrows them to one's own."""
    return (
        part("rectification", key=F.id, title=F.cycle_title, detail=F.state + "/" + F.subject_name, due=F.due)
        .where(
            F.party_id == OWN, F.subject_id.is_not(None), F.action == RECTIFY, F.state.in_(("open", "returned")), about
        )
        .order_by(F.due)
        .limit(PER_PART)
    )


def about_units(every: bool) -> ColumnElement[bool]:
    return or_(of_units(F.subject_id, every), of_units(F.unit_id, every))


def of_person() -> ColumnElement[bool]:
    return F.person_id == PERSON
