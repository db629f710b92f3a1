"""What was typed into a form of members, read into plain data; everything that is wrong is told at its field."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from kaohe.designs.members import MOST_ROWS, Member, Posted, put, sent
from kaohe.designs.naming import CODE
from kaohe.errors import FieldProblem
from kaohe.i18n import _
from kaohe.scheme.formula import Formula, FormulaError

MOST_FORMULA = 500
MOST_PARTS = 240
_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,11})(?:\.\d{1,8})?", re.ASCII)
_FULL_WIDTH = str.maketrans("０１２３４５６７８９．－＋（），", "0123456789.-+(),")


@dataclass(slots=True)
class Read:
    """Values by member, and what is wrong at which field."""

    values: dict[str, Any] = field(default_factory=dict)
    problems: list[FieldProblem] = field(default_factory=list)


def read(members: Sequence[Member], posted: Posted, prefix: str = "m.") -> Read:
    """None where nothing was typed. Members that the form did not carry are left out."""
    found = Read()
    for member in members:
        name = prefix + member.name
        value = _read(member, posted, name, found)
        found.values[member.name] = value
        if member.required and value is None and not any(each.place == name for each in found.problems):
            found.problems.append(FieldProblem(name, _("请填写{label}").format(label=member.label)))
    return found


def _read(member: Member, posted: Posted, name: str, found: Read) -> Any:
    if member.kind == "rows":
        return _read_rows(member, posted, name, found)
    if member.kind == "checks":
        known = dict(member.choices)
        return [value for value in posted.all(name) if value in known] or None
    if member.kind == "yes":
        return True if posted[name] else None
    if member.kind == "no":
        return None if posted[name] else False
    text = posted[name].strip().replace("\x00", "").replace("\r\n", "\n")
    if member.kind == "title":
        english = posted[name + ".en"].strip().replace("\x00", "")
        return {"zh": text, "en": english} if text and english else text or None
    if not text:
        return None
    try:
        return _READ[member.kind](member, text)
    except ValueError as wrong:
        found.problems.append(FieldProblem(name, f"{member.label}：{wrong}"))
        return None


def number(_member: Member, text: str) -> int | Decimal:
    typed = text.translate(_FULL_WIDTH).lstrip("+")
    if not _NUMBER.fullmatch(typed):
        raise ValueError(_("「{value}」不是数").format(value=text[:40]))
    return Decimal(typed) if "." in typed else int(typed)


def formula(_member: Member, text: str) -> Any:
    """A number, or an expression that can be read and is not too long to be understood."""
    typed = text.translate(_FULL_WIDTH)
    if _NUMBER.fullmatch(typed):
        return Decimal(typed) if "." in typed else int(typed)
    if len(text) > MOST_FORMULA:
        raise ValueError(_("公式最多 {most} 字").format(most=MOST_FORMULA))
    try:
        Formula(text)
        parts = sum(1 for _part in ast.walk(ast.parse(text, mode="eval")))
    except (FormulaError, SyntaxError, RecursionError):
        raise ValueError(_("「{value}」不是数，也不是可用的公式").format(value=text[:60])) from None
    if parts > MOST_PARTS:
        raise ValueError(_("公式太复杂，请拆成几个参数或指标"))
    return text


def words(_member: Member, text: str) -> list[str]:
    return [word for word in (part.strip() for part in re.split(r"[、，,;；\n]", text)) if word]


def _choice(member: Member, text: str) -> str:
    if text not in dict(member.choices):
        raise ValueError(_("「{value}」不在可选值中").format(value=text[:40]))
    return text


def _date(_member: Member, text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise ValueError(_("「{value}」应为日期，如 2026-03-31").format(value=text[:40])) from None


def _code(_member: Member, text: str) -> str:
    if not CODE.fullmatch(text) or len(text) > 120:
        raise ValueError(_("「{value}」应为小写字母、数字和下划线，以字母开头，各级之间用点").format(value=text[:60]))
    return text


def _value(member: Member, text: str) -> Any:
    """As a number, a table of them (名称 数，…), yes or no, or else as text."""
    typed = text.translate(_FULL_WIDTH)
    if _NUMBER.fullmatch(typed):
        return number(member, text)
    pairs = [part.strip().rpartition(" ") for part in re.split(r"[，,\n;；]", text) if part.strip()]
    if all(name and _NUMBER.fullmatch(amount) for name, _space, amount in pairs):
        return {name.strip(): number(member, amount) for name, _space, amount in pairs}
    return {"是": True, "否": False}.get(text, text)


_READ = {
    "text": lambda _member, text: text, "long": lambda _member, text: text, "number": number, "formula": formula, "words": words,
    "choice": _choice, "date": _date, "code": _code, "value": _value,
}  # fmt: skip


def _read_rows(member: Member, posted: Posted, name: str, found: Read) -> Any:
    rows = []
    for index in range(MOST_ROWS + 1):
        row = read(member.columns, posted, f"{name}.{index}.")
        if not any(_told(column, row.values[column.name]) for column in member.columns):
            if not sent(member, posted, f"{name}.{index}."):
                break
            continue
        found.problems += row.problems
        rows.append(_row(member, row.values))
    if not rows:
        return None
    if not member.key:
        return [_joined(member, row) for row in rows]
    return _mapping(member, rows, name, found)


def _told(column: Member, value: Any) -> bool:
    """A box or a list with a default says nothing by itself."""
    return value is not None and column.kind not in ("yes", "no") and not (column.kind == "choice" and column.required)


def _row(member: Member, values: dict[str, Any]) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for column in member.columns:
        put(row, column.name, values[column.name])
    return row


def _joined(member: Member, row: dict[str, Any]) -> Any:
    return row[member.scalar] if member.scalar and set(row) == {member.scalar} else row


def _mapping(member: Member, rows: list[dict[str, Any]], name: str, found: Read) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for index, row in enumerate(rows):
        key = row.pop(member.key, None)
        if key is None and isinstance(row.get("title"), str):
            key = row.pop("title")  # what has no name of its own is called by its title
        key = str(key or "")
        if not key or key in made:
            label = next(column.label for column in member.columns if column.name == member.key)
            why = _("「{value}」重复").format(value=key) if key else _("请填写{label}").format(label=label)
            found.problems.append(FieldProblem(f"{name}.{index}.{member.key}", f"{member.label}：{why}"))
        made[key] = _joined(member, row)
    return made
