"""A centre that counts submitted information: a window, a township and an office, and the people of its way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from kaohe.catalogue.models import EnabledScheme
from kaohe.clock import today
from kaohe.contributions.models import Contribution
from kaohe.db.session import Database
from kaohe.identity.models import Role
from kaohe.subjects.models import Subject
from tests.factories.browser import Browser
from tests.factories.files import png
from tests.factories.world import Place, Somebody, make_person

SCHEME = "information-points"
TASKS = {"monthly_task": "1", "annual_points_task": "20"}
UNITS = (("w1", "window_unit", "市场监管窗口"), ("t1", "township", "灌口镇"), ("o1", "office", "综合科"))


@dataclass(frozen=True)
class Desk:
    """`people`: informant, head, leader of the window; `t_informant`, `t_leader` of the township."""

    database: Database
    place: Place
    subjects: dict[str, UUID]
    people: dict[str, Somebody]

    def __getitem__(self, who: str) -> Somebody:
        return self.people[who]

    async def draft(
        self, browser: Browser, unit: str = "w1", who: str = "informant", way: str = "item", **typed: Any
    ) -> str:
        """Written and sent off; answers the address."""
        await browser.as_(self[who])
        data = {"title": "窗口推行一件事联办", "body": "三十件事一次办。", "send": "1", "version": "0"} | typed
        query = f"scheme={SCHEME}&way={way}&subject={self.subjects[unit]}"
        answer = await browser.post(f"/contributions?{query}", data)
        assert answer.status_code == 303, answer.text
        return str(answer.headers["location"])

    async def version(self, path: str) -> str:
        async with self.database.tenant(self.place.id, read_only=True) as session:
            query = select(Contribution.version).where(Contribution.id == UUID(path.rpartition("/")[2]))
            return str((await session.execute(query)).scalar_one())

    async def act(self, browser: Browser, who: str, path: str, action: str = "pass", note: str = "") -> int:
        await browser.as_(self[who])
        data = {"version": await self.version(path), "action": action, "note": note}
        return (await browser.post(f"{path}/steps", data)).status_code

    async def signed(self, browser: Browser, **typed: Any) -> str:
        """A window's contribution that its head and the leader in charge signed."""
        path = await self.draft(browser, **typed)
        assert [await self.act(browser, who, path) for who in ("head", "leader")] == [303, 303]
        return path

    async def adopt(self, browser: Browser, path: str, *, proof: bool = True, **typed: Any) -> int:
        await browser.as_(self["organiser"])
        data = {
            "date": today().isoformat(),
            "level": "city",
            "fields.outlet": "市政府网",
            "fields.editor": "o1",
        } | typed
        files = {"files": ("证明.png", png(), "image/png")} if proof else None
        return (await browser.post(f"{path}/records?leaf=info.adopted", data, files=files)).status_code


async def make_desk(database: Database, place: Place) -> Desk:
    subjects = {}
    async with database.tenant(place.id) as session:
        session.add(EnabledScheme(tenant_id=place.id, scheme_id=SCHEME))
        for code, kind, name in UNITS:
            made = Subject(tenant_id=place.id, code=code, kind=kind, name=name, sort_key=code, attributes=dict(TASKS))
            session.add(made)
            await session.flush()
            subjects[code] = made.id
    people = {"organiser": place[Role.ORGANISER], "approver": place[Role.APPROVER]}
    for who, role, unit in (
        ("informant", Role.REPORTER, "w1"), ("head", Role.LEAD, "w1"), ("leader", Role.LEAD, "w1"),
        ("t_informant", Role.REPORTER, "t1"), ("t_leader", Role.LEAD, "t1"), ("o_informant", Role.REPORTER, "o1"),
    ):  # fmt: skip
        people[who] = await make_person(database, place.id, role, tag=f"{who}-{place.slug}", subject_id=subjects[unit])
    people["main_leader"] = await make_person(database, place.id, Role.APPROVER, tag=f"main-{place.slug}")
    return Desk(database, place, subjects, people)
