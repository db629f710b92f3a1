"""What was done about a finished cycle's followups, and what is still owed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select

from kaohe.clock import pretending, today
from kaohe.demo import filing
from kaohe.demo.actors import Actor
from kaohe.demo.stories import Followed
from kaohe.followups.models import TO_ACT, Followup
from kaohe.followups.service import Outcome, file_report, send_back, set_due, settle
from kaohe.settings import Settings
from kaohe.subjects.models import Subject


async def follow(
    settings: Settings, organiser: Actor, cycle_id: UUID, told: Sequence[Followed], released: date
) -> None:
    """In the order told; what is told of a grade or award that nobody got is passed over."""
    for one in told:
        day = _day(one.when, released)
        due = max(day, today() + timedelta(days=one.due))
        with pretending(day):
            await _act(settings, organiser, cycle_id, one, due)


def _day(when: int, released: date) -> date:
    """Days after the release, or before today; never before the one or after the other."""
    wanted = (released if when >= 0 else today()) + timedelta(days=when)
    return min(max(wanted, released), today())


async def _act(settings: Settings, organiser: Actor, cycle_id: UUID, one: Followed, due: date) -> None:
    rows = await _chosen(organiser, cycle_id, one)
    if one.act in ("done", "waived"):
        document = one.document.replace("〔年〕", f"〔{today().year}〕")
        outcome = Outcome(one.words, today(), document, one.by, one.act == "waived")
        async with organiser.at_work() as session:
            await settle(session, organiser, [(row.id, row.version) for row in rows], outcome)
        return
    for row in rows:
        if one.act == "report":
            await _report(settings, organiser, row, one)
            continue
        async with organiser.at_work() as session:
            if one.act == "return":
                await send_back(session, organiser, row.id, row.version, one.words, None)
            else:
                await set_due(session, organiser, row.id, row.version, due, one.words)


async def _chosen(organiser: Actor, cycle_id: UUID, one: Followed) -> Sequence[Followup]:
    query = select(Followup).where(
        Followup.cycle_id == cycle_id, Followup.cause == one.on, Followup.state.in_(TO_ACT)
    ).order_by(Followup.sort_key, Followup.id)  # fmt: skip
    if one.action:
        query = query.where(Followup.action == one.action)
    if one.subjects:
        named = select(Subject.id).where(Subject.code.in_(one.subjects))
        query = query.where(Followup.subject_id.in_(named))
    async with organiser.at_work() as session:
        return (await session.execute(query)).scalars().all()


async def _report(settings: Settings, organiser: Actor, row: Followup, one: Followed) -> None:
    """By the lead of whoever has to put it right, with one paper."""
    _reporter, lead = await filing.people_of(organiser.database, row.party_id)
    async with lead.at_work() as session:
        kept = await filing.keep_paper(settings, session, lead, f"{row.subject_name}整改报告", str(row.id), row.unit_id)
        await file_report(settings, session, lead, row.id, one.words, [kept])
