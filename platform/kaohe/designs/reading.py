"""What was typed into a form of members, read into plain data; everything that is wrong is told at its field."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from kaohe.designs.members import MOST_ROWS, Member, Posted, entries, get, put, sent, show_one, zh_of
from kaohe.designs.naming import CODE, free, word_of
from kaohe.errors import FieldProblem
from kaohe.i18n import _
from kaohe.scheme.formula import Formula, FormulaError

MOST_FORMULA = 500
MOST_PARTS = 240
_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,11})(?:\.\d{1,8})?", re.ASCII)
_ID = re.compile(r"[a-z][a-z0-9_-]{0,59}")
_FULL_WIDTH = str.maketrans("０１２３４５６７８９．－＋（），", "0123456789.-+(),")


@dataclass(slots=True)
class Read:
    """Values by member, and what is wrong at which field."""

    values: dict[str, Any] = field(default_factory=dict)
    problems: list[FieldProblem] = field(default_factory=list)


def read(members: Sequence[Member], posted: Posted, held: Mapping[str, Any], prefix: str = "m.") -> Read:
    """None where nothing was typed; what was left as it was shown stays what it is in `held`."""
    found = Read()
    for member in members:
        name = prefix + member.name
        value = _read(member, posted, name, get(held, member.name), found)
        found.values[member.name] = value
        if member.required and value is None and not any(each.place == name for each in found.problems):
            found.problems.append(FieldProblem(name, _("请填写{label}").format(label=_(member.label))))
    return found


def _read(member: Member, posted: Posted, name: str, before: Any, found: Read) -> Any:
    if member.kind == "rows":
        return _read_rows(member, posted, name, before, found)
    if _left(member, posted, name, before):
        return before
    if member.kind == "checks":
        return _checked(member, posted.all(name), before)
    if member.kind in ("yes", "no"):
        return None if bool(posted[name]) == (member.kind == "no") else member.kind == "yes"
    text, english = _typed(posted[name]), _typed(posted[name + ".en"])
    if member.kind == "title":
        return {"zh": text, "en": english} if text and english else text or None
    try:
        return _READ[member.kind](member, text) if text else None
    except ValueError as wrong:
        found.problems.append(FieldProblem(name, f"{_(member.label)}：{wrong}"))
        return None


def _typed(text: str) -> str:
    return text.strip().replace("\x00", "").replace("\r\n", "\n")


def _left(member: Member, posted: Posted, name: str, before: Any) -> bool:
    """Nobody touched it: the field came back as it was shown (a browser takes line breaks out of a single line)."""
    shown = show_one(member, before, name)
    if member.kind == "checks":
        return set(posted.all(name)) == set(shown.chosen)
    if member.kind in ("yes", "no"):
        return bool(posted[name]) == bool(shown.value)
    was, english = (text if member.kind == "long" else text.replace("\n", "") for text in (shown.value, shown.english))
    return (_typed(posted[name]), _typed(posted[name + ".en"])) == (was.strip(), english.strip())


def _checked(member: Member, chosen: Sequence[str], before: Any) -> list[str] | None:
    """What was chosen before keeps its order."""
    held = list(map(str, before)) if isinstance(before, list) else []
    order = dict.fromkeys([*held, *(value for value, _label in member.choices)])
    return [value for value in order if value in chosen] or None


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


def numbers(member: Member, text: str) -> list[int | Decimal]:
    return [number(member, word) for word in words(member, text)]


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


def _id(_member: Member, text: str) -> str:
    if not _ID.fullmatch(text):
        raise ValueError(_("「{value}」应为小写字母、数字和连字符，以字母开头").format(value=text[:60]))
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


_READ: dict[str, Callable[[Member, str], Any]] = {
    "text": lambda _member, text: text, "long": lambda _member, text: text, "number": number, "formula": formula, "words": words,
    "choice": _choice, "date": _date, "code": _code, "id": _id, "numbers": numbers, "value": _value,
}  # fmt: skip


def _read_rows(member: Member, posted: Posted, name: str, before: Any, found: Read) -> Any:
    """A row keeps what its entry has besides the columns."""
    held, rows = dict(entries(member, before)), []
    for index in count():
        at = f"{name}.{index}."
        if not sent(member, posted, at):
            break
        if index > MOST_ROWS:
            found.problems.append(
                FieldProblem(name, _("{label}最多 {most} 行").format(label=_(member.label), most=MOST_ROWS))
            )
            break
        base = held.get(posted[at + "was"], {})
        row = read(member.columns, posted, base, at)
        if any(_told(column, row.values[column.name]) for column in member.columns):
            where = _where(member, row.values, index)
            found.problems += [FieldProblem(each.place, f"{where} {each.message}") for each in row.problems]
            rows.append((index, _row(member, row.values, base)))
    _propose(member, [row for _index, row in rows])
    if not rows:
        return None
    if not member.key:
        return [_joined(member, row) for _index, row in rows]
    return _mapping(member, rows, name, found)


def _where(member: Member, values: Mapping[str, Any], index: int) -> str:
    """A row by its name, or else by its number."""
    label, named = _(member.label), next((each.name for each in member.columns if each.kind in ("title", "text")), "")
    if said := zh_of(values.get(named)):
        return f"{label}「{said[:20]}」"
    return _("{label}第 {n} 行").format(label=label, n=index + 1)


def _told(column: Member, value: Any) -> bool:
    """A box or a list with a default says nothing by itself."""
    said = value not in (None, "", [], {}) and column.kind not in ("yes", "no")
    return said and not (column.kind == "choice" and column.required)


def _row(member: Member, values: dict[str, Any], base: Mapping[str, Any]) -> dict[str, Any]:
    row = dict(base)
    for column in member.columns:
        put(row, column.name, values[column.name])
    return row


def _propose(member: Member, rows: Sequence[dict[str, Any]]) -> None:
    """A code that was left empty is made of the title."""
    for column in (each for each in member.columns if each.proposed):
        taken = {str(row.get(column.name)) for row in rows}
        for row in rows:
            if column.name not in row and (title := zh_of(row.get("title"))):
                row[column.name] = free(word_of(title), taken, "")
                taken.add(row[column.name])


def _joined(member: Member, row: dict[str, Any]) -> Any:
    return row[member.scalar] if member.scalar and set(row) == {member.scalar} else row


def _mapping(member: Member, rows: list[tuple[int, dict[str, Any]]], name: str, found: Read) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for index, row in rows:
        key = row.pop(member.key, None)
        if key is None and isinstance(row.get("title"), str):  # what has no name of its own is called by its title
            key = row["title"] if member.scalar == "title" else row.pop("title")
        key = str(key or "")
        if not key or key in made:
            label = next(_(column.label) for column in member.columns if column.name == member.key)
            why = _("「{value}」重复").format(value=key) if key else _("请填写{label}").format(label=label)
            where = _("{label}第 {n} 行").format(label=_(member.label), n=index + 1)
            found.problems.append(FieldProblem(f"{name}.{index}.{member.key}", f"{where}：{why}"))
        made[key] = _joined(member, row)
    return made
