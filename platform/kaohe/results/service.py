"""Deciding, confirming, releasing."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.audit.service import record
from kaohe.catalogue.service import scheme_of
from kaohe.clock import now, today
from kaohe.cycles.service import mark_confirmed
from kaohe.errors import Conflict, FieldProblem, Invalid, NotFound
from kaohe.followups.service import Host, open_followups
from kaohe.i18n import _, official
from kaohe.identity.models import Role
from kaohe.inbox.service import Letter, send_all
from kaohe.results import approvals, published_queries, queries
from kaohe.results.aside import Aside as Aside
from kaohe.results.aside import kept as kept
from kaohe.results.consequences import names_in, wanted
from kaohe.results.facts import Gathered as Gathered
from kaohe.results.facts import Version as Version
from kaohe.results.facts import gather as gather
from kaohe.results.grades import flags_after
from kaohe.results.models import Decision, Release, Run, StoredSheet
from kaohe.results.problems import explained as explained
from kaohe.results.queries import unmovable as unmovable
from kaohe.results.runs import compute as compute
from kaohe.results.runs import hold as hold
from kaohe.results.runs import supersede as supersede
from kaohe.scheme.model import Scheme
from kaohe.scheme.periods import parse

UNIT_ROLES = (Role.REPORTER, Role.LEAD)


@dataclass(frozen=True, slots=True)
class Wish:
    """What the approver wants for one subject."""

    grade: str | None
    honours: Sequence[str]
    reason: str


async def decide(
    session: AsyncSession, scheme: Scheme, run_id: UUID, subject_id: UUID, wish: Wish, person_id: UUID, name: str
) -> None:
    """Stored beside the proposal; wishing for the proposal itself takes the decision back. Raises NotFound, Conflict."""
    await _locked_run(session, run_id)
    sheet = await queries.sheet(session, run_id, subject_id)
    if sheet is None:
        raise NotFound
    proposed = (sheet.proposed_grade, sorted(sheet.proposed_honours))
    detail = {"subject": sheet.subject, "grade": wish.grade, "honours": sorted(wish.honours), "reason": wish.reason,
              "proposed": {"grade": proposed[0], "honours": proposed[1]}}  # fmt: skip
    if (wish.grade, sorted(wish.honours)) == proposed:
        await session.execute(delete(Decision).where(Decision.run_id == run_id, Decision.subject_id == subject_id))
        record(session, "decision.withdrawn", "run", run_id, detail)
        return
    flags = flags_after(scheme, sheet.proposed_flags, sheet.proposed_grade, wish.grade)
    values = {"grade": wish.grade, "honours": sorted(wish.honours), "flags": flags, "reason": wish.reason,
              "decided_by": person_id, "decided_by_name": name, "decided_at": now()}  # fmt: skip
    keys = [Decision.tenant_id, Decision.run_id, Decision.subject_id]
    statement = insert(Decision).values(run_id=run_id, subject_id=subject_id, **values)
    await session.execute(statement.on_conflict_do_update(index_elements=keys, set_=values))
    record(session, "decision.made", "run", run_id, detail)


async def confirm_run(
    session: AsyncSession, scheme: Scheme, cycle_id: UUID, run_id: UUID, name: str, *, approved: bool = False
) -> None:
    """Freezes the decisions. `approved`: every line that the leading group settles itself was agreed to.

    Raises NotFound, Conflict for a run that is not the latest, Invalid where such lines are left."""
    run = await _locked_run(session, run_id)
    latest = await queries.latest_run(session, cycle_id)
    if run.cycle_id != cycle_id or latest is None:
        raise NotFound
    if latest.id != run_id:
        raise Conflict(_("已有更新的计算结果，请确认最新的一次。"))
    settled = await approvals.awaited(session, scheme, run_id)
    if settled and not approved:
        raise Invalid([FieldProblem("approved", _("请逐条审定后勾选同意。"))])
    run.confirmed_at, run.confirmed_by_name = now(), name
    await mark_confirmed(session, select(StoredSheet.participation_id).where(StoredSheet.run_id == run_id))
    agreed = [{"subject": one.subject, "leaf": one.line.leaf, "amount": one.line.amount} for one in settled]
    record(session, "result.confirmed", "run", run_id, {"digest": run.digest, "approved": agreed})


async def _locked_run(session: AsyncSession, run_id: UUID) -> Run:
    query = select(Run).where(Run.id == run_id).with_for_update()
    run = (await session.execute(query)).scalar_one_or_none()
    if run is None or run.state != "done":
        raise NotFound
    if run.confirmed_at is not None:
        raise Conflict(_("这一结果已由 {name} 确认，不能再改。").format(name=run.confirmed_by_name))
    return run


async def release_run(
    session: AsyncSession, cycle: Row[Any], run_id: UUID, note: str, person_id: UUID, name: str, host: str
) -> Release:
    """A new immutable version. Raises NotFound, or Conflict when not confirmed or released before."""
    await session.execute(select(Run.id).where(Run.cycle_id == cycle.id).with_for_update())
    run = await queries.latest_run(session, cycle.id)
    if run is None or run.id != run_id:
        raise NotFound
    if run.confirmed_at is None:
        raise Conflict(_("结果还没有确认，不能发布。"))
    if run.release_number is not None:
        raise Conflict(_("这一结果已作为第 {number} 版发布。").format(number=run.release_number))
    made = await _write_release(session, cycle, run_id, run.digest, note, person_id, name)
    for statement in (published_queries.COPY_SHEETS, published_queries.COPY_STANDINGS):
        await session.execute(statement, {"release": made.id, "host": host})
    await _follow_up(session, cycle, made, host)
    await _tell(session, cycle, made)
    detail = {"cycle": str(cycle.id), "number": made.number, "digest": made.digest, "result": made.result_sha256,
              "decisions": len(made.decisions), "note": note}  # fmt: skip
    record(session, "result.released", "release", made.id, detail)
    return made


async def _write_release(
    session: AsyncSession, cycle: Row[Any], run_id: UUID, digest: str, note: str, person_id: UUID, name: str
) -> Release:
    facts, result = (await session.execute(select(Run.facts, Run.result).where(Run.id == run_id))).one()
    last = select(func.coalesce(func.max(Release.number), 0)).where(Release.cycle_id == cycle.id)
    number = (await session.execute(last)).scalar_one() + 1
    made = Release(
        cycle_id=cycle.id, run_id=run_id, number=number, digest=digest, facts=facts, result=result,
        result_sha256=hashlib.sha256(result or b"").hexdigest(), decisions=await _decisions(session, run_id), note=note,
        released_by=person_id, released_by_name=name,
    )  # fmt: skip
    session.add(made)
    await session.flush()
    return made


async def _follow_up(session: AsyncSession, cycle: Row[Any], made: Release, host: str) -> None:
    scheme = await scheme_of(session, cycle.scheme_id, cycle.scheme_version)
    if not scheme.consequences:
        return
    sheets = await published_queries.carrying(session, made.id, names_in(scheme))
    period = parse(cycle.period, scheme.month_starts).type
    opening = Host(cycle.id, cycle.title, host, made.number, made.id)
    await open_followups(session, opening, wanted(scheme, cycle.parameters, period, sheets, today()))


async def _decisions(session: AsyncSession, run_id: UUID) -> list[dict[str, Any]]:
    """As they are published beside the proposals, in an order of their own."""
    query = select(Decision).where(Decision.run_id == run_id).order_by(Decision.decided_at, Decision.id)
    return [
        {"subject_id": str(each.subject_id), "grade": each.grade, "honours": each.honours, "flags": each.flags,
         "reason": each.reason, "by": each.decided_by_name, "at": each.decided_at.isoformat()}
        for each in (await session.execute(query)).scalars()
    ]  # fmt: skip


async def _tell(session: AsyncSession, cycle: Row[Any], made: Release) -> None:
    """The parties, the units, and the staff, each their own."""
    with official():
        title = _("{title}的结果已发布（第 {number} 版）").format(title=cycle.title, number=made.number)
    link = f"/results/{made.id}"
    letters: dict[UUID, list[Letter]] = {}
    for row in await session.execute(published_queries.RECEIVERS, {"release": made.id}):
        told: dict[str, Any] = (
            {"person_id": row.person_id} if row.person_id else {"roles": UNIT_ROLES, "subject_id": row.unit_id}
        )
        letter = Letter(kind="result", title=title, body=made.note, link=link, **told)
        letters.setdefault(row.party_id, []).append(letter)
    for party_id, theirs in letters.items():
        await send_all(session, party_id, theirs)
