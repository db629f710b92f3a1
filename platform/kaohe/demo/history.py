"""What happened in the demo before today, played through the services by those whose work it is."""

from __future__ import annotations

from kaohe.audit.service import record
from kaohe.db.session import Database
from kaohe.demo import circles, months, tenants
from kaohe.demo.actors import actor
from kaohe.settings import Settings

MARK = "1"  # another number plays it again into a fresh database only


async def load(database: Database, settings: Settings) -> None:
    """Once. A start that was cut off in the middle leaves the parts that are whole and adds nothing twice."""
    city = {role: await actor(database, f"rc.{role}") for role in (
        "organiser", "inspector", "approver", "assessor1", "assessor2")}  # fmt: skip
    county = {role: await actor(database, f"dayi.{role}") for role in ("organiser", "inspector", "approver")}
    if not await tenants.marked(database, "demo-months", MARK):
        await months.load(settings, county["organiser"], county["inspector"], county["approver"])
        await _mark(database, "demo-months")
    if not await tenants.marked(database, "demo-circles", MARK):
        await circles.load(settings, city)
        await _mark(database, "demo-circles")


async def _mark(database: Database, part: str) -> None:
    root = await tenants.jurisdiction_id(database, tenants.ROOT)
    assert root is not None
    async with database.tenant(root) as session:
        record(session, "demo.loaded", part, MARK)
