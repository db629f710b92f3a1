"""Saving ratings and findings, filing an assignment, reopening it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.audit.service import record
from kaohe.clock import now
from kaohe.cycles.models import Assignment
from kaohe.errors import Conflict, FieldProblem, Invalid, NotFound
from kaohe.grading import queries
from kaohe.grading.errors import FindingChanged, Theirs
from kaohe.grading.leaves import SELF as SELF
from kaohe.grading.leaves import is_rated
from kaohe.grading.marking import Mark
from kaohe.grading.models import Finding, FindingVersion, Rating, SavedReason
from kaohe.grading.queries import claims_of_cycle as claims_of_cycle
from kaohe.grading.queries import findings_of_cycle as findings_of_cycle
from kaohe.grading.queries import ratings_of_cycle as ratings_of_cycle
from kaohe.grading.task import Task
from kaohe.i18n import _, official
from kaohe.inbox.service import send
from kaohe.scheme.model import Indicator


async def save_mark(session: AsyncSession, task: Task, leaf: Indicator, mark: Mark, version: int, who: str) -> None:
    """`version`: of the finding as it was shown (0: there was none). Raises GradingClosed, AlreadyFiled,
    FindingChanged."""
    task.check_open()
    if is_rated(leaf):
        await _save_rating(session, task, leaf, mark)
    else:
        await _save_finding(session, task, leaf, mark, version, who)


async def _save_rating(session: AsyncSession, task: Task, leaf: Indicator, mark: Mark) -> None:
    entry = mark.entries[0]
    found = await queries.rating(session, task.row.id, leaf.code)
    if found is None:
        found = Rating(assignment_id=task.row.id, participation_id=task.row.participation_id, leaf=leaf.code)
        session.add(found)
    before = found.entry
    found.entry, found.reason, found.saved_at = entry, mark.reason, now()
    detail = {"subject": task.subject.id, "leaf": leaf.code, "entry": entry, "before": before, "reason": mark.reason}
    record(session, "rating.saved", "assignment", task.row.id, detail)


async def _save_finding(session: AsyncSession, task: Task, leaf: Indicator, mark: Mark, version: int, who: str) -> None:
    found = await _locked_finding(session, task, leaf, who)
    if found.version != version:
        raise FindingChanged(Theirs(found.entries, found.reason, found.version, found.saved_by_name, found.saved_at))
    found.entries, found.reason, found.adopted = mark.entries, mark.reason, mark.adopted
    found.version, found.saved_at = version + 1, now()
    found.saved_by, found.saved_by_name = task.row.person_id, who
    session.add(FindingVersion(
        finding_id=found.id, version=found.version, entries=mark.entries, reason=mark.reason,
        saved_by=task.row.person_id, saved_by_name=who,
    ))  # fmt: skip
    detail = {"subject": task.subject.id, "leaf": leaf.code, "entries": mark.entries, "reason": mark.reason,
              "version": found.version, "adopted": mark.adopted}  # fmt: skip
    record(session, "finding.saved", "participation", task.row.participation_id, detail)


async def _locked_finding(session: AsyncSession, task: Task, leaf: Indicator, who: str) -> Finding:
    """The row exists from here on, so that two first savers meet on it; version 0 is one that nobody saved yet."""
    blank = {"participation_id": task.row.participation_id, "leaf": leaf.code, "entries": [], "version": 0,
             "saved_by": task.row.person_id, "saved_by_name": who}  # fmt: skip
    await session.execute(insert(Finding).values(**blank).on_conflict_do_nothing())
    found = await queries.finding(session, task.row.participation_id, leaf.code)
    assert found is not None
    return found


async def keep_reason(session: AsyncSession, person_id: UUID, words: str) -> None:
    """For reuse; the newest are offered first."""
    values = {"person_id": person_id, "words": words[:200], "used_at": now()}
    keys = [SavedReason.tenant_id, SavedReason.person_id, SavedReason.words]
    statement = insert(SavedReason).values(**values)
    await session.execute(statement.on_conflict_do_update(index_elements=keys, set_={"used_at": values["used_at"]}))
    record(session, "reason.saved", "person", person_id, {"words": values["words"]})


async def file_assignment(session: AsyncSession, task: Task) -> None:
    """Freezes the ratings. Raises Invalid naming every leaf that is still owed."""
    task.check_open()
    if task.owed:
        missing = [FieldProblem(leaf.code, _("{title}：还没有评分").format(title=leaf.title)) for leaf in task.owed]
        raise Invalid(missing, _("还有 {count} 项没有评分，不能提交").format(count=len(missing)))
    await _set_state(session, task.row.id, "filed", now())
    detail = {"subject": task.subject.id, "channel": task.row.channel, "ratings": len(task.desk.ratings)}
    record(session, "assignment.filed", "assignment", task.row.id, detail)


async def reopen_assignment(session: AsyncSession, assignment_id: UUID, reason: str) -> Any:
    """By the organiser. Raises NotFound, or Conflict when it is not filed."""
    row = await queries.one(session, assignment_id, None, lock=True)
    if row is None:
        raise NotFound
    if row.state != "filed":
        raise Conflict(_("这份评分还没有提交，不需要退回。"))
    await _set_state(session, row.id, "open", None)
    detail = {"subject": row.subject_code, "person": str(row.person_id), "reason": reason}
    record(session, "assignment.reopened", "assignment", row.id, detail)
    with official():
        title = _("{subject}的评分已退回").format(subject=row.subject_name)
    await send(
        session, tenant_id=row.tenant_id, kind="grading", person_id=row.person_id, title=title, body=reason,
        link=f"/grading/{row.id}",
    )  # fmt: skip
    return row


async def _set_state(session: AsyncSession, assignment_id: UUID, state: str, at: datetime | None) -> None:
    await session.execute(update(Assignment).where(Assignment.id == assignment_id).values(state=state, filed_at=at))
