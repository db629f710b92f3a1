"""A scheme drawn up by forms: who may, what is kept, who saves over whom, what is published."""

from __future__ import annotations

import io
import secrets
import zipfile
from uuid import UUID

import httpx
import pytest
from sqlalchemy import func, select, text

from kaohe.catalogue import service as catalogue
from kaohe.db.session import Database
from kaohe.designs.models import Design
from tests.factories.browser import Browser
from tests.factories.designs import document, row
from tests.factories.world import Place, World

pytestmark = pytest.mark.anyio

NODE = {"rule": "deduct", "was": "x1", "m.title": "迟到", "m.code": "x1", "m.amount": "2", "m.article": "第一条",
        "m.counts": "on", "m.item": "on"}  # fmt: skip
CSV = "项目,分值,评分标准\n纪律,20,迟到每次扣1分\n业务,80,酌情给分\n"


async def upload(browser: Browser, path: str, name: str, content: bytes) -> httpx.Response:
    address = f"{path}?csrf_token={browser.csrf}&idempotency_key={secrets.token_hex(8)}"
    return await browser.http.post(address, files={"file": (name, content)})


async def test_blank_draft_carries_what_was_typed(database: Database, office: Place, draft: str) -> None:
    held = await document(database, office)
    assert (held["id"], held["title"], held["periods"]) == (f"own-{office.slug}-ck", "窗口考核", ["year"])
    assert held["kinds"] == [{"id": "ck", "title": "窗口"}]


async def test_node_changes_its_rule_and_keeps_nothing_of_the_old(
    browser: Browser, database: Database, office: Place, draft: str
) -> None:
    assert (await browser.post(f"{draft}/nodes/0", data={**NODE, "saves": "1"})).status_code == 303
    held = await document(database, office)
    assert held["indicators"] == [{"code": "x1", "title": "迟到", "article": "第一条", "rule": "deduct", "amount": 2}]


async def test_wrong_values_are_told_at_their_fields_and_nothing_is_kept(
    browser: Browser, database: Database, office: Place, draft: str
) -> None:
    bad = {**NODE, "saves": "1", "m.amount": "2 分", "m.code": "1x", "m.only_when": "a ** 2"}
    answer = await browser.post(f"{draft}/nodes/0", data=bad)
    assert answer.status_code == 422
    for place in ("m.amount", "m.code", "m.only_when"):
        assert f'href="#{place}"' in answer.text
    assert (await row(database, office)).saves == 1


async def test_second_of_two_editors_sees_both_and_can_save_over(
    browser: Browser, database: Database, office: Place, draft: str
) -> None:
    await browser.post(f"{draft}/nodes/0", data={**NODE, "saves": "1"})
    answer = await browser.post(f"{draft}/nodes/0", data={**NODE, "saves": "1", "m.title": "旷工", "m.amount": "3"})
    assert answer.status_code == 409
    for words in ("旷工", "迟到", 'name="m.amount" value="3"', 'name="saves" value="2"'):
        assert words in answer.text
    assert (await document(database, office))["indicators"][0]["title"] == "迟到"
    again = await browser.post(f"{draft}/nodes/0", data={**NODE, "saves": "2", "m.title": "旷工", "m.amount": "3"})
    assert again.status_code == 303
    assert (await document(database, office))["indicators"][0]["title"] == "旷工"


async def test_text_and_sections_know_of_other_saves_too(
    browser: Browser, database: Database, office: Place, draft: str
) -> None:
    held = (await row(database, office)).text
    await browser.post(f"{draft}/nodes/0", data={**NODE, "saves": "1"})
    assert (await browser.post(f"{draft}/text", data={"saves": "1", "text": held})).status_code == 409
    assert (await browser.post(f"{draft}/sections/articles", data={"saves": "1"})).status_code == 409
    assert (await browser.post(f"{draft}/nodes", data={"saves": "1", "under": "", "title": "乙"})).status_code == 409


async def test_live_check_tells_and_stores_nothing(
    browser: Browser, database: Database, office: Place, draft: str
) -> None:
    answer = await browser.post(f"{draft}/nodes/0/checks", data={**NODE, "saves": "1", "m.amount": ""})
    assert (answer.status_code, "请填写每次扣" in answer.text) == (200, True)
    assert (await row(database, office)).saves == 1


async def test_sections_are_kept(browser: Browser, database: Database, office: Place, draft: str) -> None:
    outcomes = {
        "saves": "1",
        "m.grading.0.grades.0.name": "优秀",
        "m.grading.0.grades.0.min": "90",
        "m.grading.0.otherwise": "合格",
    }
    assert (await browser.post(f"{draft}/sections/outcomes", data=outcomes)).status_code == 303
    parameters = {"saves": "2", "m.parameters.0.name": "cap", "m.parameters.0.title": "上限", "m.parameters.0.default": "5",
                  "m.parameters.0.type": "decimal", "m.parameters.0.min": "0", "m.parameters.0.max": "9"}  # fmt: skip
    assert (await browser.post(f"{draft}/sections/parameters", data=parameters)).status_code == 303
    held = await document(database, office)
    assert held["grading"] == [{"grades": [{"name": "优秀", "min": 90}], "otherwise": "合格"}]
    assert held["parameters"] == {"cap": {"title": "上限", "type": "decimal", "default": 5, "min": 0, "max": 9}}


async def test_warning_is_acknowledged_with_a_reason(
    browser: Browser, database: Database, office: Place, draft: str
) -> None:
    data = {"saves": "1", "check": "parameter-unused", "at": "cap", "reason": "备用", "here": "nodes/0"}
    assert (await browser.post(f"{draft}/acknowledgements", data=data)).status_code == 303
    assert (await document(database, office))["acknowledged"] == [
        {"check": "parameter-unused", "at": "cap", "reason": "备用"}
    ]


async def test_spreadsheet_is_imported_once_after_a_yes(
    browser: Browser, database: Database, office: Place, draft: str
) -> None:
    preview = (await upload(browser, f"{draft}/imports", "评分表.csv", CSV.encode("gb18030"))).headers["location"]
    assert "请核对" in (await browser.get(preview)).text
    assert (await row(database, office)).saves == 1
    yes = {"saves": "1", "replacing": "on", "rule.3": "check"}
    assert (await browser.post(f"{preview}/application", data=yes)).status_code == 303
    held = await document(database, office)
    assert [(node["title"], node["rule"]) for node in held["indicators"]] == [
        ("纪律", "deduct-from-full"),
        ("业务", "check"),
    ]
    assert (await browser.post(f"{preview}/application", data={**yes, "saves": "2"})).status_code == 409


async def test_draft_is_published_and_goes_on_as_the_next_version(
    browser: Browser, database: Database, office: Place, draft: str
) -> None:
    assert (
        await browser.post(f"{draft}/publication", data={"saves": "1", "version": "1", "reason": ""})
    ).status_code == 422
    done = await browser.post(f"{draft}/publication", data={"saves": "1", "version": "1", "reason": "会议纪要"})
    assert done.status_code == 303
    await browser.post(f"{draft}/nodes/0", data={**NODE, "saves": "1", "rule": "judged", "m.points": "90"})
    page = (await browser.get(f"{draft}/publication")).text
    assert "分值由 100 改为 90" in page
    assert 'value="2"' in page
    async with database.tenant(office.id, read_only=True) as session:
        versions = await catalogue.versions_of(session, f"own-{office.slug}-ck")
    assert [(each.scheme.version, each.reason) for each in versions] == [("1", "会议纪要")]


async def test_errors_block_publishing(browser: Browser, draft: str) -> None:
    await browser.post(f"{draft}/nodes", data={"saves": "1", "under": "", "title": "乙"})
    head = "id: x\nversion: '1'\ntitle: 甲\nregulation: 甲\nkinds: [{id: a, title: 甲}]\nperiods: [year]\n"
    text_ = head + "indicators: [{code: a, title: 甲, rule: deduct}]\n"
    await browser.post(f"{draft}/text", data={"saves": "2", "text": text_})
    answer = await browser.post(f"{draft}/publication", data={"saves": "3", "version": "1", "reason": "因"})
    assert (answer.status_code, "请补上" in answer.text) == (422, True)


async def test_facts_are_tried_as_yaml_and_as_a_table(browser: Browser, draft: str) -> None:
    facts = "period: '2026'\nsubjects: [{id: a, kind: ck}]\nrecords: [{subject: a, leaf: x1, date: 2026-03-04, rating: 88}]\n"
    assert "88.00" in (await browser.post(f"{draft}/trial", data={"facts": facts})).text
    table = "考核对象\t指标\t日期\t评分\n一号窗口\tx1\t2026-03-04\t77\n"
    assert "77.00" in (await browser.post(f"{draft}/trial", data={"facts": table, "period": "2026"})).text
    wrong = await browser.post(f"{draft}/trial", data={"facts": table.replace("77", "700"), "period": "2026"})
    assert "第 2 行 rating" in wrong.text


async def test_package_goes_out_and_comes_in_as_another_draft(
    browser: Browser, database: Database, office: Place, draft: str
) -> None:
    packed = await browser.get(f"{draft}/package")
    assert (
        f"own-{office.slug}-ck/src/kaohe_own_{office.slug.replace('-', '_')}_ck/scheme.yaml"
        in zipfile.ZipFile(io.BytesIO(packed.content)).namelist()
    )
    answer = await upload(browser, "/designs/packages", "方案.zip", packed.content)
    assert answer.status_code == 303
    async with database.tenant(office.id, read_only=True) as session:
        ids = (await session.execute(select(Design.scheme_id).order_by(Design.scheme_id))).scalars().all()
    assert ids == [f"own-{office.slug}-ck", f"own-{office.slug}-ck-2"]


async def test_copy_says_what_it_could_not_take(browser: Browser, database: Database, office: Place) -> None:
    answer = await browser.post("/designs", data={"way": "copy", "scheme": "information-points", "title": "信息"})
    assert answer.status_code == 303
    assert "function" not in str(await document(database, office))


async def test_siblings_and_those_below_never_see_a_draft(
    database: Database, fresh_world: World, office: Place, draft: str
) -> None:
    for place in (fresh_world.county, fresh_world.stranger):
        async with database.tenant(place.id, read_only=True) as session:
            assert (await session.execute(select(func.count()).select_from(Design))).scalar_one() == 0


async def test_every_save_stands_in_the_audit_log(
    browser: Browser, database: Database, office: Place, draft: str
) -> None:
    await browser.post(f"{draft}/nodes/0", data={**NODE, "saves": "1"})
    await browser.post(f"{draft}/deletion")
    async with database.tenant(office.id, read_only=True) as session:
        query = text("SELECT action FROM audit_log WHERE object_id = :id ORDER BY seq")
        found = (await session.execute(query, {"id": str(UUID(draft.rpartition("/")[2]))})).scalars().all()
    assert found == ["design.begun", "design.saved", "design.discarded"]


async def test_last_save_is_undone_and_brought_back(
    browser: Browser, database: Database, office: Place, draft: str
) -> None:
    assert (await browser.post(f"{draft}/undoings", data={"saves": "1"})).status_code == 409  # nothing was changed yet
    await browser.post(f"{draft}/nodes/0", data={**NODE, "saves": "1"})
    changed = await document(database, office)
    assert "撤销上次保存" in (await browser.get(f"{draft}/nodes/0")).text
    assert (await browser.post(f"{draft}/undoings", data={"saves": "1"})).status_code == 409  # seen before the save
    await browser.post(f"{draft}/undoings", data={"saves": "2"})
    assert (await document(database, office))["indicators"][0]["title"] != "迟到"
    await browser.post(f"{draft}/undoings", data={"saves": "3"})
    assert await document(database, office) == changed


async def test_columns_of_a_score_sheet_that_are_not_read_are_told(browser: Browser, draft: str) -> None:
    answer = await upload(
        browser, f"{draft}/imports", "表.csv", "项目,分值,评分标准,得分\n纪律,20,迟到每次扣1分,\n".encode()
    )
    assert "没有读入的列：得分" in (await browser.get(answer.headers["location"])).text


async def test_sample_is_a_table_that_can_be_tried(browser: Browser, draft: str) -> None:
    await browser.post(f"{draft}/nodes/0", data={**NODE, "saves": "1"})
    page = await browser.get(f"{draft}/trial?sample=1")
    assert "考核对象\t指标\t日期" in page.text
    assert "窗口甲\t迟到\t" in page.text
