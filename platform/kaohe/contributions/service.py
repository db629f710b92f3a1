"""A contribution from its draft to its last step. Each step is one act by one person; a record is made in the same
transaction by the records' own service, and never changed: a withdrawal reverses it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.audit.service import record as audited
from kaohe.catalogue import service as catalogue
from kaohe.clock import now, today
from kaohe.contributions import queries, telling
from kaohe.contributions.access import ROLES, Reader, holds, reach_of
from kaohe.contributions.errors import Moved, NotYourStep, StillAdded
from kaohe.contributions.models import Contribution, ContributionAct, ContributionEvidence, ContributionRecord
from kaohe.contributions.place import Standing, way_of
from kaohe.contributions.queries import waits_for as waits_for
from kaohe.contributions.telling import number_words
from kaohe.db.session import current_tenant
from kaohe.errors import FieldProblem, Invalid, NotFound
from kaohe.evidence import service as evidence
from kaohe.i18n import _, official
from kaohe.records import service as records
from kaohe.scheme.model import Scheme, Way, WayStep
from kaohe.settings import Settings

MOST_TITLE = 120


@dataclass(frozen=True, slots=True)
class Writing:
    """What its author writes. `entry`: the measures that its record will carry, as `catalogue.entries` reads them."""

    title: str
    body: str
    entry: Mapping[str, Any]
    evidence_ids: Sequence[UUID] = ()


@dataclass(frozen=True, slots=True)
class Opening:
    """A way that somebody may begin, and for whom."""

    scheme: Scheme
    way: Way
    subjects: Sequence[Any]


async def openings(session: AsyncSession, person: Reader) -> list[Opening]:
    found = []
    for scheme in await catalogue.enabled_schemes(session):
        for way in scheme.ways:
            subjects = await queries.subjects(session, way.kinds, None)
            mine = [one for one in subjects if _may_begin(way, person, one)]
            if mine:
                found.append(Opening(scheme, way, mine))
    return found


def _may_begin(way: Way, person: Reader, subject: Any) -> bool:
    steps = way.steps_of(subject.kind)
    return bool(steps) and holds(person, ROLES[steps[0].by[subject.kind]], subject.id)


async def begin(
    session: AsyncSession, person: Reader, scheme_id: str, way_id: str, subject_id: UUID, writing: Writing
) -> Contribution:
    """A draft, which only the unit sees. Raises NotFound where the person may not draft for the subject."""
    scheme = await _scheme(session, scheme_id)
    way, subject = way_of(scheme, way_id), await queries.subject(session, subject_id)
    if subject is None or not _may_begin(way, person, subject):
        raise NotFound
    first = way.steps_of(subject.kind)[0]
    row = Contribution(
        tenant_id=current_tenant(session), number=await queries.take_number(session, today().year), scheme_id=scheme_id,
        way=way_id, subject_id=subject_id, subject_name=subject.name, subject_kind=subject.kind, title=writing.title,
        body=writing.body, entry=dict(writing.entry), state="draft", step=first.id, waits_for="", acted=[], barred=[], version=1,
        author_id=person.id, author_name=person.name,
    )  # fmt: skip
    standing = Standing(scheme, way, row)
    row.waits_for = standing.role(first)
    row.opened_at = now() if standing.is_open_to_host(first) else None
    session.add(row)
    await session.flush()
    await _attach(session, person, row, writing.evidence_ids)
    audited(session, "contribution.drafted", "contribution", row.id, _detail(row))
    return row


async def _scheme(session: AsyncSession, scheme_id: str) -> Scheme:
    """With the tree that holds under the parameters of today. Raises NotFound."""
    scheme = await catalogue.enabled_scheme_of(session, scheme_id)
    return scheme.under((await catalogue.current_parameters(session, scheme_id)).overrides)


async def standing(session: AsyncSession, person: Reader, contribution_id: UUID) -> Standing:
    """To be looked at. Raises NotFound."""
    return await _standing(session, await queries.contribution(session, reach_of(person), contribution_id))


async def _standing(session: AsyncSession, row: Contribution | None) -> Standing:
    if row is None:
        raise NotFound
    scheme = await _scheme(session, row.scheme_id)
    return Standing(scheme, way_of(scheme, row.way), row)


async def _locked(session: AsyncSession, person: Reader, contribution_id: UUID, version: int) -> Standing:
    """To be worked on. Raises NotFound, or Moved where somebody acted since the page was shown."""
    found = await queries.contribution(session, reach_of(person), contribution_id, lock=True)
    place = await _standing(session, found)
    if place.row.version != version:
        raise Moved(_("稿件 {number} 在您打开页面之后被办理或修改过。").format(number=number_words(place.row.number)))
    return place


async def rewrite(
    session: AsyncSession, person: Reader, contribution_id: UUID, version: int, writing: Writing
) -> Contribution:
    """The draft by those who may draft; at a step that edits, title and text by whoever acts there, with what stood
    before kept. Raises NotFound, Moved, NotYourStep."""
    place = await _locked(session, person, contribution_id, version)
    row, step = place.row, place.step
    if step is None or not place.may_write(person):
        raise NotYourStep(_("您现在不能修改这份稿件。"))
    before = {"title": row.title, "body": row.body}
    row.title, row.body = writing.title, writing.body
    if place.index == 0:
        if not await is_recorded(session, place):
            row.entry = dict(writing.entry)
        await _attach(session, person, row, writing.evidence_ids)
    else:
        _act(session, person, row, step, "edited", before=before)
    _changed(row)
    audited(session, "contribution.changed", "contribution", row.id, _detail(row) | {"before": before})
    await session.flush()
    return row


async def _attach(session: AsyncSession, person: Reader, row: Contribution, evidence_ids: Sequence[UUID]) -> None:
    for evidence_id in evidence_ids:
        await evidence.find(session, person, evidence_id)
    await session.execute(delete(ContributionEvidence).where(ContributionEvidence.contribution_id == row.id))
    session.add_all(
        ContributionEvidence(tenant_id=row.tenant_id, contribution_id=row.id, evidence_id=evidence_id, position=n)
        for n, evidence_id in enumerate(dict.fromkeys(evidence_ids))
    )
    await session.flush()


async def pass_on(
    settings: Settings, session: AsyncSession, person: Reader, contribution_id: UUID, version: int, note: str = ""
) -> Contribution:
    """The step is done: its record is made, and the next step waits. Raises NotFound, Moved, NotYourStep, or Invalid
    with what the record would be refused for, already when the draft is sent off."""
    place = await _locked(session, person, contribution_id, version)
    row, step = place.row, place.step
    if step is None or not place.may_act(person):
        raise NotYourStep(_("这一步不由您办理。"))
    if place.index == 0:
        await _check(session, place)
        row.matter = row.matter or f"{number_words(row.number)} {row.title}"
        row.acted = []
    if step.record and not await is_recorded(session, place):
        await _record(settings, session, person, place, step.record)
    _act(session, person, row, step, "passed", note=note)
    await _move(session, person, place)
    audited(session, "contribution.passed", "contribution", row.id, _detail(row) | {"done": step.id, "note": note})
    return row


async def _check(session: AsyncSession, place: Standing) -> None:
    row, leaf = place.row, place.way.recorded(place.row.subject_kind)
    problems = [] if row.body.strip() or await queries.evidence(session, row.id) else [
        FieldProblem("body", _("请写正文，或附上稿件文件"))]  # fmt: skip
    if leaf and not await is_recorded(session, place):
        entry = dict(row.entry) | {"matter": row.title}
        draft = await records.draft_of(session, row.subject_id, row.scheme_id, leaf, today(), entry)
        problems += await records.problems_of(session, draft)
    if problems:
        raise Invalid(problems)


async def is_recorded(session: AsyncSession, place: Standing) -> bool:
    """Whether its record stands: sent back and signed again, it was still handed in once."""
    leaf = place.way.recorded(place.row.subject_kind)
    held = await queries.records(session, place.row.id)
    return any(one.leaf == leaf and one.reversed_by_id is None for one in held)


async def _record(settings: Settings, session: AsyncSession, person: Reader, place: Standing, leaf: str) -> None:
    """The subject brought it itself: nobody has to be told, and there is nothing to reply to."""
    row = place.row
    entry = dict(row.entry) | {"matter": row.matter}
    files = [one.id for one in await queries.evidence(session, row.id)]
    draft = await records.draft_of(session, row.subject_id, row.scheme_id, leaf, today(), entry, evidence_ids=files,
                                   announced=False)  # fmt: skip
    made = await records.confirm_record(settings, session, person, draft)
    row.opened_at = row.opened_at or now()
    await link(session, row, made[-1].id)


async def link(session: AsyncSession, row: Contribution, record_id: UUID) -> None:
    session.add(ContributionRecord(tenant_id=row.tenant_id, record_id=record_id, contribution_id=row.id))
    await session.flush()


async def _move(session: AsyncSession, person: Reader, place: Standing) -> None:
    row, after = place.row, place.following
    row.acted = list({*row.acted, person.id})
    row.barred = row.acted if after and after.another else []
    if after is None:
        row.state, row.waits_for = "done", ""
        _changed(row)
        with official():
            what = _("已办结")
        await telling.tell_author(session, row, what, "", but=person.id)
    else:
        row.state, row.step, row.waits_for = "waiting", after.id, place.role(after)
        if row.opened_at is None and place.is_open_to_host(after):
            row.opened_at = now()
        _changed(row)
        with official():
            title = str(after.title)
        await telling.tell_next(session, row, title)
    await session.flush()


async def send_back(
    session: AsyncSession, person: Reader, contribution_id: UUID, version: int, reason: str
) -> Contribution:
    """To its author, with the reason. Raises NotFound, Moved, NotYourStep, Invalid."""
    place = await _locked(session, person, contribution_id, version)
    row, step = place.row, place.step
    if step is None or not place.may_send_back(person):
        raise NotYourStep(_("这一步不由您办理。"))
    if not reason.strip():
        raise Invalid([FieldProblem("note", _("请写明退回的原因"))])
    _act(session, person, row, step, "returned", note=reason.strip())
    first = place.steps[0]
    row.state, row.step, row.waits_for, row.acted, row.barred = "returned", first.id, place.role(first), [], []
    _changed(row)
    await session.flush()
    with official():
        what = _("被退回")
    await telling.tell_author(session, row, what, reason.strip(), but=person.id)
    audited(session, "contribution.returned", "contribution", row.id, _detail(row) | {"reason": reason.strip()})
    return row


async def withdraw(
    session: AsyncSession, person: Reader, contribution_id: UUID, version: int, reason: str
) -> Contribution:
    """By those who drafted; what it was recorded for is reversed. Raises NotFound, Moved, NotYourStep, Invalid, or
    StillAdded as long as an addition (an adoption) stands."""
    place = await _locked(session, person, contribution_id, version)
    row = place.row
    if not place.may_withdraw(person):
        raise NotYourStep(_("这份稿件不由您撤回。"))
    if not reason.strip():
        raise Invalid([FieldProblem("reason", _("请写明撤回的原因"))])
    held = [one for one in await queries.records(session, row.id) if one.reversed_by_id is None]
    if any(one.leaf in {added.leaf for added in place.way.adds} for one in held):
        raise StillAdded(_("稿件 {number} 已有补记的记录，不能撤回。").format(number=number_words(row.number)))
    for one in held:
        await records.reverse_record(session, person, one.id, reason.strip())
    step = place.step or place.steps[-1]
    _act(session, person, row, step, "withdrawn", note=reason.strip())
    row.state, row.waits_for = "withdrawn", ""
    _changed(row)
    audited(session, "contribution.withdrawn", "contribution", row.id, _detail(row) | {"reason": reason.strip()})
    await session.flush()
    return row


def _act(
    session: AsyncSession, person: Reader, row: Contribution, step: WayStep, action: str, *, note: str = "",
    before: dict[str, Any] | None = None,
) -> None:  # fmt: skip
    with official():
        title = str(step.title)
    session.add(ContributionAct(
        tenant_id=row.tenant_id, contribution_id=row.id, step=step.id, title=title, action=action, note=note,
        before=before, person_id=person.id, person_name=person.name,
    ))  # fmt: skip


def _changed(row: Contribution) -> None:
    row.version += 1
    row.changed_at = now()


def _detail(row: Contribution) -> dict[str, Any]:
    return {"number": number_words(row.number), "title": row.title, "subject": row.subject_name, "scheme": row.scheme_id,
            "way": row.way, "step": row.step, "state": row.state}  # fmt: skip
