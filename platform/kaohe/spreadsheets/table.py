"""Columns as they are asked for, rows as they were found, and what is wrong with them by place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

from kaohe.errors import FieldProblem
from kaohe.i18n import _

# A cell's text without what offices cannot see: spaces at the ends (full-width too), zero-width marks.
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\ufeff\u2060"))
_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T]00:00(?::00)?)?", re.ASCII)
_COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_SERIAL = re.compile(r"[3-7]\d{4}", re.ASCII)  # a date whose cell lost its format; the days of 1982 to 2119
_DAY_ZERO = date(1899, 12, 30)
NOTE = "note"
_HEAD_NOISE = re.compile(r"[\s*＊:：]|[（(](?:必填|选填)[）)]")


@dataclass(frozen=True, slots=True)
class Column:
    """`name` is the code's word, `label` the Chinese head; both are understood, and so are `aliases`.

    A name that ends in `.*` stands for any head that begins with it (`fields.area`), kept under its own name.
    `required`: the column must be there; and each row must fill it in. `note` and `choices` are for the template.
    """

    name: str
    label: str
    aliases: tuple[str, ...] = ()
    required: bool = False
    kind: Literal["text", "date"] = "text"
    note: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    number: int
    cells: dict[str, str]

    def __getitem__(self, name: str) -> str:
        return self.cells.get(name, "")


@dataclass(slots=True)
class Table:
    """`heads`: name → (letter of the column, label) of the columns found; `ignored`: heads without meaning (序号)."""

    sheet: str
    heads: dict[str, tuple[str, str]] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    problems: list[FieldProblem] = field(default_factory=list)
    ignored: tuple[str, ...] = ()
    lenient: bool = False  # a row with text under other heads alone is kept as a `NOTE`

    def refuse(self, row: Row, name: str, message: str) -> None:
        """Place and head are put in front of the message."""
        letter, label = self.heads.get(name, ("A", name))
        text = _("第 {row} 行「{column}」：{message}").format(row=row.number, column=label, message=message)
        self.problems.append(FieldProblem(f"{self.sheet}!{letter}{row.number}", text))

    def refuse_file(self, message: str) -> None:
        self.problems.append(FieldProblem(self.sheet, message))


def clean(text: str) -> str:
    return text.strip() if text.isascii() else text.translate(_INVISIBLE).strip()


def letter(index: int) -> str:
    """0 → A, 25 → Z, 26 → AA."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


@lru_cache(maxsize=1024)
def read_date(text: str) -> date | None:
    """`2026-03-04`, `2026/3/4`, `2026.3.4`, `2026年3月4日`, `20260304`, or the office program's own number; else None."""
    if _SERIAL.fullmatch(text):
        return _DAY_ZERO + timedelta(days=int(text))
    found = _DATE.fullmatch(text) or _COMPACT_DATE.fullmatch(text)
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def make_table(
    sheet: str, lines: Iterable[tuple[int, Sequence[str]]], columns: Sequence[Column], *, strict: bool = True
) -> Table:
    """`lines` are (row number, cleaned cells) without blank ones. The head is the best of the first ten."""
    table = Table(sheet, lenient=not strict)
    pending = list(lines)
    at = max(range(min(10, len(pending))), key=lambda i: (_recognised(pending[i][1], columns), -i), default=None)
    if at is None:
        table.refuse_file(_("表中没有内容"))
        return table
    if not _recognised(pending[at][1], columns):
        wanted = "、".join(column.label for column in columns if column.required)
        table.refuse_file(_("没有找到表头，应有：{columns}").format(columns=wanted))
        return table
    places = _heads(table, *pending[at], columns, strict=strict)
    if not table.problems:
        for number, cells in pending[at + 1 :]:
            _add_row(table, number, cells, places)
    return table


def _match(head: str, columns: Sequence[Column]) -> tuple[str, Column] | None:
    bare = _HEAD_NOISE.sub("", head).lower()
    for column in columns:
        if column.name.endswith(".*"):
            if bare.startswith(column.name[:-1].lower()):
                return _HEAD_NOISE.sub("", head), column
        elif bare in {_HEAD_NOISE.sub("", word).lower() for word in (column.name, column.label, *column.aliases)}:
            return column.name, column
    return None


def _recognised(cells: Sequence[str], columns: Sequence[Column]) -> int:
    return sum(1 for cell in cells if cell and _match(cell, columns))


_MEANINGLESS = {"序号", "no.", "no", "#"}


def _heads(
    table: Table, number: int, cells: Sequence[str], columns: Sequence[Column], *, strict: bool
) -> dict[int, tuple[str, Column]]:
    places: dict[int, tuple[str, Column]] = {}
    ignored = []
    for index, head in enumerate(cells):
        place = f"{table.sheet}!{letter(index)}{number}"
        found = _match(head, columns) if head else None
        if not head or head.lower() in _MEANINGLESS or (found is None and not strict):
            ignored += [head] if head else []
        elif found is None:
            known = "、".join(column.label for column in columns)
            message = _("不认识的列「{head}」，可用的列：{known}").format(head=head, known=known)
            table.problems.append(FieldProblem(place, message))
        elif found[0] in table.heads:
            table.problems.append(FieldProblem(place, _("列「{head}」出现了两次").format(head=head)))
        else:
            table.heads[found[0]] = (letter(index), head)
            places[index] = found
    for column in columns:
        if column.required and column.name not in table.heads:
            table.refuse_file(_("缺少列「{head}」").format(head=column.label))
    table.ignored = tuple(ignored)
    return places


def _add_row(table: Table, number: int, cells: Sequence[str], places: dict[int, tuple[str, Column]]) -> None:
    row = Row(number, {name: cells[index] for index, (name, _column) in places.items() if index < len(cells)})
    if table.lenient and not any(row.cells.values()):
        row.cells[NOTE] = next(filter(None, cells), "")
    table.rows.append(row)
    for name, column in places.values():
        text = row[name]
        if not text and column.required:
            table.refuse(row, name, _("没有填写"))
        elif text and column.kind == "date":
            day = read_date(text)
            if day is None:
                table.refuse(row, name, _("「{value}」不是日期，应如 2026-03-31").format(value=text))
            else:
                row.cells[name] = day.isoformat()
