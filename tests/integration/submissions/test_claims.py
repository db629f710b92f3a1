"""Filling in: pages, saving, two people at once, files beside a claim."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from kaohe.clock import today
from kaohe.db.session import Database
from kaohe.identity.models import Role
from tests.factories import files, uploads
from tests.factories.browser import Browser
from tests.factories.queries import queries_of, statements
from tests.factories.submissions import (
    BASE,
    LEADERSHIP,
    RESEARCH,
    Opened,
    claim,
    fill,
    move_deadline,
    open_self_assessment,
    slot,
)
from tests.factories.world import World, make_person

pytestmark = pytest.mark.anyio
AUTOSAVE = {"X-Autosave": "1"}


@pytest.fixture
async def opened(database: Database, fresh_world: World) -> Opened:
    return await open_self_assessment(database, fresh_world)


@pytest.fixture
async def reporter(browser: Browser, opened: Opened) -> Browser:
    return await browser.as_(opened.world.county[Role.REPORTER])


async def test_list_shows_what_is_mine_with_days_left(reporter: Browser, opened: Opened) -> None:
    page = (await reporter.get("/self-assessments")).text
    assert "2026 年度圈层考核" in page
    assert "锦江区政务服务中心" in page
    assert "郫县政务服务中心" not in page
    assert "还剩 5 天" in page


async def test_task_list_shows_points_claimed_and_what_is_missing(reporter: Browser, opened: Opened) -> None:
    await fill(reporter, opened, opened.county)
    page = (await reporter.get(opened.path(opened.county))).text
    assert "<b>4.00</b> / 5" in page
    assert "<b>70.00</b> / 70" in page
    assert "74.00 分" in page
    assert "自评 4.00 分 / 30" in page


async def test_pages_and_saves_cost_the_same_few_queries_with_one_claim_and_with_many(
    database: Database, reporter: Browser, opened: Opened
) -> None:
    counted = []
    for version in range(2):
        path = opened.path(opened.county)
        read = [await queries_of(database, reporter, path + more) for more in ("", "/all", "/claims/" + LEADERSHIP)]
        with statements(database) as seen:
            saved = await claim(reporter, opened, opened.county, RESEARCH, version, remark=f"第 {version} 稿")
        assert saved.status_code == 303
        counted.append((read, len(seen)))
        if not version:
            await fill(reporter, opened, opened.county)
    assert counted[0] == counted[1] == ([2, 2, 3], 5)


async def test_indicator_shows_article_rule_inputs_and_slots(reporter: Browser, opened: Opened) -> None:
    page = (await reporter.get(opened.path(opened.county, LEADERSHIP))).text
    for expected in (
        "第九条(一)",
        "每次加 1 至 5 分，全年最多加 5 分",
        'name="e0.amount"',
        "会议纪要",
        "data-autosave=",
    ):
        assert expected in page, expected


async def test_all_in_one_page_has_every_leaf(reporter: Browser, opened: Opened) -> None:
    page = (await reporter.get(opened.path(opened.county) + "/all")).text
    assert page.count("data-autosave=") == 30
    assert 'action="' + opened.path(opened.county, RESEARCH) + '"' in page


async def test_entries_are_saved_and_lead_to_the_next_leaf(reporter: Browser, opened: Opened) -> None:
    answer = await claim(reporter, opened, opened.county, LEADERSHIP, e0_amount="4", e0_note="编制", remark="见附件")
    assert answer.headers["location"] == opened.path(opened.county, "circle.bonus.streamline")
    page = (await reporter.get(opened.path(opened.county, LEADERSHIP))).text
    assert 'value="4"' in page
    assert "见附件" in page


async def test_amount_out_of_range_is_refused_with_the_range(reporter: Browser, opened: Opened) -> None:
    answer = await claim(reporter, opened, opened.county, LEADERSHIP, e0_amount="9")
    assert answer.status_code == 422
    assert "加分「9」应在 1 至 5 之间" in answer.text
    assert 'value="9"' in answer.text


async def test_incomplete_entry_is_kept_as_draft(reporter: Browser, opened: Opened) -> None:
    answer = await claim(reporter, opened, opened.county, RESEARCH, e0_note="还没查到级别")
    assert answer.headers["location"] == opened.path(opened.county, RESEARCH)
    page = (await reporter.get(opened.path(opened.county, RESEARCH))).text
    assert "还没查到级别" in page
    assert "还要补充" in page


async def test_autosave_answers_version_and_time(reporter: Browser, opened: Opened) -> None:
    for version in (0, 1):
        data = {"version": str(version), "e0.amount": str(version + 1), "remark": ""}
        answer = await reporter.post(opened.path(opened.county, LEADERSHIP), data, headers=AUTOSAVE)
        assert (answer.status_code, answer.json()["version"]) == (200, version + 1)


async def test_second_person_gets_the_difference_and_nothing_is_lost(
    reporter: Browser, opened: Opened, database: Database
) -> None:
    path, county = opened.path(opened.county, LEADERSHIP), opened.world.county
    await reporter.post(path, {"version": "0", "e0.amount": "3", "remark": "甲写的"}, headers=AUTOSAVE)
    await reporter.as_(county[Role.LEAD])
    late = await reporter.post(path, {"version": "0", "e0.amount": "5", "remark": "乙写的"}, headers=AUTOSAVE)
    assert late.status_code == 409
    assert 'data-conflict-version="1"' in late.text
    for words in ("甲写的", "乙写的", county[Role.REPORTER].name):
        assert words in late.text, words
    mine = await reporter.post(path, {"version": "1", "e0.amount": "5", "remark": "乙写的"}, headers=AUTOSAVE)
    assert mine.json()["version"] == 2
    assert "甲写的" in (await reporter.get(path)).text
    async with database.tenant(county.id, read_only=True) as session:
        kept = await session.execute(text("SELECT remark FROM claims UNION ALL SELECT remark FROM replaced_claims"))
    assert kept.scalars().all() == ["乙写的", "甲写的"]


async def test_conflict_without_scripts_shows_both_and_keeps_what_was_typed(reporter: Browser, opened: Opened) -> None:
    await claim(reporter, opened, opened.county, LEADERSHIP, e0_amount="3", remark="甲写的")
    answer = await claim(reporter, opened, opened.county, LEADERSHIP, e0_amount="5", remark="乙写的")
    assert answer.status_code == 409
    assert 'name="version" value="1"' in answer.text
    assert "乙写的</textarea>" in answer.text


async def test_file_goes_into_its_slot_and_out_again(reporter: Browser, opened: Opened, database: Database) -> None:
    evidence_id = await fill(reporter, opened, opened.county)
    path = opened.path(opened.county, BASE)
    assert "机构设立文件.pdf" in (await reporter.get(f"{path}/slots/0", headers={"HX-Request": "true"})).text
    assert "机构设立文件.pdf" not in (await reporter.get(f"{path}/slots/1")).text
    assert (await reporter.post(f"{path}/slots/0/evidence/{evidence_id}/removal")).status_code == 303
    assert "机构设立文件.pdf" not in (await reporter.get(f"{path}/slots/0")).text
    assert (await reporter.get(f"/evidence/{evidence_id}")).status_code == 200


async def test_plain_form_uploads_several_files_without_scripts(reporter: Browser, opened: Opened) -> None:
    path = opened.path(opened.county, BASE)
    given = [("files", ("一.pdf", files.pdf("一"))), ("files", ("二.png", files.png()))]
    answer = await reporter.post(f"{path}/slots/1/files", files=given, params={"csrf_token": reporter.csrf})
    assert (answer.status_code, answer.headers["location"]) == (303, path)
    listed = (await reporter.get(f"{path}/slots/1")).text
    assert "一.pdf" in listed
    assert "二.png" in listed


async def test_plain_form_refuses_a_renamed_program(reporter: Browser, opened: Opened) -> None:
    path = opened.path(opened.county, BASE)
    answer = await reporter.post(f"{path}/slots/1/files", files=[("files", ("一.pdf", files.EXE))])
    assert answer.status_code == 422
    assert "内容是可执行程序" in answer.text


async def test_file_is_used_again_without_a_second_upload(reporter: Browser, opened: Opened) -> None:
    evidence_id = await fill(reporter, opened, opened.county)
    path = opened.path(opened.county, LEADERSHIP)
    assert "机构设立文件.pdf" in (await reporter.get(f"{path}/slots/0/choice?q=机构")).text
    assert "没有找到文件" in (await reporter.get(f"{path}/slots/0/choice?q=别的")).text
    assert (await reporter.post(f"{path}/slots/0/choice", {"evidence": evidence_id})).status_code == 303
    assert evidence_id in (await reporter.get(f"{path}/slots/0")).text
    used = await reporter.post(
        f"/api/evidence/{evidence_id}/uses", params={"target": slot(opened.county, RESEARCH, "刊发原件")}
    )
    assert used.status_code == 201
    assert evidence_id in (await reporter.get(opened.path(opened.county, RESEARCH) + "/slots/0")).text


async def test_unknown_slot_leaf_and_anothers_assessment_answer_alike(reporter: Browser, opened: Opened) -> None:
    targets = [
        slot(opened.county, BASE, "没有的"), slot(opened.county, "circle.none", "文件"), "claim:none:x:y", "other:x",
        slot(opened.sibling, BASE, "自查报告"), slot(opened.own, BASE, "自查报告"),
    ]  # fmt: skip
    assert (
        await uploads.begin(reporter, "甲.pdf", 10, target=slot(opened.county, BASE, "自查报告"))
    ).status_code == 201
    assert [(await uploads.begin(reporter, "甲.pdf", 10, target=one)).status_code for one in targets] == [404] * 6


async def test_nothing_can_be_changed_after_the_deadline(reporter: Browser, opened: Opened, database: Database) -> None:
    evidence_id = await fill(reporter, opened, opened.county)
    await move_deadline(database, opened, today() - timedelta(days=1))
    refused = await claim(reporter, opened, opened.county, LEADERSHIP, 1, e0_amount="5")
    assert refused.status_code == 409
    assert f"自评已于 {today() - timedelta(days=1)} 截止" in refused.text
    begun = await uploads.begin(reporter, "晚.pdf", 10, target=slot(opened.county, BASE, "自查报告"))
    assert (begun.status_code, begun.json()["type"]) == (409, "urn:kaohe:self-assessment-closed")
    removed = await reporter.post(f"{opened.path(opened.county, BASE)}/slots/0/evidence/{evidence_id}/removal")
    assert removed.status_code == 409
    page = (await reporter.get(opened.path(opened.county, LEADERSHIP))).text
    assert "data-autosave=" not in page


async def test_unit_of_the_host_fills_in_its_own_only(browser: Browser, opened: Opened, database: Database) -> None:
    city = opened.world.city
    mine = await make_person(database, city.id, Role.REPORTER, tag=f"unit-{city.slug}", subject_id=opened.own_unit)
    other_unit = (await _subjects(database, city.id))[0]
    other = await make_person(database, city.id, Role.REPORTER, tag=f"other-{city.slug}", subject_id=other_unit)
    statuses = []
    for person in (mine, other):
        await browser.as_(person)
        statuses.append((await browser.get(opened.path(opened.own))).status_code)
    assert statuses == [200, 404]


async def _subjects(database: Database, tenant_id: object) -> list[object]:
    async with database.tenant(tenant_id, read_only=True) as session:
        return list((await session.execute(text("SELECT id FROM subjects WHERE code = 'jinjiang'"))).scalars())


async def test_draft_is_the_partys_alone(browser: Browser, opened: Opened, database: Database) -> None:
    await browser.as_(opened.world.county[Role.REPORTER])
    evidence_id = await fill(browser, opened, opened.county)
    count = "SELECT (SELECT count(*) FROM claims), (SELECT count(*) FROM claim_evidence), (SELECT count(*) FROM self_assessments)"
    seen = {}
    for name in ("county", "city", "sibling", "stranger"):
        async with database.tenant(getattr(opened.world, name).id, read_only=True) as session:
            seen[name] = tuple((await session.execute(text(count))).one())
    assert seen == {"county": (2, 1, 1), "city": (0, 0, 0), "sibling": (0, 0, 0), "stranger": (0, 0, 0)}
    for other in (opened.world.city, opened.world.sibling, opened.world.stranger):
        await browser.as_(other[Role.REPORTER])
        for path in ("", "/all", "/check", "/receipt", f"/claims/{BASE}", f"/claims/{BASE}/slots/0"):
            assert (await browser.get(opened.path(opened.county) + path)).status_code == 404, path
        assert (await claim(browser, opened, opened.county, BASE, 1, e0_done="none")).status_code == 404
        assert (await browser.get(f"/evidence/{evidence_id}")).status_code == 404
    await browser.as_(opened.world.city[Role.ORGANISER])
    assert "机构设立文件.pdf" not in (await browser.get(f"/submissions/{opened.county}")).text
