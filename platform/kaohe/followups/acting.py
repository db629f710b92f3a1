"""What people do about a followup. Each act is one row of its history; the state moves under a lock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.audit.service import record
from kaohe.clock import now, today
from kaohe.db.session import acting_for
from kaohe.errors import FieldProblem, Invalid, NotFound
from kaohe.evidence import service as evidence
from kaohe.followups import queries, telling
from kaohe.followups.access import Reader, filing_reach
from kaohe.followups.errors import Settled
from kaohe.followups.models import RECTIFY, TO_ACT, Followup, FollowupAct, FollowupEvidence
from kaohe.i18n import _
from kaohe.settings import Settings


@dataclass(frozen=True, slots=True)
class Outcome:
    """`words`: what was done, or why nothing is (`waived`, with who decided so in `decided_by`)."""

    words: str
    on: date
    document: str = ""
    decided_by: str = ""
    waived: bool = False
    evidence_ids: Sequence[UUID] = ()


async def settle(session: AsyncSession, person: Reader, chosen: Sequence[tuple[UUID, int]], outcome: Outcome) -> int:
    """Several at once where one document settles them. `chosen`: with the version that was looked at. Raises NotFound,
    Settled, Invalid."""
    _check(outcome)
    for followup_id, version in sorted(chosen):
        row = await _locked(session, followup_id, version, TO_ACT)
        row.state, row.outcome, row.settled_on = "waived" if outcome.waived else "done", outcome.words, outcome.on
        row.document, row.decided_by = outcome.document, outcome.decided_by
        row.settled_at, row.settled_name = now(), person.name
        await _act(session, person, row, row.state, outcome.words, evidence_ids=outcome.evidence_ids)
        action = "followup.waived" if outcome.waived else "followup.done"
        detail = _detail(row) | {"outcome": outcome.words, "on": outcome.on.isoformat(), "document": outcome.document,
                                 "decided_by": outcome.decided_by}  # fmt: skip
        record(session, action, "followup", row.id, detail)
        if row.action == RECTIFY:
            await telling.tell_outcome(session, row)
    return len(chosen)


def _check(outcome: Outcome) -> None:
    problems = []
    if outcome.on > today():
        problems.append(FieldProblem("on", _("办理日期 {day} 在今天之后").format(day=outcome.on)))
    if outcome.waived and not outcome.decided_by:
        problems.append(FieldProblem("decided_by", _("不办的，请写明由谁决定")))
    if problems:
        raise Invalid(problems)


async def set_due(session: AsyncSession, person: Reader, followup_id: UUID, version: int, due: date, note: str) -> None:
    """By when it is to be done. A day that is moved needs a reason. Raises NotFound, Settled, Invalid."""
    row = await _locked(session, followup_id, version, TO_ACT)
    if due < today():
        raise Invalid([FieldProblem("due", _("期限 {day} 已经过去").format(day=due))])
    if row.due is not None and not note:
        raise Invalid([FieldProblem("note", _("改期限的，请写明理由"))])
    before, row.due = row.due, due
    await _act(session, person, row, "due_set", note, due=due)
    record(
        session, "followup.due_set", "followup", row.id, _detail(row) | {"due": str(due), "before": str(before or "")}
    )
    if row.action == RECTIFY and row.state != "filed":
        await telling.ask_to_rectify(session, [row], note)


async def send_back(
    session: AsyncSession, person: Reader, followup_id: UUID, version: int, reason: str, due: date | None
) -> None:
    """The report is not enough; `due` where the day moves. Raises NotFound, Settled, Invalid."""
    row = await _locked(session, followup_id, version, ("filed",))
    if due is not None and due < today():
        raise Invalid([FieldProblem("due", _("期限 {day} 已经过去").format(day=due))])
    row.state, row.due = "returned", due or row.due
    await _act(session, person, row, "returned", reason, due=due)
    record(
        session, "followup.returned", "followup", row.id, _detail(row) | {"reason": reason, "due": str(row.due or "")}
    )
    await telling.send_back(session, row, reason)


async def remind(session: AsyncSession, person: Reader, cycle_id: UUID | None) -> int:
    """Everybody whose rectification is late, of one cycle or of all; answers how many there were."""
    rows = await queries.late(session, cycle_id, today())
    for row in rows:
        await _act(session, person, row, "reminded", "")
        record(session, "followup.reminded", "followup", row.id, _detail(row) | {"due": str(row.due)})
    await telling.remind(session, rows)
    return len(rows)


async def reopen(session: AsyncSession, person: Reader, followup_id: UUID, version: int, reason: str) -> None:
    """What was registered by mistake; what stood there stays in the history. Raises NotFound, Settled."""
    row = await _locked(session, followup_id, version, ("done", "waived"))
    before = {"outcome": row.outcome, "document": row.document, "was": row.state}
    row.state, row.outcome, row.document, row.decided_by = "open", "", "", ""
    row.settled_on, row.settled_at, row.settled_name = None, None, ""
    if not row.follows:  # a later release does not call for it
        row.state = "withdrawn"
    await _act(session, person, row, "reopened", reason)
    record(session, "followup.reopened", "followup", row.id, _detail(row) | before | {"reason": reason})


async def file_report(
    settings: Settings,
    session: AsyncSession,
    person: Reader,
    followup_id: UUID,
    words: str,
    evidence_ids: Sequence[UUID],
) -> None:
    """By those who have to put it right; `evidence_ids` are their own files. Raises NotFound, Settled."""
    seen = await queries.followup(session, filing_reach(person), followup_id)
    if seen is None or seen.action != RECTIFY:
        raise NotFound
    copies = await evidence.hand_over(settings, session, person, evidence_ids, seen.tenant_id) if evidence_ids else {}
    held = {one: await evidence.find(session, person, one) for one in evidence_ids}
    async with acting_for(session, seen.tenant_id):
        row = await _locked(session, followup_id, None, ("open", "returned"))
        if row.party_id != seen.party_id:
            raise NotFound
        row.state = "filed"
        act = await _act(session, person, row, "filed", words)
        for origin, copy in copies.items():
            session.add(FollowupEvidence(
                tenant_id=row.tenant_id, act_id=act.id, evidence_id=copy, party_id=row.party_id, origin_id=origin,
                name=held[origin].name, sha256=held[origin].sha256,
            ))  # fmt: skip
        files = {each.name: each.sha256 for each in held.values()}
        record(session, "rectification.received", "followup", row.id, _detail(row) | {"files": files})
    record(session, "rectification.filed", "followup", row.id, _detail(row) | {"files": files})
    await telling.tell_host(session, row, words)


async def _locked(session: AsyncSession, followup_id: UUID, version: int | None, states: Sequence[str]) -> Followup:
    """The acting jurisdiction's own. Raises NotFound, or Settled where somebody acted since the page was shown."""
    row = await queries.locked(session, followup_id)
    if row is None:
        raise NotFound
    if row.state not in states or version not in (None, row.version):
        raise Settled(_("「{title}」在您打开页面之后被办理过，或现在不能这样办理。").format(title=_name(row)))
    row.version += 1
    return row


async def _act(
    session: AsyncSession, person: Reader, row: Followup, action: str, note: str, *, due: date | None = None,
    evidence_ids: Sequence[UUID] = (),
) -> FollowupAct:  # fmt: skip
    act = FollowupAct(
        tenant_id=row.tenant_id, followup_id=row.id, party_id=row.party_id, action=action, note=note, due=due,
        person_name=person.name, acted_at=now(),
    )  # fmt: skip
    session.add(act)
    await session.flush()
    for one in evidence_ids:
        file = await evidence.find(session, person, one)
        session.add(FollowupEvidence(
            tenant_id=row.tenant_id, act_id=act.id, evidence_id=one, party_id=row.party_id, name=file.name,
            sha256=file.sha256,
        ))  # fmt: skip
    return act


def _name(row: Followup) -> str:
    title = row.title["zh"]
    return f"{row.subject_name} {title}" if row.subject_name else title


def _detail(row: Followup) -> dict[str, object]:
    return {"cycle": str(row.cycle_id), "key": row.key, "title": row.title["zh"], "subject": row.subject_name}
