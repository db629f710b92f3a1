"""Targets: a table made from the scheme, edited in place or filled from a spreadsheet, all or nothing."""

from __future__ import annotations

import io
import re
import secrets
from typing import Any
from uuid import UUID

import httpx
import pytest
from python_calamine import CalamineWorkbook

from kaohe.catalogue import service as catalogue
from kaohe.db.session import Database
from kaohe.identity.models import Role
from kaohe.subjects.service import Draft, insert_subject
from tests.factories.browser import Browser
from tests.factories.world import Place, World
from tests.integration.subjects.test_subjects import row

pytestmark = pytest.mark.anyio

PAGE = "/subjects/targets?scheme=ecommerce-targets"


@pytest.fixture
async def shops(browser: Browser, database: Database, fresh_world: World) -> Place:
    city = fresh_world.city
    async with database.tenant(city.id) as session:
        await catalogue.enable_scheme(session, "ecommerce-targets")
        await catalogue.enable_scheme(session, "information-points")
        for code, name in (("k1", "东县"), ("k2", "西县")):
            await insert_subject(session, Draft(code=code, kind="county", name=name))
        tasks = {"monthly_task": "2", "annual_points_task": "40"}
        await insert_subject(session, Draft(code="t1", kind="township", name="东镇", attributes=tasks))
    await browser.as_(city[Role.ORGANISER])
    return city


def cells(subject: UUID, version: int = 1, **figures: str) -> dict[str, Any]:
    """`retail="5"` is the year's target of ecom.retail."""
    typed = {f"{subject}.targets.ecom.{leaf}": text for leaf, text in figures.items()}
    return {"scheme": "ecommerce-targets", "kind": "county", "page": "1", "subject": str(subject),
            f"version-{subject}": str(version), **typed}  # fmt: skip


async def upload(browser: Browser, text: str) -> httpx.Response:
    path = f"/subjects/targets/imports?csrf_token={browser.csrf}&idempotency_key={secrets.token_hex(8)}"
    data = {"scheme": "ecommerce-targets", "kind": "county"}
    return await browser.http.post(path, data=data, files={"file": ("目标.csv", text.encode())})


async def test_table_is_made_of_what_the_scheme_takes_targets_from(browser: Browser, shops: Place) -> None:
    page = (await browser.get(PAGE)).text
    for shown in ("东县", "西县", ">年度目标</caption>", ">半年目标</caption>", "网络零售额"):
        assert shown in page
    heads = re.findall(r'<th scope="col" class="num">([^<]+)', page)
    assert heads.count("电商培训") == 2
    assert not [head for head in heads if "目标" in head]
    assert "组织保障" not in page
    assert "/subjects/targets?scheme=ecommerce-targets" in (await browser.get("/subjects?kind=county")).text
    tasks = (await browser.get("/subjects/targets?scheme=information-points&kind=township")).text
    assert "每月报送任务（条）" in tasks
    assert "全年积分任务（分）" in tasks


async def test_figures_are_kept_under_the_leaf_and_can_be_taken_away(
    browser: Browser, database: Database, shops: Place
) -> None:
    subject = (await row(database, shops, "k1")).id
    assert (await browser.post("/subjects/targets", cells(subject, retail="5000.50", shops="12"))).status_code == 303
    held = await row(database, shops, "k1")
    assert (held.attributes, held.version) == ({"targets": {"ecom.retail": "5000.5", "ecom.shops": "12"}}, 2)
    assert (await browser.post("/subjects/targets", cells(subject, 2, retail="", shops=""))).status_code == 303
    assert (await row(database, shops, "k1")).attributes == {}


async def test_figures_come_as_offices_type_them(browser: Browser, database: Database, shops: Place) -> None:
    subject = (await row(database, shops, "k1")).id
    await browser.post("/subjects/targets", cells(subject, retail="５,０００．５", shops="１２"))
    assert (await row(database, shops, "k1")).attributes == {"targets": {"ecom.retail": "5000.5", "ecom.shops": "12"}}


async def test_the_unit_of_a_title_may_stand_behind_the_figure(
    browser: Browser, database: Database, shops: Place
) -> None:
    subject = (await row(database, shops, "t1")).id
    asked = {"scheme": "information-points", "kind": "township", "page": "1", "subject": str(subject),
             f"version-{subject}": "1", f"{subject}.monthly_task": "３条", f"{subject}.annual_points_task": "44 分"}  # fmt: skip
    assert (await browser.post("/subjects/targets", asked)).status_code == 303
    assert (await row(database, shops, "t1")).attributes == {"monthly_task": "3", "annual_points_task": "44"}


async def test_one_wrong_cell_and_nothing_is_stored(browser: Browser, database: Database, shops: Place) -> None:
    subject = (await row(database, shops, "k1")).id
    answer = await browser.post("/subjects/targets", cells(subject, retail="-1", shops="12", trade="很多"))
    assert answer.status_code == 422
    assert f'href="#{subject}.targets.ecom.retail"' in answer.text
    assert f'href="#{subject}.targets.ecom.trade"' in answer.text
    assert 'value="很多"' in answer.text
    assert (await row(database, shops, "k1")).attributes == {}


async def test_what_is_owed_cannot_be_taken_away(browser: Browser, database: Database, shops: Place) -> None:
    subject = (await row(database, shops, "t1")).id
    asked = {"scheme": "information-points", "kind": "township", "page": "1", "subject": str(subject),
             f"version-{subject}": "1", f"{subject}.monthly_task": "", f"{subject}.annual_points_task": "44"}  # fmt: skip
    assert (await browser.post("/subjects/targets", asked)).status_code == 422
    assert (await row(database, shops, "t1")).attributes["annual_points_task"] == "40"


async def test_a_colleagues_change_is_not_overwritten(browser: Browser, database: Database, shops: Place) -> None:
    subject = (await row(database, shops, "k1")).id
    await browser.post("/subjects/targets", cells(subject, retail="5"))
    assert (await browser.post("/subjects/targets", cells(subject, 1, retail="6"))).status_code == 409
    assert (await row(database, shops, "k1")).attributes == {"targets": {"ecom.retail": "5"}}


async def test_template_holds_every_subject_and_what_is_set(browser: Browser, database: Database, shops: Place) -> None:
    subject = (await row(database, shops, "k1")).id
    await browser.post("/subjects/targets", cells(subject, training="300"))
    answer = await browser.get("/subjects/targets/template?scheme=ecommerce-targets&kind=county")
    lines = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert lines[0][:3] == ["编号", "名称", "电商培训－年度目标"]
    assert sorted(line[:3] for line in lines[1:]) == [["k1", "东县", "300"], ["k2", "西县", ""]]


async def test_spreadsheet_fills_the_table_and_leaves_what_is_empty(
    browser: Browser, database: Database, shops: Place
) -> None:
    await upload(browser, "编号,targets.ecom.retail,targets.ecom.shops\nk1,,12\nk2,,8\n")
    answer = await upload(browser, "编号,targets.ecom.retail,targets.ecom.shops\nk1,5000,\nk2,,9\n")
    assert answer.status_code == 303, answer.text
    assert (await row(database, shops, "k1")).attributes == {"targets": {"ecom.shops": "12", "ecom.retail": "5000"}}
    assert (await row(database, shops, "k2")).attributes == {"targets": {"ecom.shops": "9"}}


async def test_every_error_of_a_spreadsheet_is_told_by_cell(browser: Browser, database: Database, shops: Place) -> None:
    answer = await upload(browser, "编号,targets.ecom.retail,targets.ecom.shops\nk1,五千,12\nk9,1,1\nk1,1,-3\n")
    assert answer.status_code == 422
    for place in ("目标!B2", "目标!A3", "目标!A4", "目标!C4"):
        assert place in answer.text
    assert (await row(database, shops, "k1")).attributes == {}


async def test_what_only_tells_the_group_is_no_target(browser: Browser, database: Database, shops: Place) -> None:
    async with database.tenant(shops.id) as session:
        await catalogue.enable_scheme(session, "district-circles")
    assert "圈层" not in (await browser.get(PAGE)).text
    assert (await browser.get("/subjects/targets?scheme=district-circles")).status_code == 404


async def test_without_a_scheme_that_wants_targets_there_is_no_page(browser: Browser, fresh_world: World) -> None:
    await browser.as_(fresh_world.city[Role.ORGANISER])
    assert (await browser.get("/subjects/targets")).status_code == 404
