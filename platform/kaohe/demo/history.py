"""What happened in the demo before today, played through the services by those whose work it is."""

from __future__ import annotations

import click

from kaohe.audit.service import record
from kaohe.db.session import Database
from kaohe.demo import circles, contributions, inboxes, months, playing, stories, tenants
from kaohe.demo.actors import actor
from kaohe.errors import KaoheError
from kaohe.settings import Settings

MARK = "1"  # another number plays it again into a fresh database only
BEGUN, ENDED = "demo-begun", "demo-ended"


class Unfinished(KaoheError):
    """A start was cut off while the past was played. Nobody has used the platform yet: it is made anew."""

    code, status, title = "demo-unfinished", 503, "演示数据没有装载完"
    next_step = "请换一个空的数据库，或删除 KAOHE_HOME 后重新启动。"


async def load(database: Database, settings: Settings) -> None:
    """Once. Raises Unfinished where it was begun and not ended."""
    if await tenants.marked(database, ENDED, MARK):
        return
    if await tenants.marked(database, BEGUN, MARK):
        raise Unfinished
    click.echo("· 装入演示数据，约一分钟", err=True)
    await _mark(database, BEGUN)
    city = {role: await actor(database, f"rc.{role}") for role in (
        "organiser", "inspector", "approver", "assessor1", "assessor2")}  # fmt: skip
    county = {role: await actor(database, f"dayi.{role}") for role in ("organiser", "inspector", "approver")}
    await months.load(settings, county["organiser"], county["inspector"], county["approver"])
    await circles.load(settings, city)
    for path in sorted(tenants.folder().glob("*/played/*.yaml")):
        await playing.play(settings, database, stories.read(path))
    await contributions.load(database, settings)
    await inboxes.load(database)
    await _mark(database, ENDED)


async def _mark(database: Database, part: str) -> None:
    root = await tenants.jurisdiction_id(database, tenants.ROOT)
    assert root is not None
    async with database.tenant(root) as session:
        record(session, "demo.loaded", part, MARK)
