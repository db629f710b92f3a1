"""Reading daily records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, literal, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased, undefer

from kaohe.evidence.models import Evidence
from kaohe.records.access import Reach
from kaohe.records.models import DailyRecord, RecordEvidence, RecordImport, RecordReply
from kaohe.subjects.models import Subject

PAGE = 50
MOST_COUNTED = 10_000
STATES = ("confirmed", "reversed", "replied")
R = DailyRecord
Parent = aliased(Subject)
ENTRY = (R.count, R.amount, R.level, R.value, R.target, R.rating, R.done, R.matter, R.fields, R.note)
_STATE = case(
    (R.reverses_id.is_not(None), "reversal"), (R.reversed_by_id.is_not(None), "reversed"), else_="confirmed"
).label("state")
_REPLIES = (
    select(func.count()).where(RecordReply.tenant_id == R.tenant_id, RecordReply.record_id == R.id).scalar_subquery()
)
_PHOTOS = (
    select(func.count())
    .where(RecordEvidence.tenant_id == R.tenant_id, RecordEvidence.record_id == R.id)
    .scalar_subquery()
)
_COLUMNS = (
    R.tenant_id, R.id, R.number, R.scheme_id, R.subject_id, R.party_id, R.subject_name, R.leaf, R.date, *ENTRY,
    R.reverses_id, R.reversed_by_id, R.source, R.entered_by, R.entered_name, R.entered_at, R.reply_until, _STATE,
)  # fmt: skip
OWN = R.tenant_id == func.app.tenant_id()
COUNTS = and_(R.reverses_id.is_(None), R.reversed_by_id.is_(None))


@dataclass(frozen=True, slots=True)
class Filter:
    """`received`: what a superior jurisdiction recorded about this one."""

    search: str = ""
    subject_id: UUID | None = None
    scheme_id: str = ""
    leaf: str = ""
    start: date | None = None
    end: date | None = None
    state: str = ""
    received: bool = False


def within(reach: Reach) -> ColumnElement[bool]:
    if reach.everything:
        return literal(value=True)
    mine = select(Subject.id).where(
        or_(
            Subject.id.in_(reach.units), Subject.parent_id.in_(reach.units), Subject.person_id == reach.person_id
        )
    )  # fmt: skip
    return and_(OWN, R.subject_id.in_(mine))


def _chosen(query: Select[Any], chosen: Filter, reach: Reach) -> Select[Any]:
    own = and_(R.party_id == func.app.tenant_id(), R.tenant_id != R.party_id) if chosen.received else OWN
    tests: list[ColumnElement[bool]] = [own, within(reach), R.reverses_id.is_(None)]
    if chosen.search:
        tests.append(R.subject_name.icontains(chosen.search, autoescape=True))
    if chosen.subject_id:
        tests.append(R.subject_id == chosen.subject_id)
    if chosen.leaf:
        tests += [R.scheme_id == chosen.scheme_id, R.leaf == chosen.leaf]
    if chosen.start:
        tests.append(R.date >= chosen.start)
    if chosen.end:
        tests.append(R.date <= chosen.end)
    if chosen.state in {"confirmed", "reversed"}:
        tests.append(R.reversed_by_id.is_(None) if chosen.state == "confirmed" else R.reversed_by_id.is_not(None))
    if chosen.state == "replied":
        tests.append(_REPLIES > 0)
    return query.where(*tests)


async def page(session: AsyncSession, chosen: Filter, reach: Reach, number: int) -> tuple[Sequence[Row[Any]], int]:
    """The rows, newest first, and how many there are (counted up to `MOST_COUNTED` + 1)."""
    counted = _chosen(select(R.id), chosen, reach).limit(MOST_COUNTED + 1).subquery()
    total = (await session.execute(select(func.count()).select_from(counted))).scalar_one()
    query = select(*_COLUMNS, _REPLIES.label("replies"), _PHOTOS.label("photos"))
    query = _chosen(query, chosen, reach).order_by(R.number.desc()).limit(PAGE).offset((number - 1) * PAGE)
    return (await session.execute(query)).all(), total


async def record(session: AsyncSession, reach: Reach, record_id: UUID) -> Row[Any] | None:
    other = aliased(DailyRecord)
    query = (
        select(
            *_COLUMNS, other.id.label("other_id"), other.number.label("other_number"), other.note.label("other_note"),
            other.entered_name.label("other_name"), other.entered_at.label("other_at"),
        )
        .outerjoin(
            other, and_(other.tenant_id == R.tenant_id, other.id == func.coalesce(R.reversed_by_id, R.reverses_id))
        )
        .where(R.id == record_id, or_(OWN, R.party_id == func.app.tenant_id()), within(reach))
    )  # fmt: skip
    return (await session.execute(query)).one_or_none()


async def evidence(session: AsyncSession, record_id: UUID) -> Sequence[Row[Any]]:
    """As the present tenant holds it: its own file, or the copy that it was handed."""
    query: Select[*tuple[Any, ...]] = (
        select(Evidence.id, Evidence.name, Evidence.sha256)
        .join(
            RecordEvidence,
            or_(
                and_(RecordEvidence.tenant_id == Evidence.tenant_id, RecordEvidence.evidence_id == Evidence.id),
                and_(RecordEvidence.party_id == Evidence.tenant_id, RecordEvidence.copy_id == Evidence.id),
            ),
        )
        .where(RecordEvidence.record_id == record_id, Evidence.tenant_id == func.app.tenant_id())
        .order_by(RecordEvidence.position)
    )
    return (await session.execute(query)).all()


async def evidence_in_reach(session: AsyncSession, reach: Reach, evidence_id: UUID) -> bool:
    """Whether the file belongs to a record that the person sees."""
    query = (
        select(R.id)
        .join(RecordEvidence, and_(RecordEvidence.tenant_id == R.tenant_id, RecordEvidence.record_id == R.id))
        .where(
            or_(
                and_(OWN, RecordEvidence.evidence_id == evidence_id),
                and_(R.party_id == func.app.tenant_id(), RecordEvidence.copy_id == evidence_id),
            ),
            within(reach),
        )
    )
    return (await session.execute(query.limit(1))).first() is not None


async def replies(session: AsyncSession, record_id: UUID) -> Sequence[Row[Any]]:
    query: Select[*tuple[Any, ...]] = select(RecordReply.text, RecordReply.person_name, RecordReply.replied_at)
    return (await session.execute(query.where(RecordReply.record_id == record_id).order_by(RecordReply.id))).all()


async def linked(session: AsyncSession, reach: Reach, row: Any) -> Sequence[Row[Any]]:
    """Records of the same matter that stand: written together for a person and the unit."""
    if not row.matter:
        return []
    query = select(*_COLUMNS).where(
        R.tenant_id == row.tenant_id, R.matter == row.matter, R.scheme_id == row.scheme_id, R.id != row.id, COUNTS,
        within(reach),
    )  # fmt: skip
    return (await session.execute(query.order_by(R.number).limit(10))).all()


async def confirmed(
    session: AsyncSession, scheme_id: str, start: date, end: date, subject_ids: Sequence[UUID] | None = None
) -> Sequence[Row[Any]]:
    """What counts, as scoring needs it: no reversals and nothing reversed. `subject` is the subject's code."""
    query = (
        select(R.id, R.number, R.subject_id, Subject.code.label("subject"), R.leaf, R.date, *ENTRY, R.entered_name)
        .join(Subject, and_(Subject.tenant_id == R.tenant_id, Subject.id == R.subject_id))
        .where(OWN, R.scheme_id == scheme_id, R.date >= start, R.date <= end, COUNTS)
    )
    if subject_ids is not None:
        query = query.where(R.subject_id.in_(subject_ids))
    return (await session.execute(query)).all()


async def under_leaf(session: AsyncSession, scheme_id: str, subject_id: UUID, leaf: str) -> Sequence[Row[Any]]:
    query = select(R.number, R.date, R.value, R.target, R.rating, R.done, R.fields).where(
        OWN, R.scheme_id == scheme_id, R.subject_id == subject_id, R.leaf == leaf, COUNTS
    )
    return (await session.execute(query.order_by(R.date))).all()


async def mark_reversed(session: AsyncSession, record_id: UUID) -> UUID | None:
    """The id for the reversal, None where there is one already."""
    marked = update(R).where(R.id == record_id, OWN, R.reversed_by_id.is_(None)).values(reversed_by_id=text("uuidv7()"))
    return (await session.execute(marked.returning(R.reversed_by_id))).scalar_one_or_none()


async def take_numbers(session: AsyncSession, year: int, count: int) -> int:
    """The last of `count` numbers now taken; writers of one tenant wait here for one another."""
    taken = text(
        "INSERT INTO record_numbers (tenant_id, year, last) VALUES (app.tenant_id(), :year, :count)"
        " ON CONFLICT (tenant_id, year) DO UPDATE SET last = record_numbers.last + :count RETURNING last"
    )
    return int((await session.execute(taken, {"year": year, "count": count})).scalar_one())


def _active(day: date) -> ColumnElement[bool]:
    return and_(
        or_(Subject.active_from.is_(None), Subject.active_from <= day),
        or_(Subject.active_to.is_(None), Subject.active_to >= day),
    )


_SUBJECT = (
    Subject.id, Subject.code, Subject.kind, Subject.name, Subject.parent_id, Subject.jurisdiction_id, Subject.person_id,
    Subject.attributes, Subject.active_from, Subject.active_to, Parent.name.label("parent_name"),
    Parent.kind.label("parent_kind"),
)  # fmt: skip


def _subjects() -> Select[*tuple[Any, ...]]:
    return select(*_SUBJECT).outerjoin(
        Parent, and_(Parent.tenant_id == Subject.tenant_id, Parent.id == Subject.parent_id)
    )


async def subject(session: AsyncSession, subject_id: UUID) -> Row[Any] | None:
    return (await session.execute(_subjects().where(Subject.id == subject_id))).one_or_none()


async def subjects(session: AsyncSession, kinds: Sequence[str], search: str, day: date) -> Sequence[Row[Any]]:
    """Those active on the day, at most a page and one; found by name, code, pinyin or the unit's name."""
    query = _subjects().where(Subject.kind.in_(kinds), _active(day))
    for word in search.split():
        query = query.where(
            or_(*(column.icontains(word, autoescape=True)
                  for column in (Subject.name, Subject.code, Subject.sort_key, Parent.name)))
        )  # fmt: skip
    return (
        await session.execute(query.order_by(Subject.kind.desc(), Subject.sort_key, Subject.code).limit(PAGE + 1))
    ).all()


async def recent_subjects(
    session: AsyncSession, person_id: UUID, kinds: Sequence[str], day: date
) -> Sequence[Row[Any]]:
    """The six about whom this person recorded last."""
    last = (
        select(R.subject_id, R.number)
        .where(OWN, R.entered_by == person_id, R.source == "form")
        .order_by(R.number.desc())
        .limit(PAGE)
        .subquery()
    )
    newest = select(last.c.subject_id, func.max(last.c.number).label("number")).group_by(last.c.subject_id).subquery()
    query = _subjects().join(newest, newest.c.subject_id == Subject.id).where(Subject.kind.in_(kinds), _active(day))
    return (await session.execute(query.order_by(newest.c.number.desc()).limit(6))).all()


async def import_of(session: AsyncSession, upload_id: UUID, *, lock: bool = False) -> RecordImport | None:
    """With its file where it is locked to be worked on."""
    query = select(RecordImport).where(RecordImport.id == upload_id)
    if lock:
        query = query.options(undefer(RecordImport.data)).with_for_update().execution_options(populate_existing=True)
    return (await session.execute(query)).scalar_one_or_none()


async def imports(session: AsyncSession) -> Sequence[Row[Any]]:
    """The last twenty."""
    held = RecordImport
    query: Select[*tuple[Any, ...]] = select(
        held.id, held.filename, held.state, held.rows, held.problem_count, held.uploaded_name, held.uploaded_at
    )
    return (await session.execute(query.order_by(held.id.desc()).limit(20))).all()


async def imported_per_subject(session: AsyncSession, import_id: UUID) -> Sequence[Row[Any]]:
    """Each subject of an import, how many records it got, the first of them, and until when it may reply."""
    counted = (
        select(
            R.subject_id, func.count().label("records"), func.min(R.reply_until).label("until"),
            func.min(R.date).label("first"), func.max(R.date).label("last"),
        )
        .where(OWN, R.import_id == import_id)
        .group_by(R.subject_id)
        .subquery()
    )  # fmt: skip
    query: Select[*tuple[Any, ...]] = select(
        Subject.id, Subject.name, Subject.parent_id, Subject.jurisdiction_id, Subject.person_id, counted.c.records,
        counted.c.until, counted.c.first, counted.c.last,
    ).join(counted, counted.c.subject_id == Subject.id)  # fmt: skip
    return (await session.execute(query.order_by(Subject.jurisdiction_id))).all()
