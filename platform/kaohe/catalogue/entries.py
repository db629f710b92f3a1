"""Entries: what a person puts down under one leaf, the same for daily records, self-assessment and grading.

An entry is JSON: {date, count, amount, level, value, target, rating, done, matter, fields, note}, only what is given,
numbers as the text that was typed.

    form = entry_form(scheme, leaf, kind=subject.kind, parameters=…)
    entry = read_entry(posted, form, prefix="e0.")
    problems = entry.problems or check(scheme, parameters, subject, leaf.code, [entry.values])
    row = entry_row(form, entry.values, prefix="e0.", problems=problems)      # for components/entry.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

import msgspec

from kaohe.catalogue.entry_inputs import (
    DONE,
    EntryForm,
    Input,
    Names,
    entry_form,
    in_words,
    sign_of,
    signed,
    takes_daily_records,
)  # fmt: skip
from kaohe.catalogue.entry_reading import read_input
from kaohe.errors import FieldProblem
from kaohe.i18n import _, said
from kaohe.scheme.model import Indicator, Scheme
from kaohe.scheme.numbers import plain
from kaohe.scheme.titles import measure_words
from kaohe.scoring.facts import Record, Subject
from kaohe.scoring.wording import with_unit

EntryValues = dict[str, Any]
MOST_ROWS = 50
NUMBERS = ("amount", "value", "target", "rating")


class Posted(Protocol):
    def __getitem__(self, name: str, /) -> str: ...

    def __contains__(self, name: str, /) -> bool: ...


@dataclass(frozen=True, slots=True)
class Entry:
    values: EntryValues
    problems: tuple[FieldProblem, ...] = ()


@dataclass(frozen=True, slots=True)
class Cell:
    """One input as it is shown."""

    input: Input
    name: str
    value: str
    error: str


@dataclass(frozen=True, slots=True)
class EntryRow:
    """`blank`: an empty row that may stay empty."""

    form: EntryForm
    prefix: str
    cells: tuple[Cell, ...]
    blank: bool = False


def read_entry(posted: Posted, form: EntryForm, prefix: str = "") -> Entry:
    """What was typed under the names `prefix` + member. Every problem is told at its field."""
    values: EntryValues = {}
    problems: list[FieldProblem] = []
    for one in form.inputs:
        text = posted[prefix + one.name].strip().replace("\x00", "")
        value, wrong = read_input(one, text)
        if wrong:
            problems.append(FieldProblem(prefix + one.name, wrong))
        elif value is not None:
            _put(values, one.name, value)
    return Entry(values, tuple(problems))


def read_entries(posted: Posted, form: EntryForm, prefix: str = "e") -> list[Entry]:
    """The rows `e0.`, `e1.`, …; rows in which nothing was typed are left out."""
    found = []
    for number in range(MOST_ROWS):
        row = f"{prefix}{number}."
        if not any(row + one.name in posted for one in form.inputs):
            break
        if any(posted[row + one.name].strip() for one in form.inputs):
            found.append(read_entry(posted, form, row))
    return found


def entry_row(
    form: EntryForm, values: Mapping[str, Any] | None = None, *, prefix: str = "", posted: Posted | None = None,
    problems: Sequence[FieldProblem] = (), blank: bool = False,
) -> EntryRow:  # fmt: skip
    """As typed (`posted`) if the form was refused, else as stored, else the defaults."""
    wrong = {problem.place: problem.message for problem in reversed(problems)}
    cells = []
    for one in form.inputs:
        name = prefix + one.name
        stored = "" if blank else get(values or {}, one.name) or one.default
        value = posted[name] if posted is not None and name in posted else stored
        cells.append(Cell(one, name, value, wrong.get(name, "")))
    return EntryRow(form, prefix, tuple(cells), blank)


def entry_rows(
    form: EntryForm, entries: Sequence[Mapping[str, Any]], *, prefix: str = "e", blank: int = 1,
    posted: Posted | None = None, problems: Sequence[FieldProblem] = (),
) -> list[EntryRow]:  # fmt: skip
    """The stored entries and `blank` empty rows below them (one row in all where a leaf takes a single entry)."""
    rows: list[Mapping[str, Any] | None] = [*entries]
    rows += [None] * (blank if form.repeats else int(not rows))
    return [
        entry_row(form, values, prefix=f"{prefix}{n}.", posted=posted, problems=problems, blank=values is None)
        for n, values in enumerate(rows)
    ]


def as_record(leaf: Indicator, values: Mapping[str, Any], *, subject: str, day: date, number: str = "") -> Record:
    """The entry as scoring takes it. `date` of the entry wins over `day`."""
    given: dict[str, Any] = {name: Decimal(values[name]) for name in NUMBERS if values.get(name) is not None}
    given |= {name: values[name] for name in ("level", "done", "matter", "note") if values.get(name)}
    count = int(values["count"]) if values.get("count") is not None else None
    on = date.fromisoformat(values["date"]) if values.get("date") else day
    measures = {name: _measure(leaf, name, value) for name, value in (values.get("fields") or {}).items()} or None
    return Record(id=number, subject=subject, leaf=leaf.code, date=on, count=count, fields=measures, **given)


def _measure(leaf: Indicator, name: str, value: Any) -> Any:
    return Decimal(value) if name in leaf.fields and leaf.fields[name].type in {"decimal", "integer"} else value


def check(
    scheme: Scheme,
    parameters: Mapping[str, Any],
    subject: Subject,
    leaf: Indicator,
    entries: Iterable[Mapping[str, Any]],
    *,
    day: date,
    prefixes: Sequence[str] = (),
    channel: str | None = None,
) -> list[FieldProblem]:
    """What scoring would refuse, in Chinese, at the field it concerns. `parameters` are the resolved values."""
    from kaohe.scoring import check_record

    found = []
    for number, values in enumerate(entries):
        record = msgspec.structs.replace(as_record(leaf, values, subject=subject.id, day=day), channel=channel)
        prefix = prefixes[number] if prefixes else ""
        for problem in check_record(scheme, parameters, subject, record):
            member = problem.place.partition(".")[2]
            words = f"{label_of(leaf, member)}：{in_words(member, problem.message)}"
            found.append(FieldProblem(prefix + member, words))
    return found


def label_of(leaf: Indicator, member: str) -> str:
    """What a member is called on screen."""
    if member == "amount":
        return {"−": _("扣分"), "+": _("加分")}.get(sign_of(leaf), _("分值"))
    if member.startswith("fields."):
        field = leaf.fields.get(member.removeprefix("fields."))
        return said(field.title) or member if field else member
    return _(_LABELS.get(member, member))


_LABELS = {
    "count": "次数", "level": "情形", "value": "数值", "target": "目标值", "rating": "评分", "done": "完成情况",
    "matter": "事项", "note": "说明", "date": "日期", "leaf": "条款", "subject": "对象", "fields": "附加数据",
}  # fmt: skip


def entry_words(
    leaf: Indicator,
    values: Mapping[str, Any],
    *,
    scheme: Scheme | None = None,
    parameters: Mapping[str, Any] | None = None,
    units: Mapping[str, str] | None = None,
) -> str:
    """How an entry reads in a list: 「2 次 × −2」, 「市级 +1」, 「3100 件」. The note is shown beside it. `units`: names
    of those that a record may name, by code."""
    words = [*_event_words(leaf, values, Names(scheme, None, parameters, None) if scheme else None)]
    if values.get("done"):
        words.append(_(DONE.get(values["done"], values["done"])))
    if values.get("value") is not None:
        words.append(with_unit(str(values["value"]), leaf))
    if values.get("target") is not None:
        words.append(_("目标 {target}").format(target=with_unit(str(values["target"]), leaf)))
    if values.get("rating") is not None:
        words.append(_("{points} 分").format(points=values["rating"]))
    held = values.get("fields") or {}
    order = sorted(held, key=[*leaf.fields, *held].index)
    words += [measure_words(label_of(leaf, f"fields.{n}"), _shown(leaf, n, held[n], units or {})) for n in order]
    if values.get("matter"):
        words.append(f"「{values['matter']}」")
    return "，".join(words) or _("{count} 次").format(count=1)


def _shown(leaf: Indicator, name: str, value: Any, units: Mapping[str, str]) -> str:
    if isinstance(value, bool):
        return _("是") if value else _("否")
    field = leaf.fields.get(name)
    if field and field.type == "subject":
        return units.get(str(value), str(value))
    return field.choices.get(str(value), str(value)) if field else str(value)


def _event_words(leaf: Indicator, values: Mapping[str, Any], names: Names | None) -> Iterable[str]:
    if not {"count", "amount", "level"} & set(leaf.members):
        return
    sign, times, level = sign_of(leaf), int(values.get("count") or 1), values.get("level") or leaf.default_level
    formula = leaf.levels[level].amount if level in leaf.levels else leaf.amount
    given = values.get("amount")
    if given is None and formula is not None:
        amount = names.number(formula) if names else formula.constant
        given = None if amount is None else plain(amount)
    title = (str(leaf.levels[level].title) or level) if level in leaf.levels else ""
    worth = signed(sign, Decimal(given)) if given is not None and sign else ""
    repeated = _("{count} 次").format(count=times) if times > 1 or not (worth or title) else ""
    yield " ".join(filter(None, (title, " × ".join(filter(None, (repeated, worth))))))


def _put(values: EntryValues, name: str, value: Any) -> None:
    if name.startswith("fields."):
        values.setdefault("fields", {})[name.removeprefix("fields.")] = value
    else:
        values[name] = value


def get(values: Mapping[str, Any], name: str) -> str:
    """A member as its input shows it, '' where there is none."""
    measures = values.get("fields") or {}
    held = measures.get(name.removeprefix("fields.")) if name.startswith("fields.") else values.get(name)
    return "" if held is None else str(int(held)) if isinstance(held, bool) else str(held)


__all__ = [
    "Cell", "Entry", "EntryForm", "EntryRow", "EntryValues", "Input", "Names", "as_record", "check", "entry_form", "entry_row",
    "entry_rows", "entry_words", "get", "label_of", "read_entries", "read_entry", "sign_of", "signed", "takes_daily_records",
]  # fmt: skip
