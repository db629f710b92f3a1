"""Spreadsheets as offices have them, and those made to do harm."""

from __future__ import annotations

import io
import zipfile

import pytest
import xlsxwriter

from kaohe.spreadsheets import Column, read_date, read_table, sheet_name, template

COLUMNS = (
    Column("code", "编号", ("工号",), required=True),
    Column("name", "姓名", required=True),
    Column("active_from", "起始日期", kind="date"),
    Column("fields.*", "附加"),
)
TEXT = "某县名单,,,\r\n编号*,姓名（必填）,起始日期,fields.area\r\n001, 张三　,2026/3/4,1.50\r\n,,,\r\n002,李四,,\r\n"


def workbook(*rows: list[object], name: str = "名单") -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return target.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_csv_is_read_in_every_encoding_that_offices_save(encoding: str) -> None:
    table = read_table(TEXT.encode(encoding), "名单.csv", COLUMNS)
    assert table.problems == []
    assert [(row.number, row.cells) for row in table.rows] == [
        (3, {"code": "001", "name": "张三", "active_from": "2026-03-04", "fields.area": "1.50"}),
        (5, {"code": "002", "name": "李四", "active_from": "", "fields.area": ""}),
    ]


def test_workbook_numbers_keep_their_shortest_text() -> None:
    data = workbook(
        ["编号", "姓名", "fields.a", "fields.b", "fields.c"], [12, "甲", 0.1 + 0.2, 1.1000000000000001, 123456789012]
    )
    row = read_table(data, "a.xlsx", COLUMNS).rows[0]
    assert row.cells == {"code": "12", "name": "甲", "fields.a": "0.3", "fields.b": "1.1", "fields.c": "123456789012"}


def test_columns_and_rows_are_placed_as_the_office_program_counts() -> None:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        sheet = book.add_worksheet("人员")
        sheet.write_row(3, 2, ["姓名", "编号", "起始日期"])
        sheet.write_row(6, 2, ["", "x1", "2026-13-01"])
    table = read_table(target.getvalue(), "a.xlsx", COLUMNS)
    assert [problem.place for problem in table.problems] == ["人员!C7", "人员!E7"]
    assert table.problems[1].message == "第 7 行「起始日期」：「2026-13-01」不是日期，应如 2026-03-31"


def test_cell_merged_over_rows_counts_in_each_of_them() -> None:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        sheet = book.add_worksheet()
        sheet.merge_range(0, 1, 0, 3, "某县名单")
        sheet.write_row(1, 1, ["编号", "姓名", "fields.hall"])
        sheet.write_column(2, 1, ["x1", "x2", "", "x3"])
        sheet.write_column(2, 2, ["甲", "乙", "", "丙"])
        sheet.merge_range(2, 3, 3, 3, "政务大厅")
        sheet.write(5, 3, "分厅")
    table = read_table(target.getvalue(), "a.xlsx", COLUMNS)
    assert table.problems == []
    assert [row["fields.hall"] for row in table.rows] == ["政务大厅", "政务大厅", "分厅"]


def test_title_that_office_programs_refuse_as_the_name_of_a_sheet_is_mended() -> None:
    assert sheet_name("窗口/人员[2026]:甲？*'") == "窗口 人员 2026  甲？"
    template("/", COLUMNS)


def test_every_head_that_is_not_known_is_named_but_the_serial_number() -> None:
    table = read_table("序号,编号,姓名,电话,姓名\n1,a,b,c,d\n".encode(), "a.csv", COLUMNS)
    assert [problem.place for problem in table.problems] == ["a!D1", "a!E1"]
    assert table.rows == []
    assert table.ignored == ("序号",)


def test_missing_required_column_is_named() -> None:
    table = read_table("编号,起始日期\n1,2026-01-01\n".encode(), "a.csv", COLUMNS)
    assert [problem.message for problem in table.problems] == ["缺少列「姓名」"]


def test_template_is_understood_by_the_reader() -> None:
    data = template("名单", COLUMNS[:3], [["001", "张三", "2026-03-04"]])
    table = read_table(data, "a.xlsx", COLUMNS)
    assert (list(table.heads), table.problems, table.rows) == (["code", "name", "active_from"], [], [])


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2026-03-04", "2026-03-04"),
        ("2026/3/4", "2026-03-04"),
        ("2026年3月4日", "2026-03-04"),
        ("20260304", "2026-03-04"),
        ("46085", "2026-03-04"),
    ],
)
def test_dates_as_people_write_them(text: str, iso: str) -> None:
    assert str(read_date(text)) == iso


@pytest.mark.parametrize("text", ["2026-02-30", "20261", "4608", "昨天", "26-3-4"])
def test_what_is_no_date(text: str) -> None:
    assert read_date(text) is None


def rewritten(data: bytes, old: bytes, new: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for name in source.namelist():
            content = source.read(name)
            made.writestr(name, content.replace(old, new) if name.endswith("sheet1.xml") else content)
    return target.getvalue()


def zeros(size: int) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("xl/worksheets/sheet1.xml", b"0" * size)
    return target.getvalue()


@pytest.mark.parametrize(
    ("data", "name", "message"),
    [
        (b"", "a.csv", "文件是空的"),
        (b"MZ\x90\x00" * 20, "a.xlsx", "内容不是 .xlsx 工作簿，请用 Excel 或 WPS 打开后另存为 .xlsx 再导入"),
        (b"MZ\x90\x00" * 20, "a.exe", "只能导入 .xlsx 和 .csv 文件"),
        (b"\xd0\xcf\x11\xe0" + b"\x00" * 80, "a.xls", "这是旧版 .xls 或加密的文件，请另存为不加密的 .xlsx 再导入"),
        (b"PK\x03\x04" + b"x" * 80, "a.xlsx", "文件已损坏，请重新保存后再导入"),
        (zeros(450 * 1024**2), "a.xlsx", "文件解压后过大，请拆分后再导入"),
        (zeros(1000), "a.xlsx", "文件打不开：可能已损坏、已加密，或不是 .xlsx"),
        ("甲,乙\n1,2".encode(), "a.csv", "没有找到表头，应有：编号、姓名"),
    ],
    ids=["empty", "no-workbook", "program", "old", "broken", "bomb", "zip", "headless"],
)
def test_files_that_cannot_be_used_say_why(data: bytes, name: str, message: str) -> None:
    table = read_table(data, name, COLUMNS)
    assert [problem.message for problem in table.problems] == [message]


def test_sheet_that_claims_the_last_cell_of_all_does_not_take_the_memory() -> None:
    data = rewritten(workbook(["编号", "姓名"], ["1", "x"]), b'r="B2"', b'r="XFD1048576"')
    table = read_table(data, "a.xlsx", COLUMNS)
    assert [problem.message for problem in table.problems] == ["文件解压后过大或已损坏，请拆分或重新保存后再导入"]
