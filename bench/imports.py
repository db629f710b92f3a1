"""100,000 daily records from a .csv with every check, beside a raw COPY of it; reading the same as .xlsx beside calamine."""

from __future__ import annotations

import asyncio
import csv
import io
import random
import time
from collections.abc import Awaitable, Callable
from datetime import date, timedelta

import psycopg
import xlsxwriter
from python_calamine import CalamineWorkbook
from sqlalchemy import insert

from bench import servers
from bench.report import Row, paired, show
from bench.servers import Base
from kaohe.catalogue.models import EnabledScheme
from kaohe.clock import today
from kaohe.db.session import Database
from kaohe.demo.actors import Actor
from kaohe.identity.models import Role
from kaohe.plugins import registry
from kaohe.records import importing
from kaohe.records.import_columns import columns
from kaohe.spreadsheets import read_table
from kaohe.subjects.models import Subject
from tests.factories.world import Place, make_world

RECORDS = 100_000
STAFF = 2_000
ROUNDS = 3
HEADS = ("对象", "条款", "日期", "次数", "分值", "情形", "说明")
LEAVES = (
    ("staff.attendance.absent", "1", "", "30分钟以上"),
    ("staff.discipline.idle", "2", "", ""),
    ("staff.discipline.dispute", "", "3.5", ""),
    ("staff.conduct.uniform", "1", "", ""),
    ("staff.housekeeping.messy", "1", "", ""),
)


def lines() -> list[tuple[str, ...]]:
    chance = random.Random(11)
    first = today() - timedelta(days=120)
    made: list[tuple[str, ...]] = []
    for number in range(RECORDS):
        leaf, count, amount, level = chance.choice(LEAVES)
        day: date = first + timedelta(days=chance.randint(0, 110))
        made.append(
            (f"s{chance.randrange(STAFF):05}", leaf, day.isoformat(), count, amount, level, f"巡查第 {number} 条")
        )
    return made


def run() -> None:
    rows = lines()
    data = _csv(rows)
    with servers.base() as of:
        pairs = asyncio.run(_imported(of, data))
    pairs.sort(key=lambda pair: pair[0] / pair[1])
    mine, reference = pairs[len(pairs) // 2]
    show(f"导入 {RECORDS:,} 条日常记录", [
        Row(".csv：检查全部并写入", f"{mine:.2f} s", f"COPY {reference:.2f} s", f"{mine / reference:.1f} ×",
            "≤ 4 ×", mine / reference <= 4),
        _workbook(rows),
    ], "参照的 COPY 写入不记日志的表，不检查、没有索引。")  # fmt: skip


async def _imported(of: Base, data: bytes) -> list[tuple[float, float]]:
    database = Database(of.server.app_url, pool_size=2)
    try:
        place = (await make_world(database)).county
        await _staff(database, place)
        return [(await _timed(lambda: _import(database, place, data)), _copy(of, data)) for _ in range(ROUNDS)]
    finally:
        await database.close()


async def _timed(work: Callable[[], Awaitable[None]]) -> float:
    began = time.perf_counter()
    await work()
    return time.perf_counter() - began


async def _import(database: Database, place: Place, data: bytes) -> None:
    """From the file to the records, as the pages and the worker do it: put in, checked and shown, then taken over."""
    who = place[Role.INSPECTOR]
    actor = Actor(database, who.id, who.name, place.id, place.name, ((who.role, None),))
    async with actor.at_work() as session:
        held = await importing.put_in(session, actor, "window-staff", "记录.csv", data)
        upload_id = held.id
    async with actor.at_work() as session:
        checked = await importing.check_import(session, upload_id)
        assert checked.state == "checked", checked.problems
    async with actor.at_work() as session:
        await importing.begin_import(session, upload_id)
    async with actor.at_work() as session:
        assert await importing.import_records(session, upload_id) == RECORDS


async def _staff(database: Database, place: Place) -> None:
    async with database.tenant(place.id) as session:
        session.add(EnabledScheme(tenant_id=place.id, scheme_id="window-staff"))
        window = Subject(tenant_id=place.id, code="w1", kind="window", name="综合窗口")
        session.add(window)
        await session.flush()
        await session.execute(insert(Subject), [
            {"tenant_id": place.id, "code": f"s{n:05}", "kind": "staff", "name": f"人员{n}", "parent_id": window.id}
            for n in range(STAFF)
        ])  # fmt: skip


def _copy(of: Base, data: bytes) -> float:
    with psycopg.connect(of.server.owner_url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS raw_records")
        connection.execute("CREATE UNLOGGED TABLE raw_records (a text, b text, c text, d text, e text, f text, g text)")
        began = time.perf_counter()
        with connection.cursor().copy("COPY raw_records FROM STDIN (FORMAT csv, HEADER)") as copy:
            copy.write(data)
        took = time.perf_counter() - began
        connection.execute("DROP TABLE raw_records")
    return took


def _csv(rows: list[tuple[str, ...]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([HEADS, *rows])
    return text.getvalue().encode()


def _workbook(rows: list[tuple[str, ...]]) -> Row:
    """Only the reading; what follows is the same as for .csv."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("记录")
        for number, row in enumerate([HEADS, *rows]):
            sheet.write_row(number, 0, row)
    data, asked = target.getvalue(), columns(registry().schemes["window-staff"])

    def read() -> None:
        assert len(read_table(data, "记录.xlsx", asked).rows) == RECORDS

    mine, reference, ratio = paired(read, lambda: _calamine(data))
    return Row(".xlsx：读成表格", f"{mine:.2f} s", f"calamine {reference:.2f} s", f"{ratio:.1f} ×")


def _calamine(data: bytes) -> None:
    assert len(CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()) == RECORDS + 1
