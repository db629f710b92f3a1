"""Cycles that are computed, confirmed and released through the pages."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select

from kaohe.cycles.models import Assignment
from kaohe.db.session import Database
from kaohe.grading.models import Finding
from kaohe.identity.models import Role
from kaohe.records.models import DailyRecord
from kaohe.results.models import Run, StoredSheet
from tests.factories.browser import Browser
from tests.factories.grading import Running


async def find(database: Database, running: Running, code: str, leaf: str, *entries: dict[str, Any]) -> None:
    """A finding as the assessors would leave it."""
    who = running.assessors[0]
    async with database.tenant(running.place.id, person_id=who.id) as session:
        session.add(Finding(
            participation_id=running.participations[code], leaf=leaf, entries=list(entries), saved_by=who.id,
            saved_by_name=who.name,
        ))  # fmt: skip


async def log(database: Database, running: Running, code: str, leaf: str, day: Any, number: int, **entry: Any) -> None:
    """A daily record as the inspector would log it."""
    who = running.place[Role.INSPECTOR]
    scheme_id = "window-staff"
    async with database.tenant(running.place.id, person_id=who.id) as session:
        await session.execute(insert(DailyRecord).values(
            number=number, scheme_id=scheme_id, subject_id=running.subjects[code], party_id=running.place.id,
            subject_name=code, leaf=leaf, date=day, source="form", entered_by=who.id, entered_name=who.name, **entry,
        ))  # fmt: skip


async def file_everything(database: Database, running: Running) -> None:
    async with database.tenant(running.place.id) as session:
        for row in (await session.execute(select(Assignment))).scalars():
            row.state = "filed"


async def computed(browser: Browser, database: Database, running: Running) -> UUID:
    """Asks as the organiser and waits for the worker. The worker must be running."""
    await browser.as_(running.place[Role.ORGANISER])
    answer = await browser.post(f"/cycles/{running.cycle_id}/runs")
    assert answer.status_code == 303, answer.text
    run_id = UUID(answer.headers["location"].rpartition("/")[2])
    while (await state_of(database, running, run_id)) in {"queued", "running"}:  # noqa: ASYNC110 (only the database knows)
        await asyncio.sleep(0.05)
    return run_id


async def state_of(database: Database, running: Running, run_id: UUID) -> str:
    async with database.tenant(running.place.id, read_only=True) as session:
        return (await session.execute(select(Run.state).where(Run.id == run_id))).scalar_one()


async def released(browser: Browser, database: Database, running: Running) -> str:
    """Computed, confirmed and released; the id of the release."""
    run_id = await computed(browser, database, running)
    await browser.as_(running.place[Role.APPROVER])
    confirmed = await browser.post(f"/cycles/{running.cycle_id}/runs/{run_id}/confirmation")
    assert confirmed.status_code == 303, confirmed.text
    answer = await browser.post(f"/cycles/{running.cycle_id}/releases", {"run": str(run_id)})
    assert answer.status_code == 303, answer.text
    page = (await browser.get(f"/cycles/{running.cycle_id}/releases")).text
    return page.partition(f"/cycles/{running.cycle_id}/releases/")[2].partition("/")[0]


async def totals(database: Database, running: Running, run_id: UUID) -> dict[str, tuple[str, int | None]]:
    """Total and rank by subject."""
    async with database.tenant(running.place.id, read_only=True) as session:
        rows = await session.execute(
            select(StoredSheet.subject, StoredSheet.total, StoredSheet.rank).where(StoredSheet.run_id == run_id)
        )
        return {row.subject: (str(row.total), row.rank) for row in rows}
