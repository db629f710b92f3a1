"""A hall with one window and two people at it, and how an inspector records."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from kaohe.catalogue.models import EnabledScheme
from kaohe.clock import today
from kaohe.db.session import Database
from kaohe.identity.models import Role
from kaohe.subjects.models import Subject
from tests.factories.browser import Browser
from tests.factories.world import Place, Somebody, World, make_person

DISPUTE, VERIFIED = "staff.discipline.dispute", "staff.complaints.verified"


@dataclass
class Hall:
    """`subjects` by code: w1, and s1 (who has an account) and s2 at it."""

    place: Place
    staff: Somebody
    lead: Somebody
    subjects: dict[str, UUID] = field(default_factory=dict)

    def step(self, code: str, leaf: str, scheme: str = "window-staff") -> str:
        return f"subject={self.subjects[code]}&scheme={scheme}&leaf={leaf}"

    async def record(self, browser: Browser, code: str = "s1", leaf: str = DISPUTE, **typed: Any) -> str:
        """Confirms one as the inspector; answers its address."""
        await browser.as_(self.place[Role.INSPECTOR])
        data = {"date": today().isoformat(), "amount": "4", "note": "与办事群众争吵"} | typed
        answer = await browser.post(f"/records?{self.step(code, leaf)}", data)
        assert answer.status_code == 303, answer.text
        return answer.headers["location"].partition("?")[0]


async def make_hall(database: Database, place: Place) -> Hall:
    async with database.tenant(place.id) as session:
        session.add(EnabledScheme(tenant_id=place.id, scheme_id="window-staff"))
        window = Subject(tenant_id=place.id, code="w1", kind="window", name="不动产登记窗口", sort_key="budongchan")
        session.add(window)
        await session.flush()
    staff = await make_person(database, place.id, Role.STAFF, tag=f"s1-{place.slug}")
    lead = await make_person(database, place.id, Role.LEAD, tag=f"w1-{place.slug}", subject_id=window.id)
    hall = Hall(place, staff, lead, {"w1": window.id})
    for code, name, person in (("s1", "王芳", staff.id), ("s2", "张敏", None)):
        async with database.tenant(place.id) as session:
            made = Subject(tenant_id=place.id, code=code, kind="staff", name=name, sort_key=code, parent_id=window.id,
                           person_id=person)  # fmt: skip
            session.add(made)
            await session.flush()
            hall.subjects[code] = made.id
    return hall


async def make_centre(database: Database, world: World) -> UUID:
    """The county as the city's subject under `district-circles`; answers the subject."""
    async with database.tenant(world.city.id) as session:
        session.add(EnabledScheme(tenant_id=world.city.id, scheme_id="district-circles"))
        made = Subject(tenant_id=world.city.id, code="c1", kind="centre", name="乙县政务服务中心",
                       jurisdiction_id=world.county.id, attributes={"circle": "1"})  # fmt: skip
        session.add(made)
        await session.flush()
        return made.id


def shown(html: str, *words: str) -> list[str]:
    """Those of the words that stand on the page."""
    text = re.sub(r"<[^>]+>", " ", html)
    return [word for word in words if word in text]
