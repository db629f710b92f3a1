"""What is asked: jurisdictions with a ranking of 200 rows, task lists and indicators to save, each page as its reader."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import msgspec
from litestar import Litestar
from sqlalchemy import event, insert

from bench.load import Page
from bench.servers import Base
from kaohe.app import build
from kaohe.db.session import Database
from kaohe.demo import cycles as playing
from kaohe.demo.actors import Actor
from kaohe.demo.circles import CLAIMS
from kaohe.identity.models import Role
from kaohe.identity.tokens import AccessToken
from kaohe.records.models import DailyRecord
from kaohe.web.context import App
from kaohe.web.cookies import ACCESS
from kaohe.web.templating import Templates
from tests.factories import results
from tests.factories.browser import Browser
from tests.factories.grading import Running, make_running
from tests.factories.submissions import open_self_assessment
from tests.factories.world import Place, Somebody, make_world

RANKED = 200
PAGES = "bench-pages.json"
KINDS = ("工作台", "自评任务", "排名 200 行", "保存一项")


@dataclass(frozen=True, slots=True)
class Readers:
    """Who reads what; kept in the home, so that every process of the run knows."""

    read: list[Page]
    saves: list[Page]

    def of(self, name: str) -> list[Page]:
        return self.saves if name == KINDS[-1] else [page for page in self.read if page.name == name]


def readers(home: Path) -> Readers:
    return msgspec.json.decode((home / PAGES).read_bytes(), type=Readers)


async def make(of: Base) -> Readers:
    database = Database(of.server.app_url, pool_size=4)
    app = of.app(database)
    made = Readers([], [])
    try:
        for _ in range(2):  # ten jurisdictions; enough indicators that no two connections save the same one
            world = await make_world(database)
            opened = await open_self_assessment(database, world)
            parties = ((world.county, opened.county), (world.sibling, opened.sibling), (world.city, opened.own))
            for place, self_assessment in parties:
                made.saves.extend(await _saves(app, place, self_assessment))
        running = await _ranking(database, world.city)
        organiser = await _visitor(app, world.city[Role.ORGANISER])
        reporter = await _visitor(app, world.county[Role.REPORTER])
        made.read.append(Page(KINDS[0], "/", organiser))
        made.read.append(Page(KINDS[1], f"/self-assessments/{opened.county}", reporter))
        made.read.append(Page(KINDS[2], f"/cycles/{running.cycle_id}/results", organiser))
    finally:
        await database.close()
    (of.home / PAGES).write_bytes(msgspec.json.encode(made))
    return made


async def _visitor(app: App, who: Somebody) -> dict[str, str]:
    """Headers as a browser would send them."""
    browser = await Browser(Litestar([], logging_config=None), app).as_(who)
    assert isinstance(browser.token, AccessToken)
    return {"Cookie": f"{ACCESS}={app.signer.issue(browser.token)}", "X-CSRF-Token": browser.csrf}


async def _saves(app: App, place: Place, self_assessment: UUID) -> list[Page]:
    """Each saved once, so that everybody knows its version; autosave, as most saves are."""
    headers = await _visitor(app, place[Role.REPORTER]) | {"X-Autosave": "1"}
    pages = [
        Page(KINDS[3], f"/self-assessments/{self_assessment}/claims/{leaf}", headers,
             {"version": "0", "remark": "", **{f"e0.{name}": value for name, value in entry.items()}})
        for leaf, entry, _remark in CLAIMS
    ]  # fmt: skip
    async with httpx.AsyncClient(transport=httpx.ASGITransport(build(app)), base_url="http://kaohe.test") as client:
        for page in pages:
            assert page.fields is not None
            answer = await client.post(
                page.path, data=page.fields, headers=headers | {"Idempotency-Key": page.path.rpartition("/")[2]}
            )
            page.fields["version"] = str(answer.json()["version"])
    return pages


async def _ranking(database: Database, place: Place) -> Running:
    given: list[Any] = [(f"w{n:03}", "window", f"第 {n} 窗口", {}, None, None) for n in range(RANKED)]
    running = await make_running(database, place, "window-staff", "2026-03", given)
    await results.file_everything(database, running)
    inspector, day = place[Role.INSPECTOR], date(2026, 3, 10)
    rows = [
        {"number": 20260000001 + n, "scheme_id": "window-staff", "subject_id": subject_id, "party_id": place.id,
         "subject_name": code, "leaf": "window.conduct.guide", "date": day, "source": "form",
         "entered_by": inspector.id, "entered_name": inspector.name}
        for n, (code, subject_id) in enumerate(running.subjects.items()) if n % 3
    ]  # fmt: skip
    async with database.tenant(place.id, person_id=inspector.id) as session:
        await session.execute(insert(DailyRecord).values(rows))
    who = place[Role.ORGANISER]
    actor = Actor(database, who.id, who.name, place.id, place.name, ((who.role, None),))
    await playing.compute(actor, running.cycle_id)
    return running


@dataclass(frozen=True, slots=True)
class Recorded:
    """What one answer took: the statements with their parameters, and what its template was given."""

    page: Page
    statements: Sequence[tuple[str, Any]]
    template: str
    context: dict[str, Any]

    @property
    def main(self) -> tuple[str, Any]:
        """The statement that the page is about; those before it lead there."""
        return self.statements[-1]


class _Remembering(Templates):
    last: tuple[str, dict[str, Any]] = ("", {})

    def render(self, template: str, **context: Any) -> str:
        self.last = (template, context)
        return Templates.render(self, template, **context)


async def record(app: App, pages: Sequence[Page]) -> list[Recorded]:
    templates = _Remembering()
    asgi = build(replace(app, templates=templates))
    found = []
    async with httpx.AsyncClient(transport=httpx.ASGITransport(asgi), base_url="http://kaohe.test") as client:
        for page in pages:
            with _statements(app.database) as seen:
                answer = await _ask(client, page)
            assert answer.status_code == 200, answer.text
            found.append(Recorded(page, seen, *templates.last))
    return found


async def _ask(client: httpx.AsyncClient, page: Page) -> httpx.Response:
    if page.fields is None:
        return await client.get(page.path, headers=page.headers)
    headers = page.headers | {"Idempotency-Key": "counted"}
    return await client.post(page.path, data=page.fields | {"remark": "改过"}, headers=headers)


class _statements:  # noqa: N801 (reads as the block it opens)
    def __init__(self, database: Database) -> None:
        self.engine = database.engine.sync_engine
        self.seen: list[tuple[str, Any]] = []

    def __enter__(self) -> list[tuple[str, Any]]:
        event.listen(self.engine, "before_cursor_execute", self._note)
        return self.seen

    def _note(self, _conn: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        self.seen.append((statement, parameters))

    def __exit__(self, *_: object) -> None:
        event.remove(self.engine, "before_cursor_execute", self._note)


def kinds(found: Readers) -> Iterator[tuple[str, list[Page]]]:
    for name in KINDS:
        yield name, found.of(name)
