"""Members of a node, a parameter, a grade …: what a form asks for, how it is shown, how what was typed is read.

One description serves both ways, so that no form is written by hand. Field names are the way to the member:
`m.levels.0.amount` is the amount of the first level.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from hashlib import blake2s
from typing import Any, Literal, Protocol

from kaohe.errors import FieldProblem
from kaohe.i18n import _

Kind = Literal[
    "text", "long", "title", "number", "numbers", "formula", "words", "choice", "checks", "yes", "no", "date", "code", "id", "rows",
    "value",
]  # fmt: skip
MOST_ROWS = 1000
BLANK_ROWS = 2


class Posted(Protocol):
    def __getitem__(self, name: str, /) -> str: ...

    def __contains__(self, name: str, /) -> bool: ...

    def all(self, name: str, /) -> list[str]: ...


@dataclass(frozen=True, slots=True)
class Member:
    """`key`: rows are a mapping by this column; `scalar`: a row with this column alone is written as its value.

    `no` is a box whose tick stands for true, where true is the default. `value` follows the row's own `type`.
    `offers`: the choices are what the draft itself has of these (see offering.py). `proposed`: left empty, it is made
    of the row's title.
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
    offers: str = ""
    proposed: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """A member as the page shows it. `marks`: for each row the entry that it was made of, '' for a new one."""

    member: Member
    name: str
    value: str = ""
    chosen: tuple[str, ...] = ()
    english: str = ""
    error: str = ""
    rows: tuple[tuple[Shown, ...], ...] = ()
    marks: tuple[str, ...] = ()

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
        """With what is chosen and was not offered: it stays until somebody takes it away."""
        known = dict(self.member.choices)
        strange = [each for each in (*self.chosen, self.value) if each and each not in known]
        return (
            *((value, _(label)) for value, label in known.items()),
            *((each, each) for each in dict.fromkeys(strange)),
        )

    @property
    def heads(self) -> tuple[str, ...]:
        return tuple(_(column.label) for column in self.member.columns)

    @property
    def wrong(self) -> bool:
        return bool(self.error or any(cell.wrong for row in self.rows for cell in row))

    @property
    def filled(self) -> bool:
        """Something is told by it: a tick that stands for what is so anyway tells nothing."""
        if self.member.kind == "no":
            return not self.value
        return bool(self.value or self.chosen or any(cell.filled for row in self.rows for cell in row))


def get(held: Mapping[str, Any], name: str) -> Any:
    """`demands.notice_days` is a member of a member."""
    found: Any = held
    for part in name.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def put(held: dict[str, Any], name: str, value: Any) -> None:
    """None takes the member away, and what it stood in when nothing else is left there. One that is there keeps its place."""
    first, _dot, rest = name.partition(".")
    if not rest:
        if value is None:
            held.pop(first, None)
        else:
            held[first] = value
        return
    inner = held[first] if isinstance(held.get(first), dict) else {}
    put(inner, rest, value)
    put(held, first, inner or None)


def show(members: Sequence[Member], held: Mapping[str, Any], prefix: str = "m.") -> list[Shown]:
    return [show_one(member, get(held, member.name), prefix + member.name) for member in members]


def show_one(member: Member, value: Any, name: str) -> Shown:
    if member.kind == "rows":
        rows = [*entries(member, value), *[("", {})] * (1 if member.cards else BLANK_ROWS)]
        shown = tuple(tuple(show(member.columns, row, f"{name}.{n}.")) for n, (_mark, row) in enumerate(rows))
        return Shown(member, name, rows=shown, marks=tuple(mark for mark, _row in rows))
    if member.kind == "title":
        both: Mapping[str, Any] = value if isinstance(value, Mapping) else {"zh": value}
        return Shown(member, name, value=text_of(both.get("zh")), english=text_of(both.get("en")))
    if member.kind == "checks":
        return Shown(member, name, chosen=tuple(map(str, value)) if isinstance(value, list) else ())
    if member.kind == "no":
        return Shown(member, name, value="" if value is False else "1")
    return Shown(member, name, value=text_of(value))


def zh_of(title: Any) -> str:
    """A title in Chinese, with an English one beside it or alone."""
    return text_of(title.get("zh") if isinstance(title, Mapping) else title)


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


def entries(member: Member, value: Any) -> list[tuple[str, Mapping[str, Any]]]:
    """The rows of a list or a mapping, each as a mapping of its columns, with a mark by which it is found again."""
    if isinstance(value, Mapping):
        return [(_mark(name, each), _called(member, str(name), _spread(member, each))) for name, each in value.items()]
    return [(_mark("", each), _spread(member, each)) for each in value] if isinstance(value, list) else []


def _mark(name: object, entry: object) -> str:
    return blake2s(repr((name, entry)).encode(), digest_size=6).hexdigest()


def _called(member: Member, name: str, row: Mapping[str, Any]) -> Mapping[str, Any]:
    """A row without a title whose key is a word of people shows it as its title."""
    titled = any(column.name == "title" for column in member.columns) and "title" not in row and not name.isascii()
    return {"title" if titled else member.key: name, **row}


def _spread(member: Member, entry: Any) -> Mapping[str, Any]:
    """An entry that has nothing but its key and one value is that value, whatever it is."""
    whole = {column.name for column in member.columns} == {member.key, member.scalar}
    return entry if isinstance(entry, Mapping) and not whole else {member.scalar: entry} if member.scalar else {}


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
    """A refused form as it was filled in; a table ends with an empty row again."""
    return [_typed(member, posted, prefix + member.name) for member in members]


def _typed(member: Member, posted: Posted, name: str) -> Shown:
    if member.kind != "rows":
        return Shown(member, name, posted[name], tuple(posted.all(name)), posted[name + ".en"])
    count = next((n for n in range(MOST_ROWS) if not sent(member, posted, f"{name}.{n}.")), MOST_ROWS)
    rows = [tuple(as_typed(member.columns, posted, f"{name}.{n}.")) for n in range(count)]
    if count and any(cell.filled for cell in rows[-1]):
        rows.append(tuple(show(member.columns, {}, f"{name}.{count}.")))
    return Shown(member, name, rows=tuple(rows), marks=tuple(posted[f"{name}.{n}.was"] for n in range(len(rows))))
