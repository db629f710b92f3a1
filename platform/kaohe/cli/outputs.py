"""A result as a table for the terminal, as .csv or as .xlsx."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter
from rich.console import Console
from rich.table import Table

from kaohe.cli.facts_files import Loaded
from kaohe.scoring import Result, encode
from kaohe.scoring.encoding import document

HEADS = {
    "subject": "考核对象", "kind": "类别", "name": "名称", "group": "分组", "rank": "名次", "total": "总分",
    "base": "基础分", "bonus": "加分", "deduction": "扣分", "grade": "等次", "honours": "荣誉", "awards": "奖励",
    "flags": "标记", "missing": "缺少", "remarks": "说明",
}  # fmt: skip
LINE_HEADS = {
    "subject": "考核对象", "kind": "类型", "leaf": "指标", "article": "条款", "amount": "分值", "records": "记录",
    "why": "说明",
}  # fmt: skip


def rendered(result: Result, used: Loaded, form: str) -> bytes:
    match form:
        case "json":
            return encode(result)
        case "csv":
            return _csv(result)
        case "xlsx":
            return _xlsx(result)
        case _:
            return _table(result, used)


def _rows(result: Result) -> tuple[list[str], list[list[str]]]:
    """One row a subject: the fixed members, then every item that occurs, in the order of the sheets."""
    sheets = document(result)["results"]
    items = list(dict.fromkeys(code for sheet in sheets for code in sheet["items"]))
    rows = [
        [_cell(sheet[name]) for name in HEADS] + [sheet["items"].get(code, "") for code in items] for sheet in sheets
    ]
    return [*HEADS, *items], rows


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "；".join(
            f"{each['name']} {each['amount']} {each['unit']}" if isinstance(each, dict) else str(each) for each in value
        )
    return str(value)


def _csv(result: Result) -> bytes:
    heads, rows = _rows(result)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(heads)
    writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig")  # with a mark, so that Excel opens it as UTF-8


def _xlsx(result: Result) -> bytes:
    heads, rows = _rows(result)
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        bold = book.add_format({"bold": True})
        _sheet(book, "得分", [HEADS.get(head, head) for head in heads], rows, bold)
        lines = [
            [sheet["subject"], *(_cell(line[name]) for name in LINE_HEADS if name != "subject")]
            for sheet in document(result)["results"]
            for line in sheet["lines"]
        ]
        _sheet(book, "明细", list(LINE_HEADS.values()), lines, bold)
        facts = [["方案", result.scheme], ["版本", result.version], ["周期", result.period], ["摘要", result.digest]]
        _sheet(book, "依据", ["项目", "内容"], facts, bold)
    return out.getvalue()


def _sheet(book: Any, name: str, heads: list[str], rows: list[list[str]], bold: Any) -> None:
    """Points are written as text: a spreadsheet's number is a binary one."""
    sheet = book.add_worksheet(name)
    sheet.write_row(0, 0, heads, bold)
    for number, row in enumerate(rows, start=1):
        sheet.write_row(number, 0, row)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(1, len(rows)), len(heads) - 1)


def _table(result: Result, used: Loaded) -> bytes:
    out = io.StringIO()
    console = Console(file=out, width=None if out.isatty() else 140, highlight=False)
    console.print(f"[bold]{used.scheme.title}[/]  {result.scheme} 第 {result.version} 版  周期 {result.period}")
    for group, sheets in _groups(result).items():
        words = used.group(sheets[0]["kind"], group, sheets[0]["subject"])
        table = Table(title=f"分组 {words}", title_justify="left", box=None, pad_edge=False)
        for head in ("名次", "考核对象", "名称", "总分", "基础分", "加分", "扣分", "等次", "荣誉", "标记"):
            table.add_column(head, justify="right" if head.endswith(("分", "名次")) else "left")
        for sheet in sheets:
            shown = [
                sheet[name] for name in ("rank", "subject", "name", "total", "base", "bonus", "deduction", "grade")
            ]
            flags = [used.scheme.word(flag).zh for flag in sheet["flags"]]
            table.add_row(*map(_cell, [*shown, sheet["honours"], [*flags, *_incomplete(sheet)]]))
        console.print(table)
    console.print(f"摘要 {result.digest}")
    return out.getvalue().encode()


def _incomplete(sheet: dict[str, Any]) -> list[str]:
    return [f"缺 {len(sheet['missing'])} 项"] if sheet["missing"] else []


def _groups(result: Result) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for sheet in document(result)["results"]:
        found.setdefault(sheet["group"], []).append(sheet)
    for sheets in found.values():
        sheets.sort(key=lambda sheet: (sheet["rank"] is None, sheet["rank"] or 0))
    return found
