"""A cycle whose self-assessment is open: two counties of the city, and a centre of the city's own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from kaohe.clock import today
from kaohe.cycles.models import Cycle, Participation
from kaohe.db.session import Database
from kaohe.identity.models import Role
from kaohe.plugins import registry
from kaohe.subjects.models import Subject
from tests.factories import files, uploads
from tests.factories.browser import Browser
from tests.factories.world import Place, World

BASE, LEADERSHIP, RESEARCH = "circle.base", "circle.bonus.leadership", "circle.bonus.research"


@dataclass(frozen=True)
class Opened:
    """Participation ids, which are the ids of the self-assessments too."""

    world: World
    cycle_id: UUID
    county: UUID
    sibling: UUID
    own: UUID
    own_unit: UUID

    def path(self, of: UUID, leaf: str = "") -> str:
        return f"/self-assessments/{of}" + (f"/claims/{leaf}" if leaf else "")


async def open_self_assessment(database: Database, world: World, *, closes: date | None = None) -> Opened:
    scheme, host = registry().scheme("district-circles"), world.city
    opens, closes = today() - timedelta(days=10), closes or today() + timedelta(days=5)
    async with database.tenant(host.id, person_id=host[Role.ORGANISER].id) as session:
        cycle = Cycle(
            title="2026 年度圈层考核", scheme_id=scheme.id, scheme_version=scheme.version, scheme_hash="", period="2026",
            period_start=date(2026, 1, 1), period_end=date(2026, 12, 31), state="issued",
            created_by=host[Role.ORGANISER].id,
        )  # fmt: skip
        session.add(cycle)
        await session.flush()
        notice = {
            "cycle": str(cycle.id), "title": cycle.title, "scheme_id": scheme.id, "scheme_version": scheme.version,
            "scheme_hash": "", "parameters": {}, "period": "2026", "period_start": "2026-01-01",
            "period_end": "2026-12-31", "phases": [], "host": host.name,
        }  # fmt: skip
        made: list[Any] = []
        for code, name, party in (
            ("jinjiang", "锦江区政务服务中心", world.county), ("pixian", "郫县政务服务中心", world.sibling),
            ("gaoxin", "高新区政务服务中心", host),
        ):  # fmt: skip
            subject = Subject(code=code, kind="centre", name=name, attributes={"circle": "1"},
                              jurisdiction_id=party.id if party is not host else None)  # fmt: skip
            session.add(subject)
            await session.flush()
            taking = Participation(
                cycle_id=cycle.id, subject_id=subject.id, party_id=party.id, subject_code=code, subject_name=name,
                subject_kind="centre", group_name="第一圈层", attributes={"circle": "1"}, notice=notice,
                self_assessment_opens=opens, self_assessment_closes=closes,
                unit_id=subject.id if party is host else None,
            )  # fmt: skip
            session.add(taking)
            await session.flush()
            made.append((taking.id, subject.id))
    (county, _a), (sibling, _b), (own, own_unit) = made
    return Opened(world, cycle.id, county, sibling, own, own_unit)


async def move_deadline(database: Database, opened: Opened, closes: date) -> None:
    async with database.tenant(opened.world.city.id) as session:
        await session.execute(text("UPDATE participations SET self_assessment_closes = :d"), {"d": closes})


async def claim(browser: Browser, opened: Opened, of: UUID, leaf: str, version: int = 0, **fields: str) -> Any:
    """Saved by the form; `e0_amount` is the field `e0.amount`."""
    data = {name.replace("_", ".", 1) if name.startswith("e") else name: value for name, value in fields.items()}
    return await browser.post(opened.path(of, leaf), {"version": str(version), **data})


async def fill(browser: Browser, opened: Opened, of: UUID) -> str:
    """What is needed to file, with one file; its evidence id is answered. Logged in as a reporter already."""
    assert (await claim(browser, opened, of, BASE, e0_done="full")).status_code == 303
    answer = await claim(browser, opened, of, LEADERSHIP, e0_amount="4", remark="区长任组长")
    assert answer.status_code == 303
    return await uploads.stored(browser, "机构设立文件.pdf", files.pdf("机构"), target=slot(of, BASE, "机构设立文件"))


def slot(of: UUID, leaf: str, name: str) -> str:
    return f"claim:{of}:{leaf}:{name}"


async def lead_files(browser: Browser, opened: Opened, of: UUID, place: Place) -> Any:
    await browser.as_(place[Role.LEAD])
    return await browser.post(f"{opened.path(of)}/filing", {"confirmed": "1"})
