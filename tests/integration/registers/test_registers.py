"""Informants as each unit files them: who is short, who sees what, an entry that ends."""

from __future__ import annotations

import re

import pytest

from kaohe.clock import today
from kaohe.db.session import Database
from kaohe.identity.models import Role
from tests.factories.browser import Browser
from tests.factories.contributions import Desk, make_desk
from tests.factories.files import pdf
from tests.factories.records import shown
from tests.factories.world import World

pytestmark = pytest.mark.anyio

PATH = "/registers/information-points/informant"


@pytest.fixture
async def desk(database: Database, fresh_world: World) -> Desk:
    return await make_desk(database, fresh_world.county)


async def enter(browser: Browser, desk: Desk, unit: str = "w1", **typed: str) -> int:
    await browser.as_(desk["organiser"])
    data = {"subject": str(desk.subjects[unit]), "who": "闻静，窗口人员", "since": today().isoformat()} | typed
    return (await browser.post(PATH, data, files={"files": ("备案表.pdf", pdf(), "application/pdf")})).status_code


async def test_units_without_an_informant_are_shown_until_one_is_filed(browser: Browser, desk: Desk) -> None:
    await browser.as_(desk["organiser"])
    assert shown((await browser.get(PATH)).text, "有 2 个单位还没有落实") == ["有 2 个单位还没有落实"]
    assert await enter(browser, desk) == 303
    assert shown((await browser.get(PATH)).text, "有 1 个单位", "闻静，窗口人员", "备案表.pdf") == [
        "有 1 个单位", "闻静，窗口人员", "备案表.pdf",
    ]  # fmt: skip


async def test_the_record_for_a_unit_that_is_short_is_proposed_to_the_inspector(browser: Browser, desk: Desk) -> None:
    await browser.as_(desk.place[Role.INSPECTOR])
    found = re.search(r'href="(/records/new\?[^"]*)"', (await browser.get(PATH)).text)
    assert found is not None
    page = (await browser.get(found[1].replace("&amp;", "&"))).text
    assert shown(page, "未落实信息员") == ["未落实信息员"]


async def test_an_entry_ends_and_the_unit_is_short_again(browser: Browser, desk: Desk) -> None:
    await enter(browser, desk)
    ending = re.search(r'action="(/register-entries/[^"]+/end)"', (await browser.get(PATH)).text)
    assert ending is not None
    assert [(await browser.post(ending[1])).status_code for _twice in range(2)] == [303, 303]
    assert shown((await browser.get(PATH)).text, "有 2 个单位还没有落实") == ["有 2 个单位还没有落实"]


@pytest.mark.parametrize(
    ("typed", "message"),
    [({"who": ""}, "请填写姓名和职务"), ({"subject": ""}, "请选择单位"), ({"since": "2098-01-01"}, "不能晚于今天")],
)
async def test_what_does_not_fit_is_told(browser: Browser, desk: Desk, typed: dict[str, str], message: str) -> None:
    assert await enter(browser, desk, **typed) == 422
    assert shown((await browser.get(PATH)).text, "闻静") == []
    answer = await browser.post(PATH, {"subject": str(desk.subjects["w1"]), "who": "甲", "since": "2026-01-01"} | typed)
    assert shown(answer.text, message) == [message]


async def test_a_unit_sees_its_own_and_its_document_only(browser: Browser, desk: Desk, fresh_world: World) -> None:
    await enter(browser, desk)
    document = re.search(r'href="(/evidence/[^"]+/view)"', (await browser.get(PATH)).text)
    assert document is not None
    seen = {}
    for who in ("informant", "t_leader", "approver"):
        await browser.as_(desk[who])
        seen[who] = (bool(shown((await browser.get(PATH)).text, "闻静")), (await browser.get(document[1])).status_code)
    assert seen == {"informant": (True, 200), "t_leader": (False, 404), "approver": (True, 200)}
    await browser.as_(fresh_world.sibling[Role.ORGANISER])
    assert (await browser.get(PATH)).status_code == 404
