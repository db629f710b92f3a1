"""The dates beside the to-dos."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Date, Text, any_, cast, column, exists, func, literal, or_, select
from sqlalchemy.dialects.postgresql import JSONB, distinct_on

from kaohe.cycles.models import Assignment, Cycle, CyclePhase, Participation
from kaohe.home.queries import DAY, OVERDUE_DAYS, OWN, PERSON, UNITS, Todo, part
from kaohe.subjects.models import Subject

DATES = 30


def _concerns() -> ColumnElement[bool]:
    """Cycles in which the person, or a unit that they answer for, is assessed, or which they grade."""
    p, a = Participation, Assignment
    myself = select(Subject.id).where(Subject.tenant_id == OWN, Subject.person_id == PERSON)
    mine = or_(p.subject_id == any_(UNITS), p.unit_id == any_(UNITS), p.subject_id.in_(myself))
    return or_(
        exists().where(p.tenant_id == Cycle.tenant_id, p.cycle_id == Cycle.id, mine),
        exists().where(a.tenant_id == Cycle.tenant_id, a.cycle_id == Cycle.id, a.person_id == PERSON),
    )


def calendar(*, whole: bool) -> list[Todo]:
    """Phases still to close: of one's own running cycles, and of those of hosts above that one takes part in, as their
    notices say; unless `whole`, only of those that concern the person. `detail`: its key, and the title that a report
    or channel has, as JSON."""
    c = CyclePhase
    own = (
        part(
            "calendar", title=Cycle.title, detail=c.phase + " " + cast(c.title, Text), opens=c.opens_on, due=c.closes_on
        )
        .join(c, (c.tenant_id == Cycle.tenant_id) & (c.cycle_id == Cycle.id))
        .where(Cycle.state == "issued", c.closes_on >= DAY)
    )
    if not whole:
        return [own.where(_concerns()).order_by(c.closes_on).limit(DATES)]
    p = Participation
    notices = (
        select(p.cycle_id, p.notice)
        .where(p.party_id == OWN, p.tenant_id != OWN, p.self_assessment_closes >= DAY - OVERDUE_DAYS)
        .ext(distinct_on(p.cycle_id))
        .subquery()
    )
    listed = func.jsonb_array_elements(notices.c.notice["phases"]).table_valued(column("value", JSONB)).render_derived()
    phase = listed.c.value
    opens, closes = (cast(phase[name].astext, Date) for name in ("opens_on", "closes_on"))
    theirs = (
        part(
            "calendar",
            title=notices.c.notice["title"].astext,
            detail=phase["phase"].astext + " " + func.coalesce(phase["title"].astext, "{}"),
            opens=opens,
            due=closes,
        )
        .select_from(notices)
        .join(listed, literal(True))
        .where(closes >= DAY)
    )
    return [own.order_by(c.closes_on).limit(DATES), theirs.order_by(closes).limit(DATES)]
