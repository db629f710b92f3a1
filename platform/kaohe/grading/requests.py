"""Asking the party for more, and its answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.audit.service import record
from kaohe.clock import now
from kaohe.db.session import acting_for, current_tenant
from kaohe.errors import Conflict, NotFound
from kaohe.evidence import service as evidence
from kaohe.evidence.service import Reader
from kaohe.grading import queries
from kaohe.grading.models import EvidenceRequest, RequestFile
from kaohe.grading.task import Task
from kaohe.i18n import _, official
from kaohe.identity.models import Role
from kaohe.inbox.service import send
from kaohe.scheme.model import Indicator
from kaohe.settings import Settings

ANSWERING = (Role.REPORTER, Role.LEAD)


async def ask_for_more(
    session: AsyncSession, task: Task, leaf: Indicator, question: str, due: date, who: str
) -> EvidenceRequest:
    """A question into the inboxes of those who report for the subject."""
    task.check_open()
    row = task.row
    asked = EvidenceRequest(
        participation_id=row.participation_id, party_id=row.party_id, leaf=leaf.code, leaf_title=str(leaf.title),
        subject_name=row.subject_name, question=question, due=due, asked_by=row.person_id, asked_by_name=who,
    )  # fmt: skip
    session.add(asked)
    await session.flush()
    detail = {"subject": task.subject.id, "leaf": leaf.code, "question": question, "due": due.isoformat()}
    record(session, "evidence.asked", "evidence_request", asked.id, detail)
    with official():
        title = _("请补充说明：{leaf}").format(leaf=leaf.title)
    await send(
        session, tenant_id=row.party_id, kind="grading", roles=ANSWERING, due=due, body=question,
        subject_id=row.unit_id if row.party_id == row.tenant_id else None,
        title=title, link=f"/evidence-requests/{asked.id}",
    )  # fmt: skip
    return asked


async def open_request(
    session: AsyncSession, request_id: UUID, tenant_id: UUID, units: frozenset[UUID] | None
) -> EvidenceRequest:
    """Raises NotFound for a question to another party or unit."""
    found = await queries.request(session, request_id, tenant_id, units)
    if found is None:
        raise NotFound
    return found


async def answer(
    settings: Settings, session: AsyncSession, person: Reader, asked: EvidenceRequest, words: str,
    file_ids: Sequence[UUID] = (),
) -> None:  # fmt: skip
    """The party writes into the host's row: it may because the row names it. Raises Conflict when answered before."""
    if asked.answer is not None:
        raise Conflict(_("这个问题已由 {name} 答复。").format(name=asked.answered_by_name))
    files = [await evidence.find(session, person, one) for one in dict.fromkeys(file_ids)]
    copies = await evidence.hand_over(settings, session, person, [one.id for one in files], asked.tenant_id)
    told = {"answer": words, "files": [one.sha256 for one in files]}
    async with acting_for(session, asked.tenant_id):
        asked.answer, asked.answered_by_name, asked.answered_at = words, person.name, now()
        session.add_all(
            RequestFile(tenant_id=asked.tenant_id, request_id=asked.id, evidence_id=copies[one.id], party_id=asked.party_id,
                        name=one.name, size=one.size, sha256=one.sha256)
            for one in files
        )  # fmt: skip
        record(session, "evidence.answered", "evidence_request", asked.id, told | {"by": person.name})
        with official():
            title = _("{subject}已答复：{leaf}").format(subject=asked.subject_name, leaf=asked.leaf_title)
        await send(
            session, tenant_id=asked.tenant_id, kind="grading", person_id=asked.asked_by, body=words, title=title, link="/grading",
        )  # fmt: skip
    record(session, "evidence.answered", "evidence_request", asked.id, told)


@evidence.also_readable
async def assessors_answer(session: AsyncSession, person: Reader, evidence_id: UUID) -> bool:
    """An assessor reads what came with answers of those who are assigned to them."""
    if not person.has(Role.ASSESSOR) or current_tenant(session) is None:
        return False
    return await queries.is_answer_to(session, evidence_id, person.id)
