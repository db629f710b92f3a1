"""试算: other parameters on the facts of a run; stored only when it is saved under a name."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from kaohe.audit.models import AuditEntry
from kaohe.db.session import Database
from kaohe.identity.models import Role
from kaohe.rehearsal.models import Rehearsal
from kaohe.results.models import Run
from tests.factories.browser import Browser
from tests.factories.grading import Running
from tests.factories.results import computed
from tests.factories.world import World

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("working")]

# Jinjiang has 14 of bonus and 14 of deduction, Qingyang 5 of bonus: under a cap of 2 nothing else changes.
CAPPED = {"parameters.bonus_total": "2"}


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


async def names(database: Database, running: Running) -> list[str]:
    async with database.tenant(running.place.id, read_only=True) as session:
        return list((await session.execute(select(Rehearsal.name))).scalars())


async def test_before_the_first_computation_the_page_says_what_to_do(browser: Browser, circles: Running) -> None:
    await browser.as_(circles.place[Role.ORGANISER])
    answer = await browser.get(f"/cycles/{circles.cycle_id}/rehearsal")
    assert answer.status_code == 200
    assert "还没有可以试算的结果" in answer.text


async def test_unchanged_parameters_show_the_form_and_nothing_else(
    browser: Browser, database: Database, circles: Running
) -> None:
    await computed(browser, database, circles)
    assert f"/cycles/{circles.cycle_id}/rehearsal" in (await browser.get(f"/cycles/{circles.cycle_id}/results")).text
    page = (await browser.get(f"/cycles/{circles.cycle_id}/rehearsal")).text
    assert "还没有改动" in page
    assert 'name="parameters.bonus_total" value="30"' in page


async def test_a_cap_on_bonus_shows_who_falls_and_by_how_much(
    browser: Browser, database: Database, circles: Running
) -> None:
    run_id = await computed(browser, database, circles)
    page = (await browser.get(f"/cycles/{circles.cycle_id}/rehearsal", params=CAPPED)).text
    shown = text_of(page)
    assert "加分合计上限 30 分 → 2 分" in shown
    assert "75.00 → 72.00" in shown  # 70 + min(5, 2)
    assert "郫县政务服务中心" not in shown  # nothing of its own changes
    everyone = (await browser.get(f"/cycles/{circles.cycle_id}/rehearsal", params={**CAPPED, "everyone": "1"})).text
    assert "郫县政务服务中心" in everyone
    assert await names(database, circles) == []
    async with database.tenant(circles.place.id, read_only=True) as session:
        assert list((await session.execute(select(Run.id))).scalars()) == [run_id]


async def test_a_larger_quota_names_who_gains_the_honour(
    browser: Browser, database: Database, circles: Running
) -> None:
    await computed(browser, database, circles)
    asked = {"parameters.excellent_ratio": "0.5"}
    shown = text_of((await browser.get(f"/cycles/{circles.cycle_id}/rehearsal", params=asked)).text)
    assert re.search(r"1 0 1 新增 青羊区政务服务中心", shown), shown


async def test_a_slider_asks_for_the_outcome_only(browser: Browser, database: Database, circles: Running) -> None:
    await computed(browser, database, circles)
    answer = await browser.get(f"/cycles/{circles.cycle_id}/rehearsal", params=CAPPED, headers={"HX-Request": "true"})
    assert answer.text.strip().startswith('<section class="stack" id="outcome"')
    assert "75.00" in answer.text


@pytest.mark.parametrize(
    ("asked", "place"),
    [({"parameters.excellent_ratio": "2"}, "parameters.excellent_ratio"), ({"version": "99"}, "version"),
     ({"parameters.bonus_total": "很多"}, "parameters.bonus_total")],
)  # fmt: skip
async def test_a_value_out_of_bounds_is_told_at_its_field(
    browser: Browser, database: Database, circles: Running, asked: dict[str, str], place: str
) -> None:
    await computed(browser, database, circles)
    answer = await browser.get(f"/cycles/{circles.cycle_id}/rehearsal", params=asked)
    assert answer.status_code == 422
    assert f'href="#{place}"' in answer.text


async def test_parameters_that_the_records_break_are_told_record_by_record(
    browser: Browser, database: Database, fresh_world: World
) -> None:
    """A special deduction of 4 stands; at most 3 each time makes it wrong."""
    from tests.factories.grading import make_running
    from tests.factories.results import file_everything, find

    given = [("jinjiang", "centre", "锦江区政务服务中心", {"circle": "1"}, None, None)]
    made = await make_running(database, fresh_world.city, "district-circles", "2026", given)
    await find(database, made, "jinjiang", "circle.deduct.special", {"amount": "4", "note": "市领导批示"})
    await file_everything(database, made)
    await computed(browser, database, made)
    answer = await browser.get(f"/cycles/{made.cycle_id}/rehearsal", params={"parameters.special_max": "3"})
    assert answer.status_code == 200
    assert "无法计分" in answer.text
    refused = await browser.post(f"/cycles/{made.cycle_id}/rehearsals", {"parameters.special_max": "3", "name": "三分"})
    assert refused.status_code == 422
    assert await names(database, made) == []


async def test_a_named_rehearsal_opens_again_and_can_be_deleted(
    browser: Browser, database: Database, circles: Running
) -> None:
    await computed(browser, database, circles)
    here = f"/cycles/{circles.cycle_id}"
    saved = await browser.post(f"{here}/rehearsals", {**CAPPED, "name": "加分封顶两分"})
    assert saved.status_code == 303, saved.text
    await browser.as_(circles.place[Role.APPROVER])
    opened = await browser.get(saved.headers["location"])
    assert "75.00 → 72.00" in text_of(opened.text)
    assert 'name="parameters.bonus_total" value="2"' in opened.text
    again = await browser.post(f"{here}/rehearsals", {**CAPPED, "name": "加分封顶两分"})
    assert (again.status_code, 'href="#name"' in again.text) == (422, True)
    assert (await browser.post(f"{saved.headers['location']}/deletion")).status_code == 303
    assert (await browser.get(saved.headers["location"])).status_code == 404
    async with database.tenant(circles.place.id, read_only=True) as session:
        audited = select(AuditEntry.action).where(AuditEntry.action.startswith("rehearsal.")).order_by(AuditEntry.seq)
        assert list((await session.execute(audited)).scalars()) == ["rehearsal.saved", "rehearsal.deleted"]


async def test_a_saved_rehearsal_keeps_the_run_it_was_made_with(
    browser: Browser, database: Database, circles: Running
) -> None:
    await computed(browser, database, circles)
    saved = await browser.post(f"/cycles/{circles.cycle_id}/rehearsals", {**CAPPED, "name": "第一次"})
    await computed(browser, database, circles)
    page = (await browser.get(saved.headers["location"])).text
    assert "之后又计算过" in page


async def test_nothing_changed_is_not_saved(browser: Browser, database: Database, circles: Running) -> None:
    await computed(browser, database, circles)
    answer = await browser.post(f"/cycles/{circles.cycle_id}/rehearsals", {"name": "空的"})
    assert answer.status_code == 422
    assert await names(database, circles) == []


async def test_only_organiser_and_approver_of_the_host(browser: Browser, database: Database, circles: Running) -> None:
    await computed(browser, database, circles)
    path = f"/cycles/{circles.cycle_id}/rehearsal"
    for role, status in ((Role.ORGANISER, 200), (Role.APPROVER, 200), (Role.ASSESSOR, 403), (Role.ADMIN, 403)):
        await browser.as_(circles.place[role])
        assert (await browser.get(path)).status_code == status
