"""Subjects from spreadsheets: every error by place, nothing before the yes, all or nothing."""

from __future__ import annotations

import secrets
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select, text

from kaohe.db.session import Database
from kaohe.identity.models import Role
from kaohe.spreadsheets import read_table
from kaohe.subjects import service, views
from kaohe.subjects.importing import columns_of
from kaohe.subjects.models import Subject
from tests.factories.browser import Browser
from tests.factories.world import Place, World
from tests.integration.subjects.test_subjects import hall, row

pytestmark = pytest.mark.anyio

GOOD = "姓名,所属窗口,在岗比例,身份,起始日期\n王芳,第1窗口,0.5,公务员,2026/3/4\n李强,w2,,聘用人员,2026年1月1日\n"


async def upload(browser: Browser, content: bytes, name: str = "名单.csv", kind: str = "staff") -> httpx.Response:
    path = f"/subjects/imports?csrf_token={browser.csrf}&idempotency_key={secrets.token_hex(8)}"
    return await browser.http.post(path, data={"kind": kind}, files={"file": (name, content)})


async def count(database: Database, place: Place) -> int:
    async with database.tenant(place.id, read_only=True) as session:
        return (await session.execute(select(func.count()).select_from(Subject))).scalar_one()


@pytest.fixture
async def office(browser: Browser, database: Database, fresh_world: World) -> Place:
    await hall(database, fresh_world.city, windows=2)
    await browser.as_(fresh_world.city[Role.ORGANISER])
    return fresh_world.city


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
async def test_list_is_imported_after_a_yes(browser: Browser, database: Database, office: Place, encoding: str) -> None:
    answer = await upload(browser, GOOD.encode(encoding))
    assert answer.status_code == 303
    preview = answer.headers["location"]
    assert await count(database, office) == 2
    assert "新增" in (await browser.get(preview)).text
    assert (await browser.post(f"{preview}/application")).status_code == 303
    held = await row(database, office, "staff-1")
    assert (held.name, held.attributes, str(held.active_from)) == (
        "王芳",
        {"weight": "0.5", "post": "civil_servant"},
        "2026-03-04",
    )
    assert (await row(database, office, "staff-2")).parent_id == (await row(database, office, "w2")).id
    assert (await browser.post(f"{preview}/application")).status_code == 409


async def test_same_file_again_changes_nothing(browser: Browser, database: Database, office: Place) -> None:
    first = (await upload(browser, GOOD.encode())).headers["location"]
    await browser.post(f"{first}/application")
    second = (await upload(browser, GOOD.replace("0.5", "0.8").encode())).headers["location"]
    page = (await browser.get(second)).text
    assert "在岗比例：0.5 → 0.8" in page
    await browser.post(f"{second}/application")
    assert (await count(database, office), (await row(database, office, "staff-1")).attributes["weight"]) == (4, "0.8")
    assert (await row(database, office, "staff-2")).version == 1


async def test_every_error_is_told_by_sheet_row_and_column(browser: Browser, database: Database, office: Place) -> None:
    lines = ["姓名,所属窗口,在岗比例,身份,起始日期,编号"]
    lines += [
        "王芳,第1窗口,2,公务员,2026-01-01,a1",
        ",第9窗口,1,局长,2026-13-01,a1",
        "李强,第1窗口,1,公务员,2026-01-01,w1",
    ]
    answer = await upload(browser, "\n".join(lines).encode())
    assert answer.status_code == 422
    for place in ("名单!C2", "名单!A3", "名单!B3", "名单!D3", "名单!E3", "名单!F3", "名单!F4"):
        assert place in answer.text
    assert "有 7 处错误" in answer.text
    assert await count(database, office) == 2


async def test_somebody_elses_change_between_check_and_yes_stops_it(
    browser: Browser, database: Database, office: Place
) -> None:
    first = (await upload(browser, GOOD.encode())).headers["location"]
    await browser.post(f"{first}/application")
    second = (await upload(browser, GOOD.replace("0.5", "0.8").replace("聘用", "事业").encode())).headers["location"]
    async with database.tenant(office.id) as session:
        await session.execute(text("UPDATE subjects SET version = version + 1 WHERE code = 'staff-2'"))
    assert (await browser.post(f"{second}/application")).status_code == 409
    assert (await row(database, office, "staff-1")).attributes["weight"] == "0.5"


async def test_import_of_another_jurisdiction_is_absent(browser: Browser, office: Place, fresh_world: World) -> None:
    preview = (await upload(browser, GOOD.encode())).headers["location"]
    await browser.as_(fresh_world.county[Role.ORGANISER])
    assert (await browser.get(preview)).status_code == 404
    assert (await browser.post(f"{preview}/application")).status_code == 404


@pytest.mark.parametrize(("content", "name", "message"), [
    (b"", "名单.xlsx", "文件是空的"),
    (b"MZ" * 50, "名单.exe", "只能导入"),
    ("姓名,所属窗口\n".encode(), "名单.csv", "表头之下没有内容"),
])  # fmt: skip
async def test_files_without_use_are_refused(
    browser: Browser, office: Place, content: bytes, name: str, message: str
) -> None:
    answer = await upload(browser, content, name)
    assert (answer.status_code, message in answer.text) == (422, True)


async def test_template_fits_the_import(browser: Browser, database: Database, office: Place) -> None:
    answer = await browser.get("/subjects/import/template?kind=staff")
    async with database.tenant(office.id, read_only=True) as session:
        kinds = await service.kinds(session)
    columns: Any = columns_of(kinds["staff"], views.parent_title(kinds["staff"], kinds))
    table = read_table(answer.content, "模板.xlsx", columns)
    assert (table.problems, list(table.heads)) == ([], [column.name for column in columns])
