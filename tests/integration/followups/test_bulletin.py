"""The draft of a bulletin, as Word opens it: made from the released ranking, by the host's office only."""

from __future__ import annotations

import io

import docx
import pytest

from kaohe.db.session import Database
from kaohe.followups.models import Followup
from kaohe.identity.models import Role
from kaohe.results.bulletin import chinese
from tests.factories.browser import Browser
from tests.factories.followups import correct, failing, held, release
from tests.factories.grading import Running
from tests.factories.world import World

pytestmark = pytest.mark.anyio


@pytest.fixture
async def running(database: Database, fresh_world: World) -> Running:
    made = await failing(database, fresh_world)
    await correct(database, made, "t1")
    await release(database, made)
    return made


async def words(browser: Browser, row: Followup) -> tuple[list[str], list[list[list[str]]]]:
    """Paragraphs, and the cells of each table."""
    answer = await browser.get(f"/followups/{row.id}/bulletin.docx")
    assert answer.status_code == 200, answer.text
    made = docx.Document(io.BytesIO(answer.content))
    tables = [[[cell.text for cell in row.cells] for row in table.rows] for table in made.tables]
    return [one.text for one in made.paragraphs], tables


async def test_the_ranking_as_a_document(database: Database, running: Running, browser: Browser) -> None:
    row = (await held(database, running))["result/notify", ""]
    await browser.as_(running.place[Role.ORGANISER])
    assert f"/followups/{row.id}/bulletin.docx" in (await browser.get(f"/followups/{row.id}")).text
    lines, tables = await words(browser, row)
    assert lines[0] == f"关于{row.cycle_title}结果的通报"
    assert lines[2].startswith("根据《")
    assert [table[0] for table in tables] == [
        ["名次", "对象", "得分", "等次"],
        ["名次", "对象", "得分", "等次", "荣誉"],
    ]
    assert [table[1:] for table in tables] == [
        [["1", "县审批局", "0.00", "不合格"]],
        [["1", "丁镇", "100.00", "优良", "通报表扬"]],
    ]
    assert "通报表扬：丁镇。" in lines
    assert "抄送：县委，县纪委监委机关，县委组织部。" in lines
    assert lines[-1].endswith("印发")


async def test_one_for_those_whom_it_concerns(database: Database, running: Running, browser: Browser) -> None:
    row = (await held(database, running))["criticised/criticise", "县审批局"]
    await browser.as_(running.place[Role.APPROVER])
    lines, tables = await words(browser, row)
    assert lines[0].endswith("通报批评的通报")
    assert [cell[1] for table in tables for cell in table[1:]] == ["县审批局"]


async def test_no_document_where_none_is_due_or_to_others(
    database: Database, running: Running, browser: Browser, fresh_world: World
) -> None:
    rows = await held(database, running)
    address = f"/followups/{rows['result/notify', ''].id}/bulletin.docx"
    await browser.as_(running.place[Role.ORGANISER])
    talk = rows["admonition-talk/talk", "县审批局"]
    assert (await browser.get(f"/followups/{talk.id}/bulletin.docx")).status_code == 404
    await browser.as_(running.place[Role.LEAD])
    assert (await browser.get(address)).status_code == 403
    await browser.as_(fresh_world.city[Role.ORGANISER])
    assert (await browser.get(address)).status_code == 404


@pytest.mark.parametrize(("number", "said"), [(1, "一"), (10, "十"), (12, "十二"), (20, "二十"), (35, "三十五")])
def test_headings_count_in_chinese(number: int, said: str) -> None:
    assert chinese(number) == said
