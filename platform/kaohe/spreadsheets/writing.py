"""A list as a spreadsheet."""

from __future__ import annotations

import io
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import xlsxwriter

from kaohe.spreadsheets.templates import sheet_name

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def write_table(title: str, head: Sequence[str], body: Sequence[Sequence[Any]], *, freeze: int) -> bytes:
    """`freeze`: columns that stay in sight, the last of them the widest. Decimals are shown with two places."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    bold, points = book.add_format({"bold": True, "bg_color": "#EEF2F7"}), book.add_format({"num_format": "0.00"})
    sheet = book.add_worksheet(sheet_name(title))
    sheet.freeze_panes(1, freeze)
    sheet.write_row(0, 0, head, bold)
    for number, row in enumerate(body, 1):
        for column, cell in enumerate(row):
            if isinstance(cell, Decimal):
                sheet.write_number(number, column, cell, points)
            elif cell is not None:
                sheet.write(number, column, cell)
    sheet.set_column(freeze - 1, freeze - 1, 24)
    sheet.autofilter(0, 0, max(1, len(body)), len(head) - 1)
    book.close()
    return out.getvalue()
