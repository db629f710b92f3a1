"""Subjects: adding, changing, finding; kinds and attributes as the enabled schemes ask."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import select, text

from kaohe.audit.models import AuditEntry
from kaohe.catalogue import service as catalogue
from kaohe.db.session import Database
from kaohe.identity.models import Role
from kaohe.subjects.models import Subject
from kaohe.subjects.service import Draft, insert_subject
from tests.factories.browser import Browser
from tests.factories.world import Place, World

pytestmark = pytest.mark.anyio


async def hall(database: Database, place: Place, *, windows: int = 1) -> list[UUID]:
    """The scheme of windows and staff, and some windows."""
    async with database.tenant(place.id) as session:
        await catalogue.enable_scheme(session, "window-staff")
        return [
            await insert_subject(session, Draft(code=f"w{n}", kind="window", name=f"第{n}窗口"))
            for n in range(1, windows + 1)
        ]


def staff(window: UUID, **change: str) -> dict[str, str]:
    return {"kind": "staff", "name": "王芳", "code": "s1", "parent_id": str(window), "attributes.weight": "0.50",
            "attributes.post": "contract", "active_from": "2026-01-01", **change}  # fmt: skip


async def row(database: Database, place: Place, code: str) -> Subject:
    async with database.tenant(place.id, read_only=True) as session:
        return (await session.execute(select(Subject).where(Subject.code == code))).scalar_one()


async def test_staff_member_is_added_with_what_the_scheme_asks(
    browser: Browser, database: Database, fresh_world: World
) -> None:
    city = fresh_world.city
    window = (await hall(database, city))[0]
    await browser.as_(city[Role.ORGANISER])
    assert (await browser.post("/subjects", data=staff(window))).status_code == 303
    held = await row(database, city, "s1")
    assert (held.parent_id, held.attributes, held.sort_key) == (
        window,
        {"weight": "0.5", "post": "contract"},
        "wang2 fang1",
    )
    async with database.tenant(city.id, read_only=True) as session:
        audited = select(AuditEntry.action).where(AuditEntry.object_id == str(held.id))
        assert (await session.execute(audited)).scalar_one() == "subject.added"


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"name": ""}, "name"), ({"code": "编号"}, "code"), ({"code": "w1"}, "code"), ({"parent_id": ""}, "parent_id"),
        ({"attributes.weight": "1.5"}, "attributes.weight"), ({"attributes.post": "boss"}, "attributes.post"),
        ({"active_to": "2025-12-31"}, "active_to"), ({"login": "nobody-here"}, "login"),
    ],
)  # fmt: skip
async def test_bad_subject_is_refused_at_its_field(
    browser: Browser, database: Database, fresh_world: World, change: dict[str, str], place: str
) -> None:
    window = (await hall(database, fresh_world.city))[0]
    await browser.as_(fresh_world.city[Role.ORGANISER])
    answer = await browser.post("/subjects", data=staff(window, **change))
    assert answer.status_code == 422
    assert f'href="#{place}"' in answer.text


async def test_person_of_another_jurisdiction_cannot_be_linked(
    browser: Browser, database: Database, fresh_world: World
) -> None:
    window = (await hall(database, fresh_world.city))[0]
    await browser.as_(fresh_world.city[Role.ORGANISER])
    own, foreign = fresh_world.city[Role.STAFF].login, fresh_world.stranger[Role.STAFF].login
    assert (await browser.post("/subjects", data=staff(window, login=foreign))).status_code == 422
    assert (await browser.post("/subjects", data=staff(window, login=own))).status_code == 303
    assert (await row(database, fresh_world.city, "s1")).person_id == fresh_world.city[Role.STAFF].id


async def test_second_of_two_editors_is_told(browser: Browser, database: Database, fresh_world: World) -> None:
    window = (await hall(database, fresh_world.city))[0]
    await browser.as_(fresh_world.city[Role.ORGANISER])
    await browser.post("/subjects", data=staff(window))
    held = await row(database, fresh_world.city, "s1")
    path = f"/subjects/{held.id}"
    assert (await browser.post(path, data=staff(window, name="王方", version="1"))).status_code == 303
    assert (await browser.post(path, data=staff(window, name="王访", version="1"))).status_code == 409
    again = await row(database, fresh_world.city, "s1")
    assert (again.name, again.version) == ("王方", 2)


async def test_subject_of_another_jurisdiction_is_absent(
    browser: Browser, database: Database, fresh_world: World
) -> None:
    window = (await hall(database, fresh_world.city))[0]
    for place in (fresh_world.county, fresh_world.stranger):
        await browser.as_(place[Role.ORGANISER])
        assert (await browser.get(f"/subjects/{window}")).status_code == 404
        assert (await browser.post(f"/subjects/{window}", data={"name": "x", "version": "1"})).status_code == 404


async def test_subject_can_only_be_a_jurisdiction_below(
    browser: Browser, database: Database, fresh_world: World
) -> None:
    async with database.tenant(fresh_world.city.id) as session:
        await catalogue.enable_scheme(session, "district-circles")
    await browser.as_(fresh_world.city[Role.ORGANISER])
    centre = {"kind": "centre", "name": "中心", "code": "c1", "attributes.circle": "1"}
    refused = await browser.post("/subjects", data={**centre, "jurisdiction_id": str(fresh_world.stranger.id)})
    assert refused.status_code == 422
    accepted = await browser.post("/subjects", data={**centre, "jurisdiction_id": str(fresh_world.county.id)})
    assert accepted.status_code == 303
    assert (await row(database, fresh_world.city, "c1")).jurisdiction_id == fresh_world.county.id


async def test_inspector_looks_but_does_not_edit(browser: Browser, database: Database, fresh_world: World) -> None:
    window = (await hall(database, fresh_world.city))[0]
    await browser.as_(fresh_world.city[Role.INSPECTOR])
    page = await browser.get(f"/subjects/{window}")
    assert (page.status_code, "<form" in page.text.partition("<main")[2].partition("</main>")[0]) == (200, False)
    assert (await browser.post(f"/subjects/{window}", data={})).status_code == 403


async def test_list_searches_filters_and_pages(browser: Browser, database: Database, fresh_world: World) -> None:
    await hall(database, fresh_world.city, windows=120)
    async with database.tenant(fresh_world.city.id) as session:
        await session.execute(text("UPDATE subjects SET active_to = '2020-01-01' WHERE code = 'w120'"))
    await browser.as_(fresh_world.city[Role.ORGANISER])
    pages = [(await browser.get(f"/subjects?kind=window&page={number}")).text for number in (1, 3)]
    assert [page.count('href="/subjects/0') for page in pages] == [50, 19]
    found = (await browser.get("/subjects?kind=window&q=第7窗口")).text
    assert found.count('href="/subjects/0') == 1
    assert "第120窗口" in (await browser.get("/subjects?kind=window&state=ended")).text
    assert (await browser.get("/subjects?kind=window&q=%25")).text.count('href="/subjects/0') == 0
