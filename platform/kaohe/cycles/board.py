"""The progress board 进度: subjects × stages, late first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, Row, Select, and_, case, cast, func, literal, select
from sqlalchemy import Date as SqlDate
from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.cycles.agenda import REPORT
from kaohe.cycles.models import Assignment, Participation
from kaohe.cycles.queries import OWN, PAGE

STAGES = ("receipt", "self_assessment", "grading", "confirmation")
Due = Mapping[str, date | None]


def _late(condition: ColumnElement[bool], due: Any, day: date) -> ColumnElement[int]:
    """Days since a stage should have been done; 0 when it is done or not due."""
    last = cast(due, SqlDate)
    return case((and_(condition, last < day), cast(literal(day, SqlDate) - last, Integer)), else_=0)


def _reports(due: Due, day: date) -> tuple[ColumnElement[int], ColumnElement[int]]:
    """How many reports a participant still owes, and for how many days; as `agenda.report_due` has it."""
    p, owed, late = Participation, [], []
    for key, last in due.items():
        if key.startswith(REPORT) and last is not None:
            own = func.greatest(last, p.self_assessment_closes) if last == due["self_assessment"] else last
            missing = ~func.jsonb_exists(p.reports, key)
            owed.append(cast(missing, Integer))
            late.append(_late(missing, own, day))
    return sum(owed, literal(0)), func.greatest(0, *late)


def _rows(cycle_id: UUID, due: Due, day: date) -> Select[*tuple[Any, ...]]:
    p = Participation
    owed, overdue = _reports(due, day)
    graded = (
        select(
            Assignment.participation_id,
            func.count().label("assigned"),
            func.count().filter(Assignment.state == "filed").label("graded"),
        )
        .where(Assignment.cycle_id == cycle_id)
        .group_by(Assignment.participation_id)
        .subquery()
    )
    assigned, done = func.coalesce(graded.c.assigned, 0), func.coalesce(graded.c.graded, 0)
    late = {
        "receipt": _late(p.receipt_at.is_(None), due.get("receipt"), day),
        "reports": overdue,
        "self_assessment": _late(p.filing_state != "filed", p.self_assessment_closes, day),
        "grading": _late(done < assigned, due.get("grading"), day),
        "confirmation": _late(p.confirmed_at.is_(None), due.get("confirmation"), day),
    }
    return (
        select(
            p.id, p.subject_id, p.party_id, p.subject_name, p.subject_kind, p.group_id, p.group_name, p.sort_key,
            p.receipt_at, p.receipt_by, p.filing_state, p.filed_at, p.self_assessment_closes, p.reminded_at, p.confirmed_at,
            p.reports, owed.label("reports_owed"),
            assigned.label("assigned"), done.label("graded"),
            *(days.label(f"{stage}_late") for stage, days in late.items()),
            func.greatest(*late.values()).label("late"),
        )
        .outerjoin(graded, graded.c.participation_id == p.id)
        .where(p.tenant_id == OWN, p.cycle_id == cycle_id)
    )  # fmt: skip


async def rows(
    session: AsyncSession, cycle_id: UUID, due: Due, day: date, *,
    group: str = "", only_late: bool = False, page: int = 1,
) -> Sequence[Row[Any]]:  # fmt: skip
    board = _rows(cycle_id, due, day).subquery()
    columns = board.c
    query: Select[*tuple[Any, ...]] = select(board).order_by(
        columns.late.desc(), columns.group_id, columns.group_name, columns.sort_key, columns.subject_name
    )
    if group:
        query = query.where(board.c.group_name == group)
    if only_late:
        query = query.where(board.c.late > 0)
    return (await session.execute(query.limit(PAGE).offset((page - 1) * PAGE))).all()


async def numbers(session: AsyncSession, cycle_id: UUID, due: Due, day: date) -> Sequence[Row[Any]]:
    """For each group: how many there are, and how far they got."""
    board = _rows(cycle_id, due, day).subquery()
    query: Select[*tuple[Any, ...]] = (
        select(
            board.c.group_name,
            func.count().label("subjects"),
            func.count(board.c.receipt_at).label("received"),
            func.count().filter(board.c.filing_state == "filed").label("filed"),
            func.count().filter(board.c.reports_owed == 0).label("reported"),
            func.count().filter((board.c.assigned > 0) & (board.c.graded == board.c.assigned)).label("graded"),
            func.count(board.c.confirmed_at).label("confirmed"),
            func.count().filter(board.c.late > 0).label("late"),
        )
        .group_by(board.c.group_name)
        .order_by(func.min(board.c.group_id), board.c.group_name)
    )
    return (await session.execute(query)).all()


async def late_parties(session: AsyncSession, cycle_id: UUID, due: Due, day: date) -> Sequence[Row[Any]]:
    """Who is to be reminded: (id, receipt_late, self_assessment_late, reports_late) where the party itself is late."""
    c = _rows(cycle_id, due, day).subquery().c
    late = (c.receipt_late, c.self_assessment_late, c.reports_late)
    query: Select[*tuple[Any, ...]] = select(c.id, *late).where(func.greatest(*late) > 0)
    return (await session.execute(query)).all()


async def late_assessors(session: AsyncSession, cycle_id: UUID) -> Sequence[Row[Any]]:
    """(person_id, open): who still has something to grade."""
    query: Select[*tuple[Any, ...]] = (
        select(Assignment.person_id, func.count().label("open"))
        .where(Assignment.cycle_id == cycle_id, Assignment.state == "open")
        .group_by(Assignment.person_id)
    )
    return (await session.execute(query)).all()
