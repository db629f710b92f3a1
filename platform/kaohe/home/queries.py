"""What waits for a person, what came lately and what comes next, from every domain, in one statement: each part is a
select of the same columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    DateTime,
    Integer,
    Select,
    Text,
    Uuid,
    any_,
    bindparam,
    cast,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased

from kaohe.catalogue.models import EnabledScheme
from kaohe.contributions.models import Contribution
from kaohe.contributions.service import waits_for as contributions_waiting
from kaohe.cycles.models import Assignment, Cycle, CyclePhase, Participation
from kaohe.cycles.service import CHANNEL
from kaohe.grading.models import EvidenceRequest
from kaohe.identity.models import Invitation
from kaohe.inbox.models import Delivery, Message
from kaohe.records.models import DailyRecord, RecordReply
from kaohe.results.models import Release, Run
from kaohe.subjects.models import Subject

Todo = Select[*tuple[Any, ...]]
OWN = func.app.tenant_id()
# What a statement is asked with.
DAY = bindparam("day", type_=Date)
PERSON = bindparam("person", type_=Uuid)
UNITS = bindparam("units", type_=ARRAY(Uuid))
# How long what was not done stays on the list after its last day.
OVERDUE_DAYS = 90
PER_PART = 20
LATELY = 6
_MOMENT = DateTime(timezone=True)


def part(
    area: str, *, key: Any = None, title: Any = None, detail: Any = None, number: Any = None, total: Any = None,
    due: Any = None, opens: Any = None, sent_at: Any = None, read_at: Any = None,
) -> Todo:  # fmt: skip
    """`area` says what it is and so where it leads; the words are made in the view."""
    given = ((key, Uuid, "id"), (title, Text, "title"), (detail, Text, "detail"), (number, Integer, "number"),
             (total, Integer, "total"), (due, Date, "due"), (opens, Date, "opens"), (sent_at, _MOMENT, "sent_at"),
             (read_at, _MOMENT, "read_at"))  # fmt: skip
    cells = (cast(null() if cell is None else cell, type_).label(name) for cell, type_, name in given)
    return select(literal(area, Text).label("area"), *cells)


def receipts() -> Todo:
    """Those of notices long past are left to the inbox."""
    m = Message
    recent = or_(m.due.is_(None), m.due >= DAY - OVERDUE_DAYS)
    return (
        part("receipt", key=m.id, title=m.title, detail=m.sender_name, due=m.due)
        .join(Delivery, (Delivery.tenant_id == m.tenant_id) & (Delivery.message_id == m.id))
        .where(Delivery.person_id == PERSON, m.asks_receipt, m.receipt_at.is_(None), recent)
        .order_by(m.due, m.id)
        .limit(PER_PART)
    )


def of_units(column: Any, every: bool) -> ColumnElement[bool]:
    return literal(True) if every else column == any_(UNITS)


def self_assessments(every: bool) -> list[Todo]:
    """What the party has to file, and what it waits for."""
    p = Participation
    mine = (p.party_id == OWN) & or_(of_units(p.subject_id, every), of_units(p.unit_id, every))
    title, host = p.notice["title"].astext, p.notice["host"].astext
    due = (
        part("self_assessment", key=p.id, title=title, detail=p.filing_state, due=p.self_assessment_closes)
        .where(mine, p.filing_state != "filed", p.self_assessment_opens <= DAY,
               p.self_assessment_closes >= DAY - OVERDUE_DAYS)
    )  # fmt: skip
    waiting = part("filed", key=p.id, title=title, detail=host).where(
        mine, p.filing_state == "filed", p.confirmed_at.is_(None), p.self_assessment_closes >= DAY - 400
    )
    return [due.order_by(p.self_assessment_closes).limit(PER_PART), waiting.order_by(p.filed_at).limit(PER_PART)]


def requests(every: bool) -> Todo:
    """Questions of assessors."""
    r, p = EvidenceRequest, Participation
    return (
        part("request", key=r.id, title=r.leaf_title, detail=r.question, due=r.due)
        .join(p, (p.tenant_id == r.tenant_id) & (p.id == r.participation_id))
        .where(r.party_id == OWN, r.answered_at.is_(None),
               or_(of_units(p.subject_id, every), of_units(p.unit_id, every)))
        .order_by(r.due)
        .limit(PER_PART)
    )  # fmt: skip


def replies(about: ColumnElement[bool]) -> Todo:
    """How many records may still be replied to; `about` narrows them to one's own."""
    d = DailyRecord
    replied = exists().where(RecordReply.tenant_id == d.tenant_id, RecordReply.record_id == d.id)
    return (
        part("reply", number=func.count(), due=func.min(d.reply_until))
        .where(
            d.party_id == OWN, d.reply_until >= DAY, d.source != "reversal", d.reversed_by_id.is_(None), ~replied, about
        )
        .having(func.count() > 0)
    )


def records_of_units(every: bool) -> ColumnElement[bool]:
    return of_units(DailyRecord.subject_id, every)


def records_of_person() -> ColumnElement[bool]:
    own = select(Subject.id).where(Subject.person_id == PERSON)
    return (DailyRecord.tenant_id == OWN) & DailyRecord.subject_id.in_(own)


def _closes(phase: str) -> Any:
    p = CyclePhase
    return (
        select(p.closes_on)
        .where(p.tenant_id == Cycle.tenant_id, p.cycle_id == Cycle.id, p.phase == phase)
        .scalar_subquery()
    )


def _opened(phase: str) -> ColumnElement[bool]:
    p = CyclePhase
    return exists().where(p.tenant_id == Cycle.tenant_id, p.cycle_id == Cycle.id, p.phase == phase, p.opens_on <= DAY)


def assignments() -> Todo:
    """An assessor's queue, one row for each cycle; a channel with dates of its own waits for them."""
    a, staged = Assignment, aliased(CyclePhase)
    is_open = a.state == "open"
    left, last = func.count().filter(is_open), func.coalesce(staged.closes_on, CyclePhase.closes_on)
    closes = func.coalesce(func.min(last).filter(is_open), func.max(last))
    return (
        part("grading", key=a.cycle_id, title=func.max(Cycle.title), number=left, total=func.count(), due=closes)
        .join(Cycle, (Cycle.tenant_id == a.tenant_id) & (Cycle.id == a.cycle_id))
        .join(CyclePhase, (CyclePhase.tenant_id == a.tenant_id) & (CyclePhase.cycle_id == a.cycle_id)
              & (CyclePhase.phase == "grading"))
        .outerjoin(staged, (staged.tenant_id == a.tenant_id) & (staged.cycle_id == a.cycle_id)
                   & (staged.phase == CHANNEL + a.channel))
        .where(a.person_id == PERSON, Cycle.state == "issued",
               func.coalesce(staged.opens_on, CyclePhase.opens_on) <= DAY)
        .group_by(a.cycle_id)
        .having(left > 0)
    )  # fmt: skip


def contributions() -> Todo:
    """Those whose step is the person's; drafts are nobody's duty yet."""
    c = Contribution
    return (
        part("contribution", key=c.id, title=c.title, detail=c.subject_name + "/" + c.state)
        .where(contributions_waiting(PERSON), c.state != "draft")
        .order_by(c.changed_at)
        .limit(PER_PART)
    )


def organiser() -> list[Todo]:
    """Drafts, and where each running cycle stands: who has not filed, what is not graded, what is not computed."""
    p, a = Participation, Assignment
    of_cycle = (p.tenant_id == Cycle.tenant_id) & (p.cycle_id == Cycle.id)
    everybody = select(func.count()).select_from(p).where(of_cycle).scalar_subquery()
    waiting = select(func.count()).select_from(p).where(of_cycle, p.filing_state != "filed")
    unfiled, due = (
        waiting.scalar_subquery(),
        waiting.with_only_columns(func.min(p.self_assessment_closes)).scalar_subquery(),
    )
    ungraded = (
        select(func.count()).where(a.tenant_id == Cycle.tenant_id, a.cycle_id == Cycle.id, a.state == "open")
    ).scalar_subquery()
    computed = exists().where(Run.tenant_id == Cycle.tenant_id, Run.cycle_id == Cycle.id, Run.state == "done")
    running = Cycle.state == "issued"
    return [
        part("draft", key=Cycle.id, title=Cycle.title).where(Cycle.state == "draft").limit(PER_PART),
        part("filing", key=Cycle.id, title=Cycle.title, number=unfiled, total=everybody, due=due)
        .where(running, _opened("self_assessment"), unfiled > 0).limit(PER_PART),
        part("graded", key=Cycle.id, title=Cycle.title, number=ungraded, due=_closes("grading"))
        .where(running, _opened("grading"), ungraded > 0).limit(PER_PART),
        part("compute", key=Cycle.id, title=Cycle.title, due=_closes("confirmation"))
        .where(running, _opened("confirmation"), ~computed).limit(PER_PART),
    ]  # fmt: skip


def approver() -> list[Todo]:
    """The newest computed result of each cycle that is not confirmed, or confirmed and not released."""
    later, released = Run.__table__.alias("later"), Release
    newest = ~exists().where(
        later.c.tenant_id == Run.tenant_id,
        later.c.cycle_id == Run.cycle_id,
        later.c.state == "done",
        later.c.id > Run.id,
    )
    base = (Run.state == "done") & (Cycle.state == "issued") & newest
    out = exists().where(released.tenant_id == Run.tenant_id, released.run_id == Run.id)
    cycle = (Cycle.tenant_id == Run.tenant_id) & (Cycle.id == Run.cycle_id)
    return [
        part("confirm", key=Cycle.id, title=Cycle.title, number=Run.subjects, due=_closes("confirmation"))
        .join(Run, cycle).where(base, Run.confirmed_at.is_(None)).limit(PER_PART),
        part("release", key=Cycle.id, title=Cycle.title, number=Run.subjects, due=_closes("confirmation"))
        .join(Run, cycle).where(base, Run.confirmed_at.is_not(None), ~out).limit(PER_PART),
    ]  # fmt: skip


def administrator() -> list[Todo]:
    i = Invitation
    open_ = (i.used_at.is_(None)) & (i.revoked_at.is_(None))
    enabled = exists().where(EnabledScheme.tenant_id == OWN, EnabledScheme.enabled)
    return [
        part("invitation", number=func.count(), due=cast(func.min(i.expires_at), Date)).where(open_)
        .having(func.count() > 0),
        part("scheme").where(~enabled),
    ]  # fmt: skip


def together(parts: Sequence[Todo]) -> Todo:
    """In one statement, the next to be due first."""
    every = union_all(*(part.subquery().select() for part in parts)).subquery()
    return select(every).order_by(every.c.due.asc().nulls_last(), every.c.area, every.c.title)


def recent() -> Todo:
    """The newest messages: what came back, what was released, who replied."""
    m = Message
    return (
        part("recent", key=m.id, title=m.title, sent_at=m.sent_at, read_at=Delivery.read_at)
        .join(Delivery, (Delivery.tenant_id == m.tenant_id) & (Delivery.message_id == m.id))
        .where(Delivery.person_id == PERSON)
        .order_by(m.id.desc())
        .limit(LATELY)
    )
