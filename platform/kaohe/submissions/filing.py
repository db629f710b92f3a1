"""Filing 报送: the lead hands in a copy that nobody can change; withdrawing and returning open the draft again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.audit.service import record
from kaohe.clock import now, today
from kaohe.cycles import service as cycles
from kaohe.cycles.models import Participation
from kaohe.db.session import acting_for, current_tenant
from kaohe.errors import Conflict, FieldProblem, Invalid, NotFound
from kaohe.evidence import service as evidence
from kaohe.evidence.service import Reader
from kaohe.i18n import _, official
from kaohe.identity.models import Role
from kaohe.inbox.service import send
from kaohe.settings import Settings
from kaohe.submissions import queries
from kaohe.submissions.errors import AlreadyFiled, NotFiled
from kaohe.submissions.models import Filing, FilingEvidence
from kaohe.submissions.work import FILLING, Work


@dataclass(frozen=True, slots=True)
class Receipt:
    number: str
    digest: str
    filed_at: datetime


def seal(content: Mapping[str, Any]) -> str:
    """Over the JSON with sorted keys, no spaces, UTF-8."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def content_of(work: Work) -> dict[str, Any]:
    notice = work.row.notice
    claimed = [leaf for leaf in work.leaves if leaf.code in work.claims or work.files(leaf)]
    return {
        "participation": str(work.id), "cycle": notice["cycle"], "title": notice["title"],
        "scheme": notice["scheme_id"], "version": notice["scheme_version"], "period": notice["period"],
        "subject": work.row.subject_code, "name": work.row.subject_name,
        "claims": [
            {
                "leaf": leaf.code,
                "entries": work.entries(leaf),
                "remark": work.claims[leaf.code].remark if leaf.code in work.claims else "",
                "evidence": [{"slot": row.slot, "name": row.name, "sha256": row.sha256, "size": row.size}
                             for row in work.files(leaf)],
            }
            for leaf in claimed
        ],
    }  # fmt: skip


async def file_self_assessment(settings: Settings, session: AsyncSession, person: Reader, work: Work) -> Receipt:
    """Raises AlreadyFiled, SelfAssessmentClosed, Invalid with everything that is missing."""
    work.check_open()
    draft = await queries.begin(session, work.id, work.row.host_id)
    if draft.state == "filed":
        raise AlreadyFiled
    if work.open_problems:
        raise Invalid([FieldProblem(leaf.code, f"{leaf.title}：{work.open_problems[leaf.code][0].message}")
                       for leaf in work.leaves if leaf.code in work.open_problems])  # fmt: skip
    host_id: UUID = work.row.host_id
    copies = await evidence.hand_over(settings, session, person, [row.evidence_id for row in work.evidence], host_id)
    async with acting_for(session, host_id):
        filing = await _write(session, person, work, copies)
    draft.state, draft.version, draft.return_reason = "filed", draft.version + 1, ""
    record(
        session, "self_assessment.filed", "self_assessment", work.id, {"number": filing.number, "digest": filing.digest}
    )
    with official():
        title = _("{name}报送了自评").format(name=work.row.subject_name)
        said = _("编号 {number}，共 {count} 项。").format(number=filing.number, count=len(filing.content["claims"]))
    await _tell_host(session, work, title, said)
    return Receipt(filing.number, filing.digest, filing.filed_at)


async def _write(session: AsyncSession, person: Reader, work: Work, copies: Mapping[UUID, UUID]) -> Filing:
    """In the host's name, into the participation that joins the two."""
    participation = await _participation(session, work.id, work.row.party_id)
    content, moment = content_of(work), now()
    year = today().year
    number = f"{year}-{await queries.next_number(session, year):04d}"
    filing = Filing(
        tenant_id=participation.tenant_id, id=uuid4(), participation_id=work.id, party_id=participation.party_id,
        number=number, content=content, digest=seal(content), state="open", filed_by=person.id,
        filed_name=person.name, filed_at=moment,
    )  # fmt: skip
    session.add(filing)
    await session.flush()
    session.add_all(
        FilingEvidence(
            tenant_id=filing.tenant_id, filing_id=filing.id, leaf=row.leaf, slot=row.slot,
            evidence_id=copies[row.evidence_id], party_id=filing.party_id, sha256=row.sha256, name=row.name,
            size=row.size, media_type=row.media_type,
        )
        for row in work.evidence
    )  # fmt: skip
    participation.filing_state, participation.filed_at = "filed", moment
    record(session, "filing.received", "participation", work.id, {"number": number, "digest": filing.digest})
    return filing


async def _participation(session: AsyncSession, participation_id: UUID, party_id: UUID) -> Participation:
    """Locked, in the host's name. Raises NotFound, Conflict when the cycle is over."""
    row = await queries.locked_participation(session, participation_id)
    if row is None or row[0].party_id != party_id:
        raise NotFound
    if row[1] != "issued":
        raise Conflict(_("这项考核已经结束，不能再报送或撤回。"))
    return row[0]


async def withdraw(session: AsyncSession, person: Reader, work: Work, reason: str) -> None:
    """Before the deadline, by the lead. Raises NotFiled, Conflict."""
    draft = await queries.begin(session, work.id, work.row.host_id)
    if draft.state != "filed":
        raise NotFiled
    if cycles.filing_state(work.row, today()) != "open":
        raise Conflict(_("自评已于 {day} 截止，不能撤回。确需修改的，请组织考核的单位退回。").format(
            day=work.row.self_assessment_closes))  # fmt: skip
    async with acting_for(session, work.row.host_id):
        participation = await _participation(session, work.id, work.row.party_id)
        number = await _end(session, person, participation, "withdrawn", reason)
    draft.state, draft.version = "draft", draft.version + 1
    record(session, "self_assessment.withdrawn", "self_assessment", work.id, {"number": number, "reason": reason})
    with official():
        title = _("{name}撤回了自评").format(name=work.row.subject_name)
    await _tell_host(session, work, title, reason)


async def give_back(
    session: AsyncSession, person: Reader, participation_id: UUID, reason: str, until: date | None = None
) -> None:
    """退回, by the organiser. `until`: a later last day; needed where the deadline is over. Raises NotFound, NotFiled, Invalid."""
    row = await queries.locked_participation(session, participation_id)
    if row is None:
        raise NotFound
    participation = row[0]
    if participation.filing_state != "filed":
        raise NotFiled
    closes = participation.self_assessment_closes
    if until is None and closes is not None and closes < today():
        raise Invalid([FieldProblem("until", _("自评已于 {day} 截止，退回时请给出新的截止日期。").format(day=closes))])
    number = await _end(session, person, participation, "returned", reason)
    if until is not None and (closes is None or until > closes):
        await cycles.extend(
            session, participation.cycle_id, [participation_id], until=until, reason=reason, by=person.id
        )
    record(session, "filing.returned", "participation", participation_id, {"number": number, "reason": reason})
    await _reopen(session, participation, reason)


async def _reopen(session: AsyncSession, participation: Participation, reason: str) -> None:
    """In the party's name, whose draft it is; then it is told."""
    party_id = participation.party_id
    async with acting_for(session, party_id):
        draft = await queries.draft(session, participation.id)
        draft.state, draft.version = "draft", draft.version + 1
        draft.return_reason, draft.returned_at = reason, now()
        record(session, "self_assessment.returned", "self_assessment", participation.id, {"reason": reason})
    with official():
        title = _("自评被退回：{title}").format(title=participation.notice["title"])
    await send(session, tenant_id=party_id, kind="submission", title=title, body=reason,
               link=f"/self-assessments/{participation.id}", roles=FILLING, subject_id=participation.unit_id,
               due=participation.self_assessment_closes, about=("participation", participation.id))  # fmt: skip


async def _end(session: AsyncSession, person: Reader, participation: Participation, state: str, reason: str) -> str:
    """The filing stays as a version of its own; its number is answered."""
    filing = await queries.open_filing(session, participation.id)
    if filing is None:
        raise NotFiled
    filing.state, filing.ended_at = state, now()
    filing.ended_name, filing.ended_reason = person.name, reason
    participation.filing_state = state
    await session.flush()
    return filing.number


async def _tell_host(session: AsyncSession, work: Work, title: str, body: str) -> None:
    await send(session, tenant_id=work.row.host_id, kind="submission", title=title, body=body,
               link=f"/submissions/{work.id}", roles=(Role.ORGANISER,), about=("participation", work.id))  # fmt: skip


async def open_hosted(session: AsyncSession, person: Reader, participation_id: UUID) -> Row[Any]:
    """A participation of one's own cycle; an assessor needs an assignment there. Raises NotFound."""
    broad = person.has(Role.ORGANISER, Role.APPROVER)
    row = await queries.hosted(session, participation_id, assessor=None if broad else person.id)
    if row is None:
        raise NotFound
    return row


@evidence.also_readable
async def assessors_file(session: AsyncSession, person: Reader, evidence_id: UUID) -> bool:
    """An assessor reads what was filed by those who are assigned to them."""
    if not person.has(Role.ASSESSOR) or current_tenant(session) is None:
        return False
    return await queries.is_assessors(session, evidence_id, person.id)
