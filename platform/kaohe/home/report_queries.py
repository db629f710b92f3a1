"""Reports that are still to be handed in: the party's, and those that an organiser waits for."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Date, Text, case, cast, column, func, literal, or_, select
from sqlalchemy.dialects.postgresql import JSONB

from kaohe.cycles.models import Cycle, CyclePhase, Participation
from kaohe.cycles.service import REPORT
from kaohe.home.queries import DAY, OVERDUE_DAYS, OWN, PER_PART, Todo, of_units, part

P = Participation
_ENDS = func.jsonb_path_query_first(P.notice, '$.phases[*] ? (@.phase == "self_assessment").closes_on')


def _due(last: Any) -> ColumnElement[Any]:
    """With the participant's own extension, as `agenda.report_due` has it."""
    ends = cast(_ENDS.op("#>>")(literal("{}")), Date)
    return case((last == ends, func.greatest(last, P.self_assessment_closes)), else_=last)


def reports(every: bool) -> Todo:
    """What the notice asks for before the assessment and the party has not handed in."""
    asked = func.jsonb_array_elements(P.notice["phases"]).table_valued(column("value", JSONB)).render_derived()
    key, due = asked.c.value["phase"].astext, _due(cast(asked.c.value["closes_on"].astext, Date))
    return (
        part("report", key=P.id, title=P.notice["title"].astext, detail=asked.c.value["title"].astext, due=due)
        .join(asked, literal(True))
        .where(P.party_id == OWN, or_(of_units(P.subject_id, every), of_units(P.unit_id, every)),
               P.confirmed_at.is_(None), key.startswith(REPORT), due >= DAY - OVERDUE_DAYS, ~func.jsonb_exists(P.reports, key))
        .order_by(due)
        .limit(PER_PART)
    )  # fmt: skip


def owed() -> Todo:
    """An organiser's: how many of a cycle have not handed in one of its reports, and when the first of them is due."""
    d = CyclePhase
    everybody = select(func.count()).select_from(P).where(P.tenant_id == Cycle.tenant_id, P.cycle_id == Cycle.id)
    owing = everybody.where(~func.jsonb_exists(P.reports, d.phase))
    left, due = owing.scalar_subquery(), owing.with_only_columns(func.min(_due(d.closes_on))).scalar_subquery()
    return (
        part("reports", key=Cycle.id, title=Cycle.title, detail=cast(d.title, Text), number=left,
             total=everybody.scalar_subquery(), due=due)
        .join(d, (d.tenant_id == Cycle.tenant_id) & (d.cycle_id == Cycle.id))
        .where(Cycle.state == "issued", d.phase.startswith(REPORT), due >= DAY - OVERDUE_DAYS, left > 0)
        .limit(PER_PART)
    )  # fmt: skip
