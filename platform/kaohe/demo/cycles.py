"""A cycle of the demo from its draft to its release, each step by the person whose work it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from kaohe import jobs
from kaohe.clock import pretending
from kaohe.cycles import drafts, issuing, setup
from kaohe.cycles import queries as cycle_queries
from kaohe.cycles import service as cycles
from kaohe.cycles.agenda import Dates
from kaohe.cycles.conflicts import own_unit_conflicts
from kaohe.cycles.drafts import Basics
from kaohe.cycles.models import Cycle, Participation
from kaohe.demo.actors import Actor
from kaohe.demo.dates import further_dates
from kaohe.i18n import _
from kaohe.identity.models import Role
from kaohe.plugins import registry
from kaohe.results import jobs as computing
from kaohe.results import queries, runs
from kaohe.results import service as results
from kaohe.scheme import periods
from kaohe.scheme.model import Scheme


async def issue(
    organiser: Actor, scheme_id: str, period: str, title: str, *, kinds: Mapping[str, Any], on: date,
    dates: Sequence[Dates], assessors: Sequence[tuple[Actor, str]] = (),
) -> UUID:  # fmt: skip
    """Drafted and announced on one day. `assessors`: who grades, in which channel."""
    scheme = registry().schemes[scheme_id]
    basics = Basics(scheme, periods.parse(period, scheme.month_starts), title)
    further = further_dates(scheme, basics.period, dates, on)
    with pretending(on):
        async with organiser.at_work() as session:
            cycle_id = await drafts.create(session, basics, organiser.id)
            version = 1
            await drafts.choose_subjects(session, cycle_id, version, kinds, _scope(scheme, kinds))
            version += 1
            if assessors:
                chosen = [(who.id, who.name, channel) for who, channel in assessors]
                await drafts.choose_assessors(session, cycle_id, version, chosen)
                await _recuse(session, cycle_id)
                version = await _version(session, cycle_id)
            await drafts.set_calendar(session, cycle_id, version, [*dates, *further])
            await issuing.issue_notice(session, cycle_id, version + 1, organiser.jurisdiction)
    return cycle_id


def _scope(scheme: Scheme, kinds: Mapping[str, Any]) -> str:
    if not scheme.demands.scope:
        return ""
    return "all" if set(kinds.values()) == {"all"} else "chosen"


async def _version(session: AsyncSession, cycle_id: UUID) -> int:
    await session.flush()
    version: int = (await session.execute(select(Cycle.version).where(Cycle.id == cycle_id))).scalar_one()
    return version


async def _recuse(session: AsyncSession, cycle_id: UUID) -> None:
    """回避 as the wizard advises it."""
    await session.flush()
    draft = await setup.load(session, cycle_id, "candidates", "people")
    held = await cycle_queries.holders(session, Role.ASSESSOR, Role.REPORTER, Role.LEAD, Role.STAFF)
    people = {row.person_id: row.name for row in draft.assessors}
    pairs = [(one.person_id, one.subject_id) for one in own_unit_conflicts(draft, held, people)]
    if pairs:
        await drafts.recuse(session, cycle_id, pairs, _("本单位人员"))


async def participations(host: Actor, cycle_id: UUID) -> Sequence[Participation]:
    async with host.at_work() as session:
        query = select(Participation).where(Participation.cycle_id == cycle_id).order_by(Participation.subject_code)
        return (await session.execute(query)).scalars().all()


async def compute(organiser: Actor, cycle_id: UUID) -> UUID:
    """In this process, by what the worker would run: nothing waits for a worker."""
    async with organiser.at_work() as session:
        run_id = await runs.request(session, cycle_id, organiser.id, organiser.name)
    job = jobs.Job(organiser.database, organiser.tenant_id, organiser.id, organiser.name)
    await computing.compute(job, cycle_id=str(cycle_id), run_id=str(run_id))
    async with organiser.at_work() as session:
        run = await queries.latest_run(session, cycle_id)
        if run is None or run.state != "done":
            failed = await queries.latest_run(session, cycle_id, "failed")
            raise RuntimeError(f"演示数据无法计分：{failed and failed.problems}")
    return run_id


async def finish(organiser: Actor, approver: Actor, cycle_id: UUID, note: str, on: date) -> None:
    """Computed, confirmed, released, closed on one day."""
    with pretending(on):
        await publish(organiser, approver, cycle_id, await compute(organiser, cycle_id), note)


async def publish(organiser: Actor, approver: Actor, cycle_id: UUID, run_id: UUID, note: str) -> None:
    async with approver.at_work() as session:
        scheme = registry().schemes[
            (await session.execute(select(Cycle.scheme_id).where(Cycle.id == cycle_id))).scalar_one()
        ]
        await results.confirm_run(session, scheme, cycle_id, run_id, approver.name, approved=True)
    async with approver.at_work() as session:
        cycle = await queries.cycle(session, cycle_id)
        assert cycle is not None
        await results.release_run(session, cycle, run_id, note, approver.id, approver.name, approver.jurisdiction)
    async with organiser.at_work() as session:
        found = select(Participation.id).where(Participation.cycle_id == cycle_id)
        await cycles.mark_confirmed(session, (await session.execute(found)).scalars().all())
        await cycles.close(session, cycle_id)


async def exists(host: Actor, scheme_id: str, period: str) -> bool:
    async with host.at_work() as session:
        query = select(Cycle.id).where(Cycle.scheme_id == scheme_id, Cycle.period == period)
        return (await session.execute(query)).first() is not None
