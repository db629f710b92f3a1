"""Saving claims and putting files beside them; two people never overwrite each other unseen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.audit.service import record
from kaohe.catalogue.entries import EntryValues
from kaohe.db.session import current_tenant
from kaohe.errors import Conflict, NotFound
from kaohe.evidence.service import Reader, register_target
from kaohe.i18n import _
from kaohe.scheme.model import Indicator
from kaohe.submissions import queries
from kaohe.submissions.errors import AlreadyFiled, ClaimChanged, Theirs
from kaohe.submissions.models import ClaimEvidence, SelfAssessment
from kaohe.submissions.work import Work, open_work, slot_title, slots

MOST_FILES = 20
TARGET = "claim"


async def save_claim(
    session: AsyncSession, person: Reader, work: Work, leaf: Indicator, *,
    entries: Sequence[EntryValues], remark: str, based_on: int,
) -> Any:  # fmt: skip
    """`based_on`: the version that the person saw, 0 for none. The same again, by whomever, is no change.

    Raises ClaimChanged, AlreadyFiled, SelfAssessmentClosed.
    """
    work.check_open()
    held = await queries.save_claim(
        session, work.id, work.row.host_id, leaf.code, entries=entries, remark=remark, based_on=based_on,
        person=(person.id, person.name),
    )  # fmt: skip
    if held.outcome == "filed":  # by somebody else, since this page's rows were read
        raise AlreadyFiled
    if held.outcome == "changed":
        raise ClaimChanged(Theirs(held.entries, held.remark, held.version, held.updated_name, held.updated_at))
    if held.outcome == "saved":
        record(session, "claim.saved", "self_assessment", work.id, {"leaf": leaf.code, "version": held.version})
    return held


async def _begin(session: AsyncSession, work: Work) -> SelfAssessment:
    draft = await queries.begin(session, work.id, work.row.host_id)
    if draft.state == "filed":  # by somebody else, since this page's rows were read
        raise AlreadyFiled
    return draft


def target(work: Work, leaf: Indicator, slot: str) -> str:
    """What an upload says about where it belongs."""
    return f"{TARGET}:{work.id}:{leaf.code}:{slot}"


async def _place(session: AsyncSession, person: Reader, place: str) -> tuple[Work, Indicator, str]:
    """Raises NotFound."""
    identity, _colon, rest = place.partition(":")
    code, _colon, slot = rest.partition(":")
    try:
        work = await open_work(session, person, UUID(identity))
    except ValueError:
        raise NotFound from None
    leaf = work.leaf(code)
    if slot not in {one.name for one in slots(leaf)}:
        raise NotFound
    return work, leaf, slot


async def accept_file(session: AsyncSession, person: Reader, place: str) -> UUID | None:
    """Whose draft it then is: the unit's, or the jurisdiction's as a party. Raises NotFound, Conflict."""
    work, leaf, slot = await _place(session, person, place)
    work.check_open()
    check_room(work, leaf, slot)
    return unit_of(work)


def check_room(work: Work, leaf: Indicator, slot: str, more: int = 1) -> None:
    if len(work.files(leaf, slot)) + more > MOST_FILES:
        title = slot_title(next(one for one in slots(leaf) if one.name == slot))
        raise Conflict(
            _("「{slot}」最多 {most} 个文件。请打包后上传，或先移除一些。").format(slot=title, most=MOST_FILES)
        )


def unit_of(work: Work) -> UUID | None:
    unit: UUID | None = work.row.unit_id if work.row.host_id == work.row.party_id else None
    return unit


async def attach_file(session: AsyncSession, person: Reader, place: str, evidence_id: UUID) -> None:
    work, leaf, slot = await _place(session, person, place)
    await attach(session, person, work, leaf, slot, evidence_id)


async def attach(
    session: AsyncSession, person: Reader, work: Work, leaf: Indicator, slot: str, evidence_id: UUID
) -> None:
    """The person may read the file (`evidence.service.find`); a second time changes nothing."""
    work.check_open()
    await _begin(session, work)
    row: dict[str, Any] = {"tenant_id": current_tenant(session), "self_assessment_id": work.id, "leaf": leaf.code,
                           "slot": slot, "evidence_id": evidence_id, "added_by": person.id}  # fmt: skip
    if await queries.attach(session, row):
        detail = {"leaf": leaf.code, "slot": slot, "evidence": str(evidence_id)}
        record(session, "claim.evidence_added", "self_assessment", work.id, detail)


async def detach(session: AsyncSession, work: Work, leaf: Indicator, slot: str, evidence_id: UUID) -> None:
    """The file itself stays among the uploaded ones."""
    work.check_open()
    await _begin(session, work)
    done = delete(ClaimEvidence).where(
        ClaimEvidence.self_assessment_id == work.id, ClaimEvidence.leaf == leaf.code, ClaimEvidence.slot == slot,
        ClaimEvidence.evidence_id == evidence_id,
    )  # fmt: skip
    if (await session.execute(done.returning(ClaimEvidence.evidence_id))).first() is None:
        raise NotFound
    detail = {"leaf": leaf.code, "slot": slot, "evidence": str(evidence_id)}
    record(session, "claim.evidence_removed", "self_assessment", work.id, detail)


register_target(TARGET, accept_file, attach_file)
