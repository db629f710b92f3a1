"""Recording, reversing, replying. A confirmed record is never changed: a mistake is cancelled by a record that names it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.audit.service import record as audited
from kaohe.catalogue import service as catalogue
from kaohe.catalogue.entries import NUMBERS, as_record, check, get, label_of
from kaohe.clock import today
from kaohe.db.session import acting_for, current_tenant
from kaohe.errors import FieldProblem, Invalid, NotFound
from kaohe.evidence import service as evidence
from kaohe.i18n import _
from kaohe.national_calendar import national_calendar
from kaohe.records import queries, reference_queries, telling
from kaohe.records.access import Reader, reach_of, reach_of_reply
from kaohe.records.clauses import leaf_of, parents_leaf
from kaohe.records.errors import AlreadyReversed, ReplyClosed
from kaohe.records.models import DailyRecord, RecordEvidence, RecordReply
from kaohe.records.queries import confirmed as confirmed
from kaohe.scheme.model import Indicator, Scheme
from kaohe.scheme.periods import containing
from kaohe.scoring.facts import Facts, Record, Subject
from kaohe.scoring.together import TOGETHER, check_together
from kaohe.settings import Settings

REPLY_DAYS = 3
OLDEST = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class Draft:
    """A record before it is confirmed. `entry` as `catalogue.entries` read it; `with_parent`: for the unit as well.
    `announced` False: the subject brought it itself, so it is not told and has nothing to reply to."""

    scheme: Scheme
    leaf: Indicator
    subject: Any
    day: date
    entry: Mapping[str, Any]
    evidence_ids: Sequence[UUID] = ()
    with_parent: bool = False
    parameters: Mapping[str, Any] = field(default_factory=dict)
    announced: bool = True


def number_words(number: int) -> str:
    """20260000017 → 2026-0000017."""
    return f"{number // 10**7}-{number % 10**7:07}"


def scored_subject(row: Any) -> Subject:
    return Subject(id=row.code, kind=row.kind, name=row.name, attributes=dict(row.attributes),
                   active_from=row.active_from, active_to=row.active_to)  # fmt: skip


async def parameters_on(session: AsyncSession, scheme: Scheme, day: date) -> Mapping[str, Any]:
    return (await catalogue.current_parameters(session, scheme.id, on=day)).values


async def draft_of(
    session: AsyncSession, subject_id: UUID, scheme_id: str, code: str, day: date, entry: Mapping[str, Any], **more: Any
) -> Draft:
    """Raises NotFound where the subject, the scheme or the leaf is not one to record about."""
    subject = await queries.subject(session, subject_id)
    scheme = await catalogue.enabled_scheme_of(session, scheme_id)
    parameters = await parameters_on(session, scheme, day)
    scheme = scheme.under(parameters)
    leaf = leaf_of(scheme, code, subject.kind) if subject is not None else None
    if subject is None or leaf is None:
        raise NotFound
    return Draft(scheme, leaf, subject, day, entry, parameters=parameters, **more)


def problems_of_day(day: date) -> list[FieldProblem]:
    if day > today():
        return [FieldProblem("date", _("日期「{day}」不能晚于今天").format(day=day))]
    return [] if day >= OLDEST else [FieldProblem("date", _("日期「{day}」太早").format(day=day))]


async def problems_of(session: AsyncSession, draft: Draft) -> list[FieldProblem]:
    """Everything that speaks against confirming it."""
    if wrong := problems_of_day(draft.day):
        return wrong
    entries, subject = [draft.entry], scored_subject(draft.subject)
    found = check(draft.scheme, draft.parameters, subject, draft.leaf, entries, day=draft.day)
    if not found and draft.leaf.rule in TOGETHER:
        found = await _clashes(session, draft, subject)
    if not found and draft.leaf.unique:
        found = await _repeated(session, draft)
    if draft.with_parent and int(draft.entry.get("count") or 1) > 1:
        found.append(FieldProblem("count", _("同时记到所属单位时，每次分别登记（次数只能为 1）")))
    return found


async def _clashes(session: AsyncSession, draft: Draft, subject: Subject) -> list[FieldProblem]:
    """What scoring would refuse beside the records that already stand."""
    held = await queries.under_leaf(session, draft.scheme.id, draft.subject.id, draft.leaf.code)
    records = [
        Record(subject=subject.id, leaf=draft.leaf.code, date=row.date, value=row.value, target=row.target,
               rating=row.rating, done=row.done, fields=row.fields)
        for row in held
    ]  # fmt: skip
    records.append(as_record(draft.leaf, draft.entry, subject=subject.id, day=draft.day))
    period = containing(draft.day, draft.scheme.rollup or draft.scheme.periods[0], draft.scheme.month_starts)
    facts = Facts(scheme=draft.scheme.id, period=period.text, subjects=[subject], records=records)
    told = check_together(draft.scheme, facts, {subject.id: subject}, period, draft.parameters)
    mine = f"records[{len(records) - 1}]."
    return [
        FieldProblem(problem.place.removeprefix(mine), _("本期（{period}）已有记录：{message}").format(
            period=period.text, message=problem.message))
        for problem in told if problem.place.startswith(mine)
    ]  # fmt: skip


async def _repeated(session: AsyncSession, draft: Draft) -> list[FieldProblem]:
    """What scoring would refuse because it is recorded already."""
    wanted = {name: get(draft.entry, name) for name in draft.leaf.unique}
    if not all(wanted.values()):
        return []
    held = await reference_queries.alike(session, draft.scheme.id, draft.subject.id, draft.leaf.code, wanted)
    if held is None:
        return []
    labels = "、".join(label_of(draft.leaf, name) for name in wanted)
    message = _("{labels}相同的记录已有一条（{number}）").format(labels=labels, number=number_words(held))
    return [FieldProblem(draft.leaf.unique[-1], message)]


async def subject_choices(session: AsyncSession, leaf: Indicator) -> Mapping[str, Sequence[tuple[str, str]]]:
    """By field: the subjects that it may name."""
    named = {name: one.kinds for name, one in leaf.fields.items() if one.type == "subject"}
    if not named:
        return {}
    rows = await reference_queries.units(session, today())
    return {
        name: [(row.code, row.name) for row in rows if not kinds or row.kind in kinds] for name, kinds in named.items()
    }


async def unit_names(session: AsyncSession, leaves: Iterable[Indicator | None]) -> Mapping[str, str]:
    """Of the units that records of these leaves may name, by code; nothing is asked where none does."""
    named = any(field.type == "subject" for leaf in leaves if leaf for field in leaf.fields.values())
    return {row.code: row.name for row in await reference_queries.units(session)} if named else {}


async def confirm_record(settings: Settings, session: AsyncSession, person: Reader, draft: Draft) -> list[DailyRecord]:
    """The unit's record if asked for, and last the record itself: told, audited. Raises Invalid with every problem, or
    NotFound."""
    twin = await _twin(session, draft)
    drafts = [twin, draft] if twin else [draft]
    last = await queries.take_numbers(session, today().year, len(drafts))
    numbers = [today().year * 10**7 + last - len(drafts) + 1 + n for n in range(len(drafts))]
    if twin:
        matter = draft.entry.get("matter") or number_words(numbers[-1])
        drafts = [replace(each, entry={**each.entry, "matter": matter}) for each in drafts]
    for each in drafts:
        if problems := await problems_of(session, each):
            raise Invalid(problems)
    for evidence_id in draft.evidence_ids:
        await evidence.find(session, person, evidence_id)
    until = reply_until(draft.parameters)
    made = [_row(session, person, each, number, until) for each, number in zip(drafts, numbers, strict=True)]
    session.add_all(made)
    await session.flush()
    for each, row in zip(drafts, made, strict=True):
        await _add_evidence(settings, session, person, row, draft.evidence_ids)
        if each.announced:
            await telling.tell_of_record(session, each.subject, row, each.leaf, number_words(row.number),
                                         await unit_names(session, [each.leaf]))  # fmt: skip
        detail = {"number": number_words(row.number), "scheme": row.scheme_id, "leaf": row.leaf, "date": row.date,
                  "subject": row.subject_name, "entry": dict(each.entry), "evidence": len(draft.evidence_ids)}  # fmt: skip
        audited(session, "record.confirmed", "record", row.id, detail)
    return made


async def _twin(session: AsyncSession, draft: Draft) -> Draft | None:
    if not draft.with_parent:
        return None
    leaf = parents_leaf(draft.scheme, draft.leaf, draft.subject.parent_kind)
    parent = await queries.subject(session, draft.subject.parent_id) if leaf else None
    if leaf is None or parent is None:
        raise NotFound
    return replace(draft, leaf=leaf, subject=parent)


def reply_until(parameters: Mapping[str, Any]) -> date:
    """The last day on which the subject may reply: the scheme's `reply_days`, else three working days."""
    return national_calendar().add_workdays(today(), int(parameters.get("reply_days", REPLY_DAYS)))


def _row(session: AsyncSession, person: Reader, draft: Draft, number: int, until: date) -> DailyRecord:
    entry, tenant_id = draft.entry, current_tenant(session)
    assert tenant_id is not None
    numbers = {name: Decimal(entry[name]) for name in NUMBERS if entry.get(name) is not None}
    words = {name: entry.get(name) for name in ("level", "done", "matter", "fields", "note")}
    count = int(entry["count"]) if entry.get("count") is not None else None
    return DailyRecord(
        tenant_id=tenant_id, number=number, scheme_id=draft.scheme.id, subject_id=draft.subject.id,
        party_id=draft.subject.jurisdiction_id or tenant_id, subject_name=draft.subject.name, leaf=draft.leaf.code,
        date=draft.day, count=count, source="form", entered_by=person.id, entered_name=person.name,
        reply_until=until if draft.announced else None,
        **numbers, **words,
    )  # fmt: skip


async def _add_evidence(
    settings: Settings, session: AsyncSession, person: Reader, row: DailyRecord, evidence_ids: Sequence[UUID]
) -> None:
    """A subject that is another tenant gets copies of its own, since it cannot see into this one."""
    if not evidence_ids:
        return
    copies: Mapping[UUID, UUID] = {}
    if row.party_id != row.tenant_id:
        copies = await evidence.hand_over(settings, session, person, evidence_ids, row.party_id)
    for position, evidence_id in enumerate(evidence_ids):
        session.add(RecordEvidence(
            tenant_id=row.tenant_id, record_id=row.id, evidence_id=evidence_id, party_id=row.party_id,
            copy_id=copies.get(evidence_id), position=position,
        ))  # fmt: skip
    await session.flush()


async def reverse_record(
    session: AsyncSession, person: Reader, record_id: UUID, reason: str, *, linked: bool = False
) -> DailyRecord:
    """Cancels the record (and those of the same matter) by one that names it. Raises NotFound, Invalid, AlreadyReversed."""
    row = await queries.record(session, reach_of(person), record_id)
    if row is None or row.tenant_id != current_tenant(session) or row.reverses_id is not None:
        raise NotFound
    if not reason.strip():
        raise Invalid([FieldProblem("reason", _("请写明冲销的原因"))])
    others = await queries.linked(session, reach_of(person), row) if linked else []
    made = [await _reverse(session, person, each, reason.strip()) for each in (row, *others)]
    return made[0]


async def _reverse(session: AsyncSession, person: Reader, row: Any, reason: str) -> DailyRecord:
    made_id = await queries.mark_reversed(session, row.id)
    if made_id is None:
        raise AlreadyReversed(_("记录 {number} 已经冲销").format(number=number_words(row.number)))
    last = await queries.take_numbers(session, today().year, 1)
    made = DailyRecord(
        tenant_id=row.tenant_id, id=made_id, number=today().year * 10**7 + last, scheme_id=row.scheme_id,
        subject_id=row.subject_id, party_id=row.party_id, subject_name=row.subject_name, leaf=row.leaf, date=row.date,
        note=reason, reverses_id=row.id, source="reversal", entered_by=person.id, entered_name=person.name,
    )  # fmt: skip
    session.add(made)
    await session.flush()
    subject = await queries.subject(session, row.subject_id)
    await telling.tell_of_reversal(session, subject, row, number_words(row.number), reason)
    detail = {"number": number_words(made.number), "reverses": number_words(row.number), "reason": reason}
    audited(session, "record.reversed", "record", row.id, detail)
    return made


def may_reply(person: Reader, row: Any, *, day: date) -> bool:
    reach = reach_of_reply(person)
    return (
        row.reverses_id is None and row.reversed_by_id is None and row.reply_until is not None and day <= row.reply_until
        and (reach.everything or bool(reach.units) or row.party_id == row.tenant_id)
    )  # fmt: skip


async def reply(session: AsyncSession, person: Reader, record_id: UUID, words: str) -> None:
    """What the subject says to a record. Raises NotFound, Invalid, ReplyClosed."""
    row = await queries.record(session, reach_of_reply(person), record_id)
    if row is None or row.reverses_id is not None:
        raise NotFound
    if not words.strip():
        raise Invalid([FieldProblem("text", _("请写明申辩的内容"))])
    if not may_reply(person, row, day=today()):
        raise ReplyClosed(_("这条记录的申辩期限是 {day}").format(day=row.reply_until))
    said = RecordReply(tenant_id=row.tenant_id, record_id=row.id, party_id=row.party_id, text=words.strip(),
                       person_id=person.id, person_name=person.name)  # fmt: skip
    detail = {"number": number_words(row.number), "text": words.strip()}
    if row.tenant_id == current_tenant(session):
        session.add(said)
    else:  # the record names this tenant as its party
        async with acting_for(session, row.tenant_id):
            session.add(said)
            audited(session, "record.replied", "record", row.id, detail)
    await session.flush()
    audited(session, "record.replied", "record", row.id, detail)
    await telling.tell_of_reply(session, row, number_words(row.number), person.name)
