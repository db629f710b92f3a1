"""Reading assignments, marks and questions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, and_, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from kaohe.cycles.models import BY_GROUP, Assignment, Cycle, CyclePhase, Participation
from kaohe.cycles.service import CHANNEL
from kaohe.grading.models import EvidenceRequest, Finding, Rating, RequestFile
from kaohe.identity.models import Person
from kaohe.submissions.models import Filing

Staged = aliased(CyclePhase)  # the dates of an assignment's own channel, where channels follow each other


def _assignments() -> Any:
    return (
        select(
            Assignment.tenant_id, Assignment.id, Assignment.cycle_id, Assignment.participation_id, Assignment.person_id,
            Assignment.channel, Assignment.state, Assignment.filed_at,
            Cycle.title.label("cycle"), Cycle.scheme_id, Cycle.scheme_version, Cycle.parameters, Cycle.period,
            Cycle.period_start, Cycle.period_end, Cycle.state.label("cycle_state"),
            Participation.subject_id, Participation.subject_code, Participation.subject_name,
            Participation.subject_kind, Participation.group_name, Participation.attributes, Participation.party_id,
            Participation.unit_id, Participation.notice, Participation.self_assessment_closes,
            Participation.filing_state, Participation.filed_at.label("party_filed_at"),
            func.coalesce(Staged.opens_on, CyclePhase.opens_on).label("opens_on"),
            func.coalesce(Staged.closes_on, CyclePhase.closes_on).label("closes_on"),
            Staged.phase.is_not(None).label("staged"),
        )
        .join(Participation, and_(Participation.tenant_id == Assignment.tenant_id,
                                  Participation.id == Assignment.participation_id))
        .join(Cycle, and_(Cycle.tenant_id == Assignment.tenant_id, Cycle.id == Assignment.cycle_id))
        .outerjoin(CyclePhase, and_(CyclePhase.tenant_id == Cycle.tenant_id, CyclePhase.cycle_id == Cycle.id,
                                    CyclePhase.phase == "grading"))
        .outerjoin(Staged, and_(Staged.tenant_id == Cycle.tenant_id, Staged.cycle_id == Cycle.id,
                                Staged.phase == CHANNEL + Assignment.channel))
    )  # fmt: skip


async def of_person(session: AsyncSession, person_id: UUID) -> Sequence[Row[Any]]:
    """Those of cycles that run, the one that closes first at the head; within it by group and code."""
    query = (
        _assignments()
        .where(Assignment.person_id == person_id, Cycle.state == "issued")
        .order_by(func.coalesce(Staged.closes_on, CyclePhase.closes_on).asc().nulls_last(), Cycle.id,
                  *BY_GROUP, Participation.subject_code, Assignment.channel)
    )  # fmt: skip
    rows: Sequence[Row[Any]] = (await session.execute(query)).all()
    return rows


async def one(
    session: AsyncSession, assignment_id: UUID, person_id: UUID | None, *, lock: bool = False
) -> Row[Any] | None:
    """`person_id` None: whoever's it is (the organiser reopens it)."""
    query = _assignments().where(Assignment.id == assignment_id)
    if person_id is not None:
        query = query.where(Assignment.person_id == person_id)
    if lock:
        query = query.with_for_update(of=Assignment)
    row: Row[Any] | None = (await session.execute(query)).one_or_none()
    return row


async def of_cycle(session: AsyncSession, cycle_id: UUID) -> Sequence[Row[Any]]:
    own = select(func.count()).where(Rating.tenant_id == Assignment.tenant_id, Rating.assignment_id == Assignment.id)
    shared = select(func.count()).where(
        Finding.tenant_id == Assignment.tenant_id, Finding.participation_id == Assignment.participation_id
    )
    rated = own.scalar_subquery() + shared.scalar_subquery()
    query = (
        _assignments()
        .add_columns(rated.label("rated"), Person.name.label("person"))
        .join(Person, Person.id == Assignment.person_id)
        .where(Assignment.cycle_id == cycle_id)
        .order_by(Person.name, Assignment.person_id, *BY_GROUP, Participation.subject_code)
    )
    rows: Sequence[Row[Any]] = (await session.execute(query)).all()
    return rows


async def marks_by_assignment(session: AsyncSession, person_id: UUID) -> dict[UUID, int]:
    """How many leaves are rated by this person or found by anybody, by assignment."""
    rows = await session.execute(_MARKS, {"person": person_id})
    return {row.id: row.marks for row in rows}


_MARKS = text(
    "SELECT a.id, (SELECT count(*) FROM ratings r WHERE r.tenant_id = a.tenant_id AND r.assignment_id = a.id)"
    " + (SELECT count(*) FROM findings f WHERE f.tenant_id = a.tenant_id AND f.participation_id = a.participation_id)"
    " AS marks FROM assignments a WHERE a.person_id = :person"
)

# Everything on one desk in one statement: a page has to keep within a handful.
_DESK = text(
    """
    SELECT
      (SELECT coalesce(jsonb_object_agg(r.leaf, jsonb_build_object('entry', r.entry, 'reason', r.reason, 'at', r.saved_at)), '{}')
         FROM ratings r WHERE r.assignment_id = :assignment AND r.tenant_id = (SELECT app.tenant_id())) AS ratings,
      (SELECT coalesce(jsonb_object_agg(f.leaf, jsonb_build_object('entries', f.entries, 'reason', f.reason,
                'adopted', f.adopted, 'version', f.version, 'by', f.saved_by_name, 'at', f.saved_at)), '{}')
         FROM findings f WHERE f.participation_id = :participation AND f.tenant_id = (SELECT app.tenant_id())) AS findings,
      (SELECT coalesce(jsonb_agg(jsonb_build_object('leaf', q.leaf, 'question', q.question, 'due', q.due, 'by', q.asked_by_name,
                'at', q.asked_at, 'answer', q.answer, 'answered_by', q.answered_by_name, 'answered_at', q.answered_at,
                'files', (SELECT coalesce(jsonb_agg(jsonb_build_object('id', w.evidence_id, 'name', w.name) ORDER BY w.name), '[]')
                            FROM evidence_request_files w WHERE w.tenant_id = q.tenant_id AND w.request_id = q.id))
                ORDER BY q.asked_at), '[]')
         FROM evidence_requests q WHERE q.participation_id = :participation AND q.tenant_id = (SELECT app.tenant_id())) AS requests,
      (SELECT coalesce(jsonb_agg(s.words ORDER BY s.used_at DESC), '[]')
         FROM (SELECT words, used_at FROM saved_reasons WHERE person_id = :person AND tenant_id = (SELECT app.tenant_id())
               ORDER BY used_at DESC LIMIT 8) s) AS reasons,
      (SELECT coalesce(jsonb_agg(jsonb_build_object('leaf', r.leaf, 'by', p.name, 'channel', a.channel, 'entry', r.entry,
                'reason', r.reason, 'filed', a.state = 'filed') ORDER BY a.channel, p.name), '[]')
         FROM ratings r JOIN assignments a ON a.tenant_id = r.tenant_id AND a.id = r.assignment_id
              JOIN people p ON p.id = a.person_id
        WHERE r.participation_id = :participation AND r.assignment_id <> :assignment AND :show_others
          AND r.tenant_id = (SELECT app.tenant_id())) AS others
    """
)


async def desk(session: AsyncSession, row: Row[Any]) -> Row[Any]:
    """Own ratings, shared findings, questions, own reasons; others' ratings only once the own are filed."""
    values = {"assignment": row.id, "participation": row.participation_id, "person": row.person_id,
              "show_others": row.state == "filed"}  # fmt: skip
    return (await session.execute(_DESK, values)).one()


async def finding(session: AsyncSession, participation_id: UUID, leaf: str) -> Finding | None:
    """Locked: the second of two who save at once waits and then sees the first one's version."""
    query = select(Finding).where(Finding.participation_id == participation_id, Finding.leaf == leaf).with_for_update()
    return (await session.execute(query)).scalar_one_or_none()


async def rating(session: AsyncSession, assignment_id: UUID, leaf: str) -> Rating | None:
    query = select(Rating).where(Rating.assignment_id == assignment_id, Rating.leaf == leaf).with_for_update()
    return (await session.execute(query)).scalar_one_or_none()


async def request(
    session: AsyncSession, request_id: UUID, tenant_id: UUID, units: frozenset[UUID] | None
) -> EvidenceRequest | None:
    """As the party sees it. `units`: those for which the person reports (None: the whole jurisdiction)."""
    query = select(EvidenceRequest).where(EvidenceRequest.id == request_id, EvidenceRequest.party_id == tenant_id)
    if units is not None:
        mine = select(Participation.id).where(Participation.subject_id.in_(units))
        query = query.where(EvidenceRequest.participation_id.in_(mine))
    return (await session.execute(query)).scalar_one_or_none()


async def answer_files(session: AsyncSession, request_id: UUID) -> Sequence[Row[Any]]:
    f = RequestFile
    query: Select[*tuple[Any, ...]] = select(f.evidence_id, f.name, f.size, f.sha256).where(f.request_id == request_id)
    return (await session.execute(query.order_by(f.name))).all()


async def unit_of(session: AsyncSession, participation_id: UUID) -> UUID | None:
    """Whose people answer for it, where it is a unit of the host."""
    return (await session.execute(select(Participation.unit_id).where(Participation.id == participation_id))).scalar()


async def is_answer_to(session: AsyncSession, evidence_id: UUID, person_id: UUID) -> bool:
    """Whether the file answers a question about somebody whom this person assesses."""
    f, q = RequestFile, EvidenceRequest
    query = (
        select(f.evidence_id)
        .join(q, and_(q.tenant_id == f.tenant_id, q.id == f.request_id))
        .join(Assignment, and_(Assignment.tenant_id == q.tenant_id, Assignment.participation_id == q.participation_id))
        .where(f.tenant_id == func.app.tenant_id(), f.evidence_id == evidence_id, Assignment.person_id == person_id)
    )
    return (await session.execute(query.limit(1))).first() is not None


async def ratings_of_cycle(session: AsyncSession, cycle_id: UUID) -> Sequence[Row[Any]]:
    """Filed ratings with who gave them: what counts in the result."""
    query = (
        select(Rating.id, Rating.participation_id, Rating.leaf, Rating.entry, Rating.reason, Assignment.channel,
               Assignment.person_id)
        .join(Assignment, and_(Assignment.tenant_id == Rating.tenant_id, Assignment.id == Rating.assignment_id))
        .where(Assignment.cycle_id == cycle_id, Assignment.state == "filed")
    )  # fmt: skip
    rows: Sequence[Row[Any]] = (await session.execute(query)).all()
    return rows


async def findings_of_cycle(session: AsyncSession, cycle_id: UUID) -> Sequence[Row[Any]]:
    query = (
        select(Finding.id, Finding.participation_id, Finding.leaf, Finding.entries, Finding.reason, Finding.saved_by_name)
        .join(Participation, and_(Participation.tenant_id == Finding.tenant_id,
                                  Participation.id == Finding.participation_id))
        .where(Participation.cycle_id == cycle_id)
    )  # fmt: skip
    rows: Sequence[Row[Any]] = (await session.execute(query)).all()
    return rows


async def claims_of_cycle(session: AsyncSession, cycle_id: UUID) -> Sequence[Row[Any]]:
    """(participation_id, content) of the filings that stand."""
    query = (
        select(Filing.participation_id, Filing.content)
        .join(
            Participation,
            and_(Participation.tenant_id == Filing.tenant_id, Participation.id == Filing.participation_id),
        )
        .where(Participation.cycle_id == cycle_id, Filing.state == "open")
    )
    return (await session.execute(query)).all()
