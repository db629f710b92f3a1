"""The file to fill in: heads with notes, text cells (so that leading zeros stay), lists to choose from."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence

from kaohe.i18n import _
from kaohe.spreadsheets.table import Column

_ROWS = 2000


def sheet_name(title: str) -> str:
    """Office programs refuse a sheet by these signs, and by more letters."""
    return re.sub(r"[\[\]:*?/\\]", " ", title)[:31].strip("' ") or _("名单")


def template(
    title: str, columns: Sequence[Column], examples: Sequence[Sequence[str]] = (), rows: Sequence[Sequence[str]] = ()
) -> bytes:
    """The first sheet holds the heads, and `rows` to be completed.

    Notes and `examples` (a cell for each column) stand on 填写说明.
    """
    import xlsxwriter  # a tenth of a command's start, and few make one

    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        text = book.add_format({"num_format": "@"})
        head = book.add_format({"bold": True, "bg_color": "#dbe7f5", "border": 1, "text_wrap": True})
        wrap = book.add_format({"text_wrap": True, "valign": "top"})
        sheet = book.add_worksheet(sheet_name(title))
        sheet.freeze_panes(1, 0)
        for index, column in enumerate(columns):
            sheet.set_column(index, index, max(14, len(column.label) * 2 + 4), text)
            sheet.write_string(0, index, column.label, head)
            if column.choices:
                options = {"validate": "list", "source": list(column.choices), "ignore_blank": True}
                sheet.data_validation(1, index, _ROWS, index, options)
        for line, cells in enumerate(rows, start=1):
            for index, word in enumerate(cells):
                sheet.write_string(line, index, word, text)
        notes = book.add_worksheet(_("填写说明"))
        notes.set_column(0, 1, 16, wrap)
        notes.set_column(2, 2, 60, wrap)
        notes.set_column(3, 8, 20, wrap)
        heads = [_("列"), _("必填"), _("说明"), *(_("示例 {n}").format(n=n + 1) for n in range(len(examples)))]
        for index, word in enumerate(heads):
            notes.write_string(0, index, word, head)
        for line, column in enumerate(columns, start=1):
            explained = column.note or ("、".join(column.choices) if column.choices else "")
            cells = [column.label, _("是") if column.required else "", explained, *(row[line - 1] for row in examples)]
            for index, word in enumerate(cells):
                notes.write_string(line, index, word, wrap)
    return target.getvalue()
