"""A program of its own: a workbook on standard input, the texts of its first visible sheet on standard output.

Its memory and time are bounded, so that a file made to unpack without end harms nobody else.
"""

from __future__ import annotations

import io
import resource
import sys
from collections.abc import Iterator
from datetime import datetime, time
from itertools import islice
from typing import Any

import msgspec
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetVisibleEnum

MEMORY = 2 * 1024**3
CPU_SECONDS = 50
REFUSED = 3


def text_of(value: Any) -> str:
    """As the office program shows it: 15 digits at most, no exponent, ISO dates."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    return str(value)


def _number(value: float) -> str:
    short = format(value, ".15g")
    if "e" not in short:
        return short
    whole = format(value, ".15f") if abs(value) < 1 else format(value, ".0f")
    return whole.rstrip("0").rstrip(".") if "." in whole else whole


def rows(sheet: CalamineSheet, most: int, *, merged: bool) -> Iterator[tuple[int, list[str]]]:
    """Not the blank ones, numbered as shown. calamine begins at row 1, but at the first column in use."""
    margin = [""] * (sheet.start[1] if sheet.start else 0)
    blank = [""] * sheet.width
    filled = ((number, cells) for number, cells in enumerate(sheet.iter_rows(), start=1) if cells != blank)
    spans = spans_of(sheet) if merged else {}
    above: dict[int, str] = {}
    for number, cells in islice(filled, most):
        texts = margin + [text_of(cell) for cell in cells]
        for column, begins in spans.get(number, ()):
            if begins:
                above[column] = texts[column]
            else:
                texts[column] = above.get(column, "")
        yield number, texts


def spans_of(sheet: CalamineSheet) -> dict[int, list[tuple[int, bool]]]:
    """Cells merged over several rows mean their text in each: row → (column, whether it begins there)."""
    found: dict[int, list[tuple[int, bool]]] = {}
    last = sheet.end or (0, 0)
    for (top, left), (bottom, _right) in sheet.merged_cell_ranges or ():
        if bottom > top and left <= last[1]:
            for row in range(top, min(bottom, last[0]) + 1):
                found.setdefault(row + 1, []).append((left, row == top))
    return found


def main() -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
        visible = [each for each in book.sheets_metadata if each.visible == SheetVisibleEnum.Visible]
        name = (visible or book.sheets_metadata)[0].name
        found = {
            "sheet": name,
            "rows": list(rows(book.get_sheet_by_name(name), int(sys.argv[1]), merged="merged" in sys.argv)),
        }
    except (CalamineError, IndexError):
        return REFUSED
    sys.stdout.buffer.write(msgspec.msgpack.encode(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
