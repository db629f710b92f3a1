"""A release opens what follows from it; a correction reconciles, and nothing is doubled."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, update

from kaohe.clock import today
from kaohe.db.session import Database
from kaohe.followups.models import FollowupAct
from kaohe.followups.service import Concerned, Host, Outcome, Wanted, open_followups, settle
from kaohe.grading.models import Finding
from kaohe.identity.models import Role
from kaohe.plugins import registry
from kaohe.results.consequences import due_on, wanted
from kaohe.scheme.formula import Formula
from kaohe.scheme.model import Consequence
from kaohe.scheme.titles import Text
from tests.factories.followups import correct, failing, held, release
from tests.factories.full import playing_as
from tests.factories.grading import Running
from tests.factories.world import World

pytestmark = pytest.mark.anyio


@pytest.fixture
async def running(database: Database, fresh_world: World) -> Running:
    return await failing(database, fresh_world)


async def act(database: Database, running: Running, key: str, name: str, **more: Any) -> None:
    organiser = playing_as(database, running.place[Role.ORGANISER], running.place)
    row = (await held(database, running))[key, name]
    async with organiser.at_work() as session:
        await settle(session, organiser, [(row.id, row.version)], Outcome("已办", today(), **more))


async def states(database: Database, running: Running) -> dict[tuple[str, str], str]:
    return {place: row.state for place, row in (await held(database, running)).items()}


async def test_a_release_opens_one_row_for_each_consequence_and_subject(database: Database, running: Running) -> None:
    await release(database, running)
    rows = await held(database, running)
    failed = ("criticised/criticise", "admonition-talk/talk", "rectify/rectify", "不合格/report")
    assert set(rows) == {
        ("result/notify", ""),
        ("result/file", ""),
        *((key, name) for key in failed for name in ("县审批局", "丁镇")),
    }
    assert {row.state for row in rows.values()} == {"open"}
    township = rows["rectify/rectify", "丁镇"]
    assert (township.article, township.actor["zh"], township.release_number) == ("十一", "被考核单位", 1)
    assert township.party_id != township.tenant_id


async def test_a_correction_withdraws_what_is_open_and_keeps_what_is_done(database: Database, running: Running) -> None:
    await release(database, running)
    await act(database, running, "criticised/criticise", "丁镇", document="大政公开〔2026〕3 号")
    await act(database, running, "admonition-talk/talk", "丁镇", waived=True, decided_by="领导小组")
    await act(database, running, "result/notify", "")
    await correct(database, running, "t1")
    await release(database, running)
    rows = await held(database, running)
    assert {key: rows[key, "丁镇"].state for key, name in rows if name == "丁镇"} == {
        "criticised/criticise": "done", "admonition-talk/talk": "waived", "rectify/rectify": "withdrawn",
        "不合格/report": "withdrawn", "通报表扬/commend": "open",
    }  # fmt: skip
    assert (rows["criticised/criticise", "丁镇"].follows, rows["criticised/criticise", "县审批局"].follows) == (
        False,
        True,
    )
    assert rows["rectify/rectify", "县审批局"].release_number == 2
    async with database.tenant(running.place.id, read_only=True) as session:
        notes = select(FollowupAct.note).where(FollowupAct.followup_id == rows["result/notify", ""].id)
        assert list((await session.execute(notes.order_by(FollowupAct.id))).scalars())[1:] == [
            "第 2 版结果已发布；要再办一次的，请重新办理。"
        ]


async def test_what_follows_again_is_open_again(database: Database, running: Running) -> None:
    await release(database, running)
    await correct(database, running, "t1")
    await release(database, running)
    async with database.tenant(running.place.id) as session:
        await session.execute(update(Finding).values(entries=[{"done": "none"}]))
    await release(database, running)
    found = await states(database, running)
    assert (found["rectify/rectify", "丁镇"], found["通报表扬/commend", "丁镇"]) == ("open", "withdrawn")


async def test_the_same_release_again_changes_nothing(database: Database, running: Running) -> None:
    await release(database, running)
    before = {place: row.version for place, row in (await held(database, running)).items()}
    organiser = playing_as(database, running.place[Role.ORGANISER], running.place)
    asked = [
        Wanted(key=row.key, position=row.position, cause=row.cause, cause_title=Text("缘由"),
               action=row.action, title=Text(row.title["zh"]),
               concerned=Concerned(row.subject_id, row.party_id, row.subject_name) if row.subject_id else None)
        for row in (await held(database, running)).values()
    ]  # fmt: skip
    async with organiser.at_work() as session:
        host = Host(running.cycle_id, "考核", "县", 1, running.cycle_id)
        await open_followups(session, host, asked)
        await open_followups(session, host, asked)
    assert {place: row.version for place, row in (await held(database, running)).items()} == before


def test_days_are_counted_as_the_regulation_says() -> None:
    def due(workdays: bool) -> date | None:
        one = Consequence(on="x", action="rectify", title=Text("整改"), days=Formula("10"), workdays=workdays)
        return due_on(one, {}, date(2026, 9, 21))

    assert due(False) == date(2026, 10, 1)
    assert due(True) == date(2026, 10, 12)  # 中秋、国庆放假，10 月 10 日星期六上班


def test_honours_barred_by_a_flag_are_settled_by_the_platform() -> None:
    scheme = registry().schemes["service-hall"]

    class Sheet:
        subject_id = party_id = unit_id = person_id = None
        name = group_id = group_name = sort_key = "甲厅"
        grade, honours, flags, payload = None, ["年度表彰"], ["no-honour:year"], {"awards": []}

    found = {one.cause: one.settled for one in wanted(scheme, {}, "year", [Sheet], today())}
    assert found == {"年度表彰": "", "no-honour:year": "计分时已自动挡住这一时期的荣誉"}
