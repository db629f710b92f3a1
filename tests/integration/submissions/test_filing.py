"""Filing, its receipt, withdrawing, returning; who sees what was filed."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from kaohe.clock import today
from kaohe.db.session import Database
from kaohe.identity.models import Role
from kaohe.submissions.service import filed_claims, filed_evidence
from tests.factories import files
from tests.factories.browser import Browser
from tests.factories.grading import make_person
from tests.factories.submissions import (
    BASE,
    LEADERSHIP,
    Opened,
    claim,
    fill,
    lead_files,
    move_deadline,
    open_self_assessment,
)
from tests.factories.world import World

pytestmark = pytest.mark.anyio


@pytest.fixture
async def opened(database: Database, fresh_world: World) -> Opened:
    return await open_self_assessment(database, fresh_world)


@pytest.fixture
async def filed(browser: Browser, opened: Opened) -> Opened:
    """The county's, with one file."""
    await browser.as_(opened.world.county[Role.REPORTER])
    await fill(browser, opened, opened.county)
    assert (await lead_files(browser, opened, opened.county, opened.world.county)).status_code == 303
    return opened


async def states(database: Database, opened: Opened) -> list[str]:
    async with database.tenant(opened.world.city.id, read_only=True) as session:
        return list((await session.execute(text("SELECT state FROM filings ORDER BY number"))).scalars())


async def test_lead_files_and_gets_a_receipt_with_number_time_and_digest(
    browser: Browser, opened: Opened, database: Database
) -> None:
    await browser.as_(opened.world.county[Role.REPORTER])
    await fill(browser, opened, opened.county)
    answer = await lead_files(browser, opened, opened.county, opened.world.county)
    assert answer.headers["location"] == opened.path(opened.county) + "/receipt"
    page = (await browser.get(answer.headers["location"])).text
    digest = re.search(r"sha256:[0-9a-f]{64}", page)
    assert digest
    assert f"{today().year}-0001" in page
    async with database.tenant(opened.world.city.id, read_only=True) as session:
        row = (await session.execute(text("SELECT content, digest, filing_state, p.filed_at = f.filed_at AS same"
            " FROM filings f JOIN participations p ON p.id = f.participation_id"))).one()  # fmt: skip
    canonical = json.dumps(row.content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert row.digest == digest[0] == "sha256:" + hashlib.sha256(canonical.encode()).hexdigest()
    assert (row.filing_state, row.same) == ("filed", True)


async def test_reporter_cannot_file(browser: Browser, opened: Opened) -> None:
    await browser.as_(opened.world.county[Role.REPORTER])
    await fill(browser, opened, opened.county)
    answer = await browser.post(f"{opened.path(opened.county)}/filing", {"confirmed": "1"})
    assert answer.status_code == 403


async def test_what_is_missing_is_listed_and_nothing_is_filed(
    browser: Browser, opened: Opened, database: Database
) -> None:
    answer = await lead_files(browser, opened, opened.county, opened.world.county)
    assert answer.status_code == 422
    assert "基本分：还没有填写" in answer.text
    assert await states(database, opened) == []


async def test_unconfirmed_answers_are_not_filed(browser: Browser, opened: Opened, database: Database) -> None:
    await browser.as_(opened.world.county[Role.LEAD])
    await fill(browser, opened, opened.county)
    answer = await browser.post(f"{opened.path(opened.county)}/filing", {})
    assert (answer.status_code, await states(database, opened)) == (422, [])


async def test_double_click_files_once(browser: Browser, opened: Opened, database: Database) -> None:
    await browser.as_(opened.world.county[Role.LEAD])
    await fill(browser, opened, opened.county)
    path, data = f"{opened.path(opened.county)}/filing", {"confirmed": "1"}
    same_key = [browser.post(path, data, headers={"Idempotency-Key": "one-click"}) for _click in range(3)]
    answers = await asyncio.gather(*same_key, browser.post(path, data))
    assert sorted(answer.status_code for answer in answers) in ([303, 303, 303, 409], [303, 409, 409, 409])
    assert await states(database, opened) == ["open"]


async def test_nothing_can_be_changed_after_filing(browser: Browser, filed: Opened, database: Database) -> None:
    refused = await claim(browser, filed, filed.county, LEADERSHIP, 1, e0_amount="5")
    assert refused.status_code == 409
    assert "自评已经报送" in refused.text
    for table in ("filings", "filing_evidence"):
        column = "content" if table == "filings" else "name"
        with pytest.raises(ProgrammingError, match="permission denied"):
            async with database.tenant(filed.world.city.id) as session:
                await session.execute(text(f"UPDATE {table} SET {column} = {column}"))
        with pytest.raises(ProgrammingError, match="permission denied"):
            async with database.tenant(filed.world.city.id) as session:
                await session.execute(text(f"DELETE FROM {table}"))


async def test_party_reads_its_filing_but_cannot_end_it_by_itself(database: Database, filed: Opened) -> None:
    async with database.tenant(filed.world.county.id) as session:
        assert (await session.execute(text("SELECT count(*) FROM filings"))).scalar_one() == 1
        ended = await session.execute(text("UPDATE filings SET state = 'withdrawn', ended_at = now() RETURNING 1"))
        assert ended.all() == []


async def test_host_sees_content_and_opens_its_own_copy_of_the_file(
    browser: Browser, filed: Opened, database: Database
) -> None:
    await browser.as_(filed.world.city[Role.ORGANISER])
    page = (await browser.get(f"/submissions/{filed.county}")).text
    for words in ("区长任组长", "机构设立文件.pdf", f"{today().year}-0001"):
        assert words in page, words
    href = re.search(r'href="(/evidence/[0-9a-f-]+)/view"', page)
    assert href
    assert (await browser.get(href[1])).content == files.pdf("机构")
    async with database.tenant(filed.world.city.id, read_only=True) as session:
        rows = await filed_evidence(session, filed.county, BASE)
        claims = await filed_claims(session, filed.county)
    assert [(row.name, row.slot) for row in rows] == [("机构设立文件.pdf", "机构设立文件")]
    assert claims[LEADERSHIP].entries == [{"amount": "4"}]
    assert claims[LEADERSHIP].remark == "区长任组长"


async def test_siblings_and_strangers_see_nothing_of_a_filing(
    browser: Browser, filed: Opened, database: Database
) -> None:
    copies = "SELECT evidence_id FROM filing_evidence"
    async with database.tenant(filed.world.city.id, read_only=True) as session:
        evidence_id = (await session.execute(text(copies))).scalar_one()
    for other in (filed.world.sibling, filed.world.township, filed.world.stranger):
        async with database.tenant(other.id, read_only=True) as session:
            count = "SELECT (SELECT count(*) FROM filings), (SELECT count(*) FROM filing_evidence)"
            seen = (await session.execute(text(count))).one()
        assert tuple(seen) == (0, 0)
        await browser.as_(other[Role.ORGANISER])
        for path in (f"/submissions/{filed.county}", f"/evidence/{evidence_id}"):
            assert (await browser.get(path)).status_code == 404
        assert (await browser.post(f"/submissions/{filed.county}/return", {"reason": "x"})).status_code == 404


async def test_assessor_sees_the_assigned_only(browser: Browser, filed: Opened, database: Database) -> None:
    city = filed.world.city
    assigned = await make_person(database, city.id, Role.ASSESSOR, tag=f"assigned-{city.slug}")
    async with database.tenant(city.id) as session:
        values = {"c": filed.cycle_id, "p": filed.county, "who": assigned.id}
        await session.execute(
            text("INSERT INTO assignments (cycle_id, participation_id, person_id) VALUES (:c, :p, :who)"), values
        )
        evidence_id = (await session.execute(text("SELECT evidence_id FROM filing_evidence"))).scalar_one()
    seen = {}
    for person in (assigned, city[Role.ASSESSOR]):
        await browser.as_(person)
        paths = (f"/submissions/{filed.county}", f"/evidence/{evidence_id}")
        seen[person.login] = [(await browser.get(path)).status_code for path in paths]
    assert list(seen.values()) == [[200, 200], [404, 404]]


async def test_lead_withdraws_before_the_deadline_and_files_again(
    browser: Browser, filed: Opened, database: Database
) -> None:
    path = filed.path(filed.county)
    assert (await browser.post(f"{path}/withdrawal", {"reason": "漏了材料"})).status_code == 303
    assert (await claim(browser, filed, filed.county, LEADERSHIP, 1, e0_amount="5")).status_code == 303
    assert (await lead_files(browser, filed, filed.county, filed.world.county)).status_code == 303
    assert await states(database, filed) == ["withdrawn", "open"]
    page = (await browser.get(f"{path}/receipt")).text
    assert f"{today().year}-0002" in page
    assert "漏了材料" in page
    assert "+4" in (await browser.get(f"{path}/filings/{today().year}-0001")).text


async def test_nothing_is_withdrawn_after_the_deadline(browser: Browser, filed: Opened, database: Database) -> None:
    await move_deadline(database, filed, today() - timedelta(days=1))
    answer = await browser.post(f"{filed.path(filed.county)}/withdrawal", {})
    assert (answer.status_code, await states(database, filed)) == (409, ["open"])


async def test_nothing_is_filed_after_the_deadline(browser: Browser, opened: Opened, database: Database) -> None:
    await browser.as_(opened.world.county[Role.REPORTER])
    await fill(browser, opened, opened.county)
    await move_deadline(database, opened, today() - timedelta(days=1))
    answer = await lead_files(browser, opened, opened.county, opened.world.county)
    assert answer.status_code == 409
    assert f"自评已于 {today() - timedelta(days=1)} 截止" in answer.text


async def test_organiser_returns_with_a_reason_and_the_party_works_on(
    browser: Browser, filed: Opened, database: Database
) -> None:
    await browser.as_(filed.world.city[Role.ORGANISER])
    assert (await browser.post(f"/submissions/{filed.county}/return", {"reason": ""})).status_code == 422
    assert (await browser.post(f"/submissions/{filed.county}/return", {"reason": "缺编制文件"})).status_code == 303
    await browser.as_(filed.world.county[Role.REPORTER])
    assert "缺编制文件" in (await browser.get(filed.path(filed.county))).text
    assert "自评被退回" in (await browser.get("/inbox")).text
    assert (await claim(browser, filed, filed.county, LEADERSHIP, 1, e0_amount="5")).status_code == 303
    assert await states(database, filed) == ["returned"]


async def test_return_after_the_deadline_needs_a_new_last_day(
    browser: Browser, filed: Opened, database: Database
) -> None:
    await move_deadline(database, filed, today() - timedelta(days=1))
    await browser.as_(filed.world.city[Role.ORGANISER])
    refused = await browser.post(f"/submissions/{filed.county}/return", {"reason": "缺件"})
    assert refused.status_code == 422
    assert "退回时请给出新的截止日期" in refused.text
    until = (today() + timedelta(days=3)).isoformat()
    assert (
        await browser.post(f"/submissions/{filed.county}/return", {"reason": "缺件", "until": until})
    ).status_code == 303
    await browser.as_(filed.world.county[Role.REPORTER])
    assert (await claim(browser, filed, filed.county, LEADERSHIP, 1, e0_amount="5")).status_code == 303


async def test_what_was_never_filed_cannot_be_returned_or_withdrawn(browser: Browser, opened: Opened) -> None:
    await browser.as_(opened.world.city[Role.ORGANISER])
    assert (await browser.post(f"/submissions/{opened.county}/return", {"reason": "缺"})).status_code == 409
    await browser.as_(opened.world.county[Role.LEAD])
    assert (await browser.post(f"{opened.path(opened.county)}/withdrawal", {})).status_code == 409


async def test_host_files_for_its_own_unit(browser: Browser, opened: Opened, database: Database) -> None:
    await browser.as_(opened.world.city[Role.REPORTER])
    await fill(browser, opened, opened.own)
    assert (await lead_files(browser, opened, opened.own, opened.world.city)).status_code == 303
    await browser.as_(opened.world.city[Role.ORGANISER])
    page = (await browser.get(f"/submissions/{opened.own}")).text
    href = re.search(r'href="(/evidence/[0-9a-f-]+)/view"', page)
    assert href
    assert (await browser.get(href[1])).status_code == 200


async def test_cycle_that_is_over_takes_no_filing(browser: Browser, opened: Opened, database: Database) -> None:
    await browser.as_(opened.world.county[Role.REPORTER])
    await fill(browser, opened, opened.county)
    async with database.tenant(opened.world.city.id) as session:
        await session.execute(text("UPDATE cycles SET state = 'closed'"))
    answer = await lead_files(browser, opened, opened.county, opened.world.county)
    assert answer.status_code == 409
    assert "这项考核已经结束" in answer.text
