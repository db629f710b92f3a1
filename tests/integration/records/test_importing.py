"""Spreadsheets of records: every error by place, all or nothing, what was checked is what is written."""

from __future__ import annotations

import io
import re
from datetime import date
from decimal import Decimal
from unittest.mock import Mock

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook
from sqlalchemy import func, select

from kaohe.catalogue.models import EnabledScheme
from kaohe.clock import today
from kaohe.db.session import Database
from kaohe.identity.models import Role
from kaohe.inbox.models import Delivery
from kaohe.jobs import Job
from kaohe.records import jobs
from kaohe.records.import_checks import Check
from kaohe.records.models import DailyRecord, RecordImport
from kaohe.subjects.models import Subject
from tests.factories.browser import Browser
from tests.factories.records import Hall, make_hall, shown
from tests.factories.world import World

pytestmark = pytest.mark.anyio

GOOD = """对象,条款,日期,次数,分值,情形,说明
s1,staff.attendance.absent,2026-03-04,2,,30分钟以上,
张敏,用语不文明、争吵,2026/3/9,,3.5,,"与群众争吵,已道歉"
w1,window.conduct.guide,2026年3月10日,,,,指南未更新
"""


@pytest.fixture
async def hall(database: Database, fresh_world: World) -> Hall:
    return await make_hall(database, fresh_world.county)


async def put_in(
    browser: Browser, hall: Hall, data: bytes, name: str = "记录.csv", scheme: str = "window-staff"
) -> str:
    await browser.as_(hall.place[Role.INSPECTOR])
    answer = await browser.request(
        "POST", "/records/import", data={"scheme": scheme}, files={"file": (name, data, "text/csv")}
    )
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def problems_of(browser: Browser, path: str) -> list[tuple[str, str]]:
    return re.findall(r"<td><code>(.*?)</code></td><td>(.*?)</td>", (await browser.get(path)).text)


async def written(database: Database, hall: Hall) -> list[tuple[object, ...]]:
    rows = select(DailyRecord).order_by(DailyRecord.number)
    async with database.tenant(hall.place.id, read_only=True) as session:
        return [
            (row.subject_name, row.leaf, row.date, row.count, row.amount, row.level, row.note)
            for row in (await session.execute(rows)).scalars()
        ]


EXPECTED = [
    ("王芳", "staff.attendance.absent", date(2026, 3, 4), 2, None, "over30", None),
    ("张敏", "staff.discipline.dispute", date(2026, 3, 9), None, Decimal("3.5"), None, "与群众争吵,已道歉"),
    ("不动产登记窗口", "window.conduct.guide", date(2026, 3, 10), None, None, None, "指南未更新"),
]


def workbook(text: str) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        sheet = book.add_worksheet("三月")
        for number, line in enumerate(text.replace('"与群众争吵,已道歉"', "与群众争吵，已道歉").splitlines()):
            sheet.write_row(number, 0, line.split(","))
    return target.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
async def test_a_csv_is_written_as_it_was_checked(
    browser: Browser, database: Database, hall: Hall, encoding: str
) -> None:
    path = await put_in(browser, hall, GOOD.encode(encoding))
    assert shown((await browser.get(path)).text, "3 条，没有发现错误", "30分钟以上 2 次 × −2") == [
        "3 条，没有发现错误", "30分钟以上 2 次 × −2",
    ]  # fmt: skip
    assert await written(database, hall) == []
    assert (await browser.post(f"{path}/confirm")).status_code == 303
    assert await written(database, hall) == EXPECTED


async def test_a_workbook_is_read_the_same_way(browser: Browser, database: Database, hall: Hall) -> None:
    path = await put_in(browser, hall, workbook(GOOD), "三月.xlsx")
    await browser.post(f"{path}/confirm")
    expected = [row[:-1] for row in EXPECTED]
    assert [row[:-1] for row in await written(database, hall)] == expected


async def test_odd_files_are_read_by_the_reader(browser: Browser, database: Database, hall: Hall) -> None:
    """A title above the head, blank rows, uneven rows: COPY would refuse these."""
    lines = GOOD.splitlines()
    text = "\r\n".join(["县政务大厅三月记录", "", *lines[:2], "", ",,,,,,", lines[2], lines[3] + ",,,"])
    path = await put_in(browser, hall, text.encode())
    await browser.post(f"{path}/confirm")
    assert await written(database, hall) == EXPECTED


async def test_every_error_is_told_by_sheet_row_and_column_and_nothing_written(
    browser: Browser, database: Database, hall: Hall
) -> None:
    bad = f"""对象,条款,日期,次数,分值,情形,说明
s99,staff.attendance.absent,2026-03-04,2,,,
s1,staff.discipline.dispute,{today().replace(year=today().year + 1)},,9,,x
s1,window.conduct.guide,2026-13-10,,,,
s1,staff.conduct.cold,,1.5,,很坏,
s1,staff.discipline.idle,2026-03-04,,2,,
s2,staff.discipline.idle,2026-03-04,,,,没有错
"""
    path = await put_in(browser, hall, bad.encode())
    told = await problems_of(browser, path)
    assert [place for place, _message in told] == [
        "记录!A2", "记录!C3", "记录!E3", "记录!B4", "记录!C4", "记录!C5", "记录!D5", "记录!F5", "记录!E6",
    ]  # fmt: skip
    assert told[2][1] == "第 3 行「分值」：扣分「9」应在 3 至 5 之间"
    assert (await browser.post(f"{path}/confirm")).status_code == 409
    assert await written(database, hall) == []


async def test_forty_errors_are_all_told(browser: Browser, hall: Hall) -> None:
    rows = [f"s1,staff.discipline.dispute,2026-03-04,{number + 6}" for number in range(40)]
    path = await put_in(browser, hall, ("对象,条款,日期,分值\n" + "\n".join(rows)).encode())
    told = await problems_of(browser, path)
    assert [place for place, _message in told] == [f"记录!D{number + 2}" for number in range(40)]


@pytest.mark.parametrize(
    ("data", "name", "message"),
    [
        ("对象,日期\ns1,2026-03-04\n".encode(), "记录.csv", "缺少列「条款编号」"),
        ("对象,条款,日期,工资\n".encode(), "记录.csv", "不认识的列「工资」"),
        (b"PK\x03\x04 not a workbook", "记录.xlsx", "文件已损坏"),
        (b"\xd0\xcf\x11\xe0old", "记录.xls", "另存为"),
        ("对象,条款,日期\n".encode(), "记录.csv", "表中没有"),
    ],
)
async def test_a_file_that_is_no_table_of_records_is_refused(
    browser: Browser, hall: Hall, data: bytes, name: str, message: str
) -> None:
    path = await put_in(browser, hall, data, name)
    assert shown((await browser.get(path)).text, message, "表格不能导入") == [message, "表格不能导入"]


async def test_no_file_and_an_empty_file_are_refused(browser: Browser, hall: Hall) -> None:
    await browser.as_(hall.place[Role.INSPECTOR])
    for files in ({"other": ("x.csv", b"1", "text/csv")}, {"file": ("空.csv", b"", "text/csv")}):
        answer = await browser.request("POST", "/records/import", data={"scheme": "window-staff"}, files=files)
        assert answer.status_code == 422


async def test_a_second_value_of_the_month_is_refused_also_against_what_stands(browser: Browser, hall: Hall) -> None:
    head = "对象,条款,日期,数值\n"
    first = await put_in(browser, hall, (head + "w1,window.bonus.volume,2026-03-31,3100\n").encode())
    await browser.post(f"{first}/confirm")
    twice = head + "w1,window.bonus.volume,2026-02-27,2500\nw1,window.bonus.volume,2026-02-28,2600\n"
    standing = head + "w1,window.bonus.volume,2026-03-30,2900\nw1,window.bonus.volume,2026-04-30,2900\n"
    told = [await problems_of(browser, await put_in(browser, hall, text.encode())) for text in (twice, standing)]
    assert [[place for place, _message in each] for each in told] == [["记录!D3"], ["记录!D2"]]


async def test_the_world_changing_after_the_check_refuses_the_whole(
    browser: Browser, database: Database, hall: Hall
) -> None:
    path = await put_in(browser, hall, b"subject,leaf,date,value\nw1,window.bonus.volume,2026-03-31,3100\n")
    await hall.record(browser, "w1", "window.bonus.volume", value="2000", amount="", date="2026-03-30")
    assert (await browser.post(f"{path}/confirm")).status_code == 303
    assert [place for place, _message in await problems_of(browser, path)] == ["记录!D2"]
    assert len(await written(database, hall)) == 1


async def test_a_second_yes_writes_nothing_twice(browser: Browser, database: Database, hall: Hall) -> None:
    path = await put_in(browser, hall, GOOD.encode())
    answers = [await browser.post(f"{path}/confirm") for _again in range(2)]
    assert ([answer.status_code for answer in answers], len(await written(database, hall))) == ([303, 409], 3)


async def test_an_import_can_be_dropped(browser: Browser, database: Database, hall: Hall) -> None:
    path = await put_in(browser, hall, GOOD.encode())
    assert (await browser.post(f"{path}/drop")).status_code == 303
    assert (await browser.post(f"{path}/confirm")).status_code == 409
    async with database.tenant(hall.place.id, read_only=True) as session:
        kept = (await session.execute(select(func.count()).where(RecordImport.data.is_not(None)))).scalar_one()
    assert (kept, await written(database, hall)) == (0, [])


@pytest.mark.parametrize("step", ["check_import", "import_records"])
async def test_an_import_that_goes_wrong_ends_in_words(
    browser: Browser, database: Database, hall: Hall, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    rows = [f"s1,staff.discipline.dispute,2026-03-{1 + n % 28:02},4,说明{'。' * 60}" for n in range(2000)]
    path = await put_in(browser, hall, ("subject,leaf,date,amount,note\n" + "\n".join(rows)).encode())
    job, upload_id = Job(database, hall.place.id, None, "system"), path.rpartition("/")[2]
    if step == "import_records":
        await jobs.check_import(job, upload_id=upload_id)
        await browser.post(f"{path}/confirm")
    monkeypatch.setattr(Check, "prepare", Mock(side_effect=ZeroDivisionError))
    with pytest.raises(ZeroDivisionError):
        await getattr(jobs, step)(job, upload_id=upload_id)
    assert "导入程序出错，已记入日志" in dict(await problems_of(browser, path))["—"]
    assert await written(database, hall) == []


async def test_a_large_file_is_worked_on_in_the_background(browser: Browser, database: Database, hall: Hall) -> None:
    rows = [f"s{1 + n % 2},staff.discipline.dispute,2026-03-{1 + n % 28:02},4,长说明{'。' * 40}" for n in range(2000)]
    path = await put_in(browser, hall, ("subject,leaf,date,amount,note\n" + "\n".join(rows)).encode())
    assert shown((await browser.get(path)).text, "正在检查每一行") == ["正在检查每一行"]
    job, upload_id = Job(database, hall.place.id, None, "system"), path.rpartition("/")[2]
    await jobs.check_import(job, upload_id=upload_id)
    assert (await browser.post(f"{path}/confirm")).status_code == 303
    await jobs.import_records(job, upload_id=upload_id)
    await jobs.import_records(job, upload_id=upload_id)  # as after a kill
    await jobs.tell_of_import(job, upload_id=upload_id)
    async with database.tenant(hall.place.id, read_only=True) as session:
        told = (await session.execute(select(func.count()).where(Delivery.person_id == hall.staff.id))).scalar_one()
    assert (len(await written(database, hall)), told) == (2000, 1)


async def test_the_template_can_be_filled_in_and_put_back(browser: Browser, database: Database, hall: Hall) -> None:
    await browser.as_(hall.place[Role.INSPECTOR])
    data = (await browser.get("/records/import/template?scheme=window-staff")).content
    head = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()[0]
    assert head[:3] == ["对象编号", "条款编号", "日期"]
    row = {"对象编号": "s1", "条款编号": "staff.discipline.idle", "日期": "2026-03-04"}
    filled = ",".join(head) + "\n" + ",".join(row.get(name, "") for name in head)
    path = await put_in(browser, hall, filled.encode())
    await browser.post(f"{path}/confirm")
    assert [line[:3] for line in await written(database, hall)] == [("王芳", "staff.discipline.idle", date(2026, 3, 4))]


async def test_a_foreign_import_is_absent(browser: Browser, hall: Hall, fresh_world: World) -> None:
    path = await put_in(browser, hall, GOOD.encode())
    await browser.as_(fresh_world.city[Role.INSPECTOR])
    assert [(await browser.get(path)).status_code, (await browser.post(f"{path}/confirm")).status_code] == [404, 404]


async def information(database: Database, hall: Hall) -> None:
    """A township that submits, an office that edits."""
    async with database.tenant(hall.place.id) as session:
        session.add(EnabledScheme(tenant_id=hall.place.id, scheme_id="information-points"))
        for code, kind, name in (
            ("t1", "township", "玉堂镇"),
            ("o1", "office", "业务科"),
            ("t2", "township", "灌口镇"),
        ):
            session.add(Subject(tenant_id=hall.place.id, code=code, kind=kind, name=name, sort_key=code,
                                attributes={"monthly_task": "1"}))  # fmt: skip


async def test_further_measures_are_read_as_offices_write_them(
    browser: Browser, database: Database, hall: Hall
) -> None:
    await information(database, hall)
    rows = ("对象,条款,日期,情形,事项,采用载体,编辑科室,事件日期,紧急信息\n"
            "玉堂镇,报送,2026.3.5,,防汛信息,,,2026.3.4,是\n"
            "玉堂镇,采用,2026.3.9,市政务服务中心,防汛信息,专栏,业务科,,\n")  # fmt: skip
    path = await put_in(browser, hall, rows.encode("gb18030"), scheme="information-points")
    await browser.post(f"{path}/confirm", {})
    async with database.tenant(hall.place.id, read_only=True) as session:
        held = [
            row.fields for row in (await session.execute(select(DailyRecord).order_by(DailyRecord.number))).scalars()
        ]
    assert held == [{"event_date": "2026-03-04", "urgent": True}, {"outlet": "专栏", "editor": "o1"}]


async def test_a_measure_that_says_nothing_known_is_refused(browser: Browser, database: Database, hall: Hall) -> None:
    await information(database, hall)
    rows = ("对象,条款,日期,情形,事项,采用载体,编辑科室,事件日期,紧急信息\n"
            "玉堂镇,报送,2026-03-05,,甲,,,2026年3月4号,急\n"
            "玉堂镇,采用,2026-03-09,市政务服务中心,甲,专栏,灌口镇,,\n")  # fmt: skip
    path = await put_in(browser, hall, rows.encode(), scheme="information-points")
    assert await problems_of(browser, path) == [
        ("记录!H2", "第 2 行「事件日期」：事件日期「2026年3月4号」应为日期，如 2026-03-31"),
        ("记录!I2", "第 2 行「紧急信息」：紧急信息「急」应为「是」或「否」"),
        ("记录!G3", "第 3 行「编辑科室」：编辑科室「灌口镇」不在可选值中：业务科"),
    ]


async def test_a_record_shows_what_it_is_about(browser: Browser, database: Database, hall: Hall) -> None:
    await information(database, hall)
    rows = "对象,条款,日期,事项\n玉堂镇,报送,2026-03-05,防汛期间证明容缺受理\n"
    path = await put_in(browser, hall, rows.encode(), scheme="information-points")
    await browser.post(f"{path}/confirm", {})
    async with database.tenant(hall.place.id, read_only=True) as session:
        record = (await session.execute(select(DailyRecord.id))).scalar_one()
    for address in ("/records", f"/records/{record}", f"/records/{record}/reversal"):
        assert "防汛期间证明容缺受理" in (await browser.get(address)).text
