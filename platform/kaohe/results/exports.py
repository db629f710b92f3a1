"""The ranking as a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Row

from kaohe.i18n import _, flag_words
from kaohe.results.sheet_views import in_order
from kaohe.scheme.model import Scheme
from kaohe.spreadsheets import XLSX, write_table

MEDIA = {"xlsx": XLSX, "csv": "text/csv; charset=utf-8"}


def table(rows: Sequence[Row[Any]], scheme: Scheme, form: str) -> bytes:
    head, body = _cells(rows, scheme)
    return write_table(_("结果"), head, body, freeze=4) if form == "xlsx" else _csv(head, body)


def _cells(rows: Sequence[Row[Any]], scheme: Scheme) -> tuple[list[str], list[list[Any]]]:
    items = in_order(scheme, {code for row in rows for code in row.payload["items"]})
    titles = {node.code: str(node.title) for node in scheme.nodes}
    head = [_("分组"), _("名次"), _("编号"), _("名称"), _("基础分"), _("加分"), _("扣分"), _("总分"), _("等次"), _("荣誉"),
            _("标记"), *(titles.get(code, code) for code in items)]  # fmt: skip
    body = [
        [row.group_name, row.rank, row.subject, row.name, row.base, row.bonus, row.deduction, row.total, row.grade,
         _("；").join(row.honours), _("；").join(flag_words(flag, scheme) for flag in row.flags),
         *(Decimal(value) if (value := row.payload["items"].get(code)) else None for code in items)]
        for row in rows
    ]  # fmt: skip
    return head, body


def _csv(head: list[str], body: list[list[Any]]) -> bytes:
    """With a mark at the front, so that office programs read it as UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(head)
    writer.writerows([["" if cell is None else _harmless(cell) for cell in row] for row in body])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _harmless(cell: Any) -> Any:
    """A name that begins like a formula must not run as one."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in {"=", "+", "-", "@"} else cell
