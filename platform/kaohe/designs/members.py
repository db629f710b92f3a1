"""Members of a node, a parameter, a grade …: what a form asks for, how it is shown, how what was typed is read.

One description serves both ways, so that no form is written by hand. Field names are the way to the member:
`m.levels.0.amount` is the amount of the first level.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Literal, Protocol

from kaohe.errors import FieldProblem
from kaohe.i18n import _

Kind = Literal[
    "text", "long", "title", "number", "formula", "words", "choice", "checks", "yes", "no", "date", "code", "rows", "value"
]  # fmt: skip
MOST_ROWS = 60
BLANK_ROWS = 2


class Posted(Protocol):
    def __getitem__(self, name: str, /) -> str: ...

    def __contains__(self, name: str, /) -> bool: ...

    def all(self, name: str, /) -> list[str]: ...


@dataclass(frozen=True, slots=True)
class Member:
    """`key`: rows are a mapping by this column; `scalar`: a row with this column alone is written as its value.

    `no` is a box whose tick stands for true, where true is the default. `value` follows the row's own `type`.
    """

    name: str
    label: str
    kind: Kind = "text"
    hint: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    columns: tuple[Member, ...] = ()
    key: str = ""
    scalar: str = ""
    required: bool = False
    cards: bool = False
    rare: bool = False
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """A member as the page shows it."""

    member: Member
    name: str
    value: str = ""
    chosen: tuple[str, ...] = ()
    english: str = ""
    error: str = ""
    rows: tuple[tuple[Shown, ...], ...] = ()

    @property
    def label(self) -> str:
        return _(self.member.label)

    @property
    def hint(self) -> str:
        return _(self.member.hint)

    @property
    def unit(self) -> str:
        return _(self.member.unit)

    @property
    def choices(self) -> tuple[tuple[str, str], ...]:
        return tuple((value, _(label)) for value, label in self.member.choices)

    @property
    def heads(self) -> tuple[str, ...]:
        return tuple(_(column.label) for column in self.member.columns)

    @property
    def filled(self) -> bool:
        return bool(self.value or self.chosen or any(cell.filled for row in self.rows for cell in row))


def get(held: Mapping[str, Any], name: str) -> Any:
    """`demands.notice_days` is a member of a member."""
    found: Any = held
    for part in name.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def put(held: dict[str, Any], name: str, value: Any) -> None:
    """None takes the member away, and what it stood in when nothing else is left there."""
    first, _dot, rest = name.partition(".")
    if not rest:
        held.pop(first, None)
        if value is not None:
            held[first] = value
        return
    inner = held[first] if isinstance(held.get(first), dict) else {}
    put(inner, rest, value)
    put(held, first, inner or None)


def show(members: Sequence[Member], held: Mapping[str, Any], prefix: str = "m.") -> list[Shown]:
    return [_show(member, get(held, member.name), prefix + member.name) for member in members]


def _show(member: Member, value: Any, name: str) -> Shown:
    if member.kind == "rows":
        rows = _entries(member, value)
        shown = [tuple(show(member.columns, row, f"{name}.{n}.")) for n, row in enumerate(rows)]
        blank = 1 if member.cards else BLANK_ROWS
        shown += [tuple(show(member.columns, {}, f"{name}.{len(rows) + n}.")) for n in range(blank)]
        return Shown(member, name, rows=tuple(shown))
    if member.kind == "title":
        both: Mapping[str, Any] = value if isinstance(value, Mapping) else {"zh": value}
        return Shown(member, name, value=text_of(both.get("zh")), english=text_of(both.get("en")))
    if member.kind == "checks":
        return Shown(member, name, chosen=tuple(map(str, value)) if isinstance(value, list) else ())
    if member.kind == "no":
        return Shown(member, name, value="" if value is False else "1")
    return Shown(member, name, value=text_of(value))


def text_of(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else ""
    if isinstance(value, list):
        return "、".join(map(text_of, value))
    if isinstance(value, Mapping):
        return "，".join(f"{name} {text_of(each)}" for name, each in value.items())
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _entries(member: Member, value: Any) -> list[Mapping[str, Any]]:
    """The rows of a list or a mapping, each as a mapping of its columns."""
    if isinstance(value, Mapping):
        return [_called(member, str(name), _spread(member, each)) for name, each in value.items()]
    return [_spread(member, each) for each in value] if isinstance(value, list) else []


def _called(member: Member, name: str, row: Mapping[str, Any]) -> Mapping[str, Any]:
    """A row without a title whose key is a word of people shows it as its title."""
    titled = any(column.kind == "title" for column in member.columns) and "title" not in row and not name.isascii()
    return {"title" if titled else member.key: name, **row}


def _spread(member: Member, entry: Any) -> Mapping[str, Any]:
    return entry if isinstance(entry, Mapping) else {member.scalar: entry} if member.scalar else {}


def sent(member: Member, posted: Posted, prefix: str) -> bool:
    return any(
        prefix + column.name in posted for column in member.columns if column.kind not in ("yes", "no", "checks")
    )


def with_errors(shown: Sequence[Shown], problems: Sequence[FieldProblem]) -> list[Shown]:
    wrong = {problem.place: problem.message for problem in reversed(problems)}
    return [_with_error(each, wrong) for each in shown]


def _with_error(shown: Shown, wrong: Mapping[str, str]) -> Shown:
    rows = tuple(tuple(_with_error(cell, wrong) for cell in row) for row in shown.rows)
    return replace(shown, rows=rows, error=wrong.get(shown.name, ""))


def as_typed(members: Sequence[Member], posted: Posted, prefix: str = "m.") -> list[Shown]:
    """A refused form as it was filled in."""
    return [_typed(member, posted, prefix + member.name) for member in members]


def _typed(member: Member, posted: Posted, name: str) -> Shown:
    if member.kind != "rows":
        return Shown(member, name, posted[name], tuple(posted.all(name)), posted[name + ".en"])
    count = next((n for n in range(MOST_ROWS) if not sent(member, posted, f"{name}.{n}.")), MOST_ROWS)
    rows = [tuple(as_typed(member.columns, posted, f"{name}.{n}.")) for n in range(count)]
    return Shown(member, name, rows=tuple(rows))
