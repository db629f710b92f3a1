"""The ranking as a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Row

from kaohe.i18n import _, flag_words, said
from kaohe.results.sheet_views import in_order
from kaohe.scheme.model import Scheme
from kaohe.spreadsheets import XLSX, write_table

MEDIA = {"xlsx": XLSX, "csv": "text/csv; charset=utf-8"}


def table(rows: Sequence[Row[Any]], scheme: Scheme, form: str) -> bytes:
    head, body = _cells(rows, scheme)
    return write_table(_("结果"), head, body, freeze=4) if form == "xlsx" else _csv(head, body)


def _cells(rows: Sequence[Row[Any]], scheme: Scheme) -> tuple[list[str], list[list[Any]]]:
    """Points taken are negative, as the pages show them; items and awards follow, each under a head of its own."""
    items = in_order(scheme, {code for row in rows for code in row.payload["items"]})
    awards = list(dict.fromkeys((one["name"], one["unit"]) for row in rows for one in row.payload["awards"]))
    titles = {node.code: said(node.title) for node in scheme.nodes}
    head = [_("分组"), _("名次"), _("编号"), _("名称"), _("基础分"), _("加分"), _("扣分"), _("总分"), _("等次"), _("荣誉"),
            _("标记"), _("缺少的数据")]  # fmt: skip
    of_items = [titles.get(code, code) for code in items]
    head += [_("{item}（项目）").format(item=title) if title in head else title for title in of_items]
    head += [f"{name}（{unit}）" for name, unit in awards]
    return head, [[*_row(row, scheme, titles), *_points(row, items, awards)] for row in rows]


def _row(row: Row[Any], scheme: Scheme, titles: Mapping[str, str]) -> list[Any]:
    taken = -row.deduction if row.deduction else row.deduction
    return [row.group_name, row.rank, row.subject, row.name, row.base, row.bonus, taken, row.total, row.grade,
            _("；").join(row.honours), _("；").join(flag_words(flag, scheme) for flag in row.flags),
            _("；").join(titles.get(code, code) for code in row.payload["missing"])]  # fmt: skip


def _points(row: Row[Any], items: Sequence[str], awards: Sequence[tuple[str, str]]) -> list[Decimal | None]:
    held = row.payload["items"]
    given = {(one["name"], one["unit"]): Decimal(one["amount"]) for one in row.payload["awards"]}
    return [*(Decimal(held[code]) if code in held else None for code in items), *(given.get(award) for award in awards)]


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
