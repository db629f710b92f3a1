"""Reports that are still to be handed in: the party's, and those that an organiser waits for."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Date, Text, cast, column, exists, func, literal, or_, select
from sqlalchemy.dialects.postgresql import JSONB

from kaohe.cycles.models import Cycle, CyclePhase, Participation
from kaohe.cycles.service import REPORT
from kaohe.home.queries import DAY, OVERDUE_DAYS, OWN, PER_PART, Todo, of_units, part
from kaohe.submissions.models import FiledReport


def _handed_in(participation: Any, report: Any) -> ColumnElement[bool]:
    f = FiledReport
    return exists().where(f.participation_id == participation, f.report == report)


def reports(every: bool) -> Todo:
    """What the notice asks for before the assessment and the party has not handed in."""
    p = Participation
    asked = func.jsonb_array_elements(p.notice["phases"]).table_valued(column("value", JSONB)).render_derived()
    key, last = asked.c.value["phase"].astext, cast(asked.c.value["closes_on"].astext, Date)
    return (
        part("report", key=p.id, title=p.notice["title"].astext, detail=asked.c.value["title"].astext, due=last)
        .join(asked, literal(True))
        .where(p.party_id == OWN, or_(of_units(p.subject_id, every), of_units(p.unit_id, every)),
               p.confirmed_at.is_(None), key.startswith(REPORT), last >= DAY - OVERDUE_DAYS, ~_handed_in(p.id, key))
        .order_by(last)
        .limit(PER_PART)
    )  # fmt: skip


def owed() -> Todo:
    """An organiser's: how many of a cycle have not handed in one of its reports."""
    p, d = Participation, CyclePhase
    of_cycle = (p.tenant_id == Cycle.tenant_id) & (p.cycle_id == Cycle.id)
    everybody = select(func.count()).select_from(p).where(of_cycle).scalar_subquery()
    owing = select(func.count()).select_from(p).where(of_cycle, ~_handed_in(p.id, d.phase)).scalar_subquery()
    return (
        part("reports", key=Cycle.id, title=Cycle.title, detail=cast(d.title, Text), number=owing, total=everybody,
             due=d.closes_on)
        .join(d, (d.tenant_id == Cycle.tenant_id) & (d.cycle_id == Cycle.id))
        .where(Cycle.state == "issued", d.phase.startswith(REPORT), d.closes_on >= DAY - OVERDUE_DAYS, owing > 0)
        .limit(PER_PART)
    )  # fmt: skip
