"""One record against its leaf: which members it may carry, and within which bounds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import msgspec

from kaohe.scheme.formula import Formula, exact, plain
from kaohe.scheme.model import Field, Indicator, Scheme
from kaohe.scheme.parameters import Values
from kaohe.scheme.problems import Problem, shown
from kaohe.scoring.facts import Record

MEMBERS = (
    "count",
    "amount",
    "level",
    "value",
    "target",
    "rating",
    "channel",
    "rater",
    "done",
    "matter",
    "fields",
)


class LeafCheck:
    """Compiled once for a leaf and kind. `quick` is True for the plain case that is surely right."""

    def __init__(self, scheme: Scheme, leaf: Indicator, kind: str, values: Values) -> None:
        self.scheme, self.leaf = scheme, leaf
        self.names = {name: exact(value) for name, value in values.items()}
        self.members = leaf.members
        full = scheme.full_points(leaf, kind, self.names)
        self.full = None if full is None else Fraction(full)
        self.low, self.high = self._number(leaf.min), self._number(leaf.max)
        self.simple = leaf.rule in ("deduct", "bonus", "deduct-range", "bonus-range") or (
            leaf.rule in ("deduct-by-level", "bonus-by-level")
        )
        self.simple = self.simple and leaf.note == "optional" and leaf.matter == "optional"
        self.levels: dict[str | None, bool] = dict.fromkeys(leaf.levels, True)
        self.levels[None] = leaf.default_level is not None
        self.ranged = leaf.rule.endswith("-range")
        self.within: dict[Decimal, bool] = {}  # amounts that were looked at
        self.levelled = leaf.rule.endswith("-by-level")
        own = leaf.formula is not None and any(leaf.code in codes for _, codes in leaf.formula.calls)
        self.derived = leaf.rule == "formula" and not (own or leaf.fields)
        self.derived = self.derived or (leaf.rule == "function" and self.members == ("matter",))
        self.measured = leaf.rule == "check" and leaf.formula is not None

    def _number(self, formula: Formula | None) -> Fraction | None:
        return None if formula is None or formula(self.names) is None else formula.number(self.names)

    def quick(self, r: Record) -> bool:
        if not self.simple or r.matter is not None or r.fields is not None:
            return False
        if r.count is not None and (r.count < 1 or not self.leaf.counts):
            return False
        if (r.value, r.target, r.rating, r.channel, r.rater, r.done) != _SIX_NONES:
            return False
        if self.ranged:
            return r.level is None and r.amount is not None and self._is_within(r, r.amount)
        if self.levelled:
            return r.amount is None and self.levels.get(r.level, False)
        return r.amount is None and r.level is None

    def _is_within(self, r: Record, amount: Decimal) -> bool:
        found = self.within.get(amount)
        if found is None:
            found = self.within[amount] = not any(self._amount(r))
        return found

    def __call__(self, record: Record, place: str) -> Iterator[Problem]:
        for name, code, value, allowed, zh in self._wrong(record):
            where = f"{place}.{name}"
            yield Problem(where, code, shown(value) if value != "" else "", allowed, self.scheme.id, self.leaf.code, zh)

    def _wrong(self, r: Record) -> Iterator[tuple[str, str, Any, str, str]]:
        if self.derived:
            yield "leaf", "rule", r.leaf, "it is derived and takes no record", "由数据得出，不另作记录"
            return
        for name in MEMBERS:
            if name not in self.members and getattr(r, name) is not None:
                yield name, "unwanted", getattr(r, name), ", ".join(self.members), ""
        for name in self.members:
            if check := _CHECKS.get(name):
                yield from check(self, r)
        if self.leaf.note == "required" and not (r.note or "").strip():
            yield "note", "missing", "", "a note", "说明"
        yield from self._one_of(r)

    def _one_of(self, r: Record) -> Iterator[tuple[str, str, Any, str, str]]:
        """Two ways to say the same: a rating or a value, a number or things one by one."""
        leaf = self.leaf
        if leaf.rule == "judged":
            if r.rating is None and r.value is None:
                yield "rating", "missing", "", self._rating_range(), ""
            if r.rating is not None and r.value is not None:
                yield "value", "conflict", r.value, "rating", "评分（二者只填其一）"
        if leaf.rule in ("target", "steps", "imported"):
            if r.value is None and not ((leaf.qualifies or leaf.value is not None) and r.fields):
                yield "value", "missing", "", "a number", "数"
            if r.value is not None and leaf.qualifies and r.fields:
                yield "value", "conflict", r.value, "fields", "逐项登记（二者只填其一）"

    def _amount(self, r: Record) -> Iterator[tuple[str, str, Any, str, str]]:
        low, high = self.low or Fraction(0), self.high
        if r.amount is None:
            yield "amount", "missing", "", _range(low, high), ""
        elif r.amount < low or (high is not None and r.amount > high):
            yield "amount", "range", r.amount, _range(low, high), ""

    def _count(self, r: Record) -> Iterator[tuple[str, str, Any, str, str]]:
        if r.count is not None and r.count < 1:
            yield "count", "range", r.count, "whole numbers from 1", "1 以上的整数"

    def _level(self, r: Record) -> Iterator[tuple[str, str, Any, str, str]]:
        allowed = ", ".join(self.leaf.levels)
        if r.level is None:
            if self.leaf.default_level is None and self.leaf.levels:
                yield "level", "missing", "", allowed, ""
        elif r.level not in self.leaf.levels:
            yield "level", "choice", r.level, allowed, ""

    def _value(self, r: Record) -> Iterator[tuple[str, str, Any, str, str]]:
        if r.value is None:
            return
        judged = self.leaf.rule == "judged"
        low = Fraction(0) if judged or self.low is None else self.low
        high = None if judged else self.high
        if self.leaf.unit in ("percent", "%"):
            high = Fraction(100) if high is None else high
        if r.value < low or (high is not None and r.value > high):
            yield "value", "range", r.value, _range(low, high), ""
        elif self.leaf.value_channel is not None and r.channel != self.leaf.value_channel:
            yield "value", "conflict", r.value, f"channel {self.leaf.value_channel}", ""

    def _target(self, r: Record) -> Iterator[tuple[str, str, Any, str, str]]:
        if r.target is None:
            if self.leaf.target is None and not self.leaf.target_from:
                yield "target", "missing", "", "a number", "数"
        elif r.target < 0:
            yield "target", "range", r.target, "at least 0", "0 以上的数"

    def _rating_range(self) -> str:
        return _range(Fraction(0), self._highest())

    def _highest(self) -> Fraction | None:
        if self.high is not None:
            return self.high
        return self.full if self.full is not None else Fraction(1)

    def _rating(self, r: Record) -> Iterator[tuple[str, str, Any, str, str]]:
        highest = self._highest()
        if r.rating is None:
            return
        if self.leaf.rule == "check" and r.done != "partial":
            yield "rating", "conflict", r.rating, f"done {r.done or 'missing'}", ""
        elif r.rating < 0 or (highest is not None and r.rating > highest):
            yield "rating", "range", r.rating, self._rating_range(), ""

    def _channel(self, r: Record) -> Iterator[tuple[str, str, Any, str, str]]:
        allowed = ", ".join(self.leaf.channels)
        if r.channel is None:
            yield "channel", "missing", "", allowed, ""
        elif r.channel not in self.leaf.channels:
            yield "channel", "choice", r.channel, allowed, ""

    def _rater(self, r: Record) -> Iterator[tuple[str, str, Any, str, str]]:
        own = {channel.id for channel in self.scheme.channels if not channel.self_rating}
        if r.rater is not None and r.rater == r.subject and r.channel in own:
            yield "rater", "conflict", r.rater, "subject", "考核对象本人（不得评自己）"

    def _done(self, r: Record) -> Iterator[tuple[str, str, Any, str, str]]:
        allowed = ", ".join(self.leaf.done)
        if self.measured and r.fields:
            if r.done is not None:
                yield "done", "conflict", r.done, "fields", "测评数据（二者只填其一）"
        elif r.done is None:
            if self.measured:
                allowed += " or fields"
            yield "done", "missing", "", allowed, ""
        elif r.done not in self.leaf.done:
            yield "done", "choice", r.done, allowed, ""
        elif r.done == "not_applicable" and not (r.note or "").strip():
            yield "note", "missing", "", "a note why it does not apply", "不适用的理由"

    def _matter(self, r: Record) -> Iterator[tuple[str, str, Any, str, str]]:
        if self.leaf.matter == "required" and not r.matter:
            yield "matter", "missing", "", "the name of the matter", "事项名称"
        if r.matter is not None and (r.count or 1) > 1:
            yield "count", "conflict", r.count, "matter: a named matter counts once", "事项（写明事项时只能为 1）"

    def _fields(self, r: Record) -> Iterator[tuple[str, str, Any, str, str]]:
        given, declared = r.fields or {}, self.leaf.fields
        for name in given:
            if name not in declared:
                yield f"fields.{name}", "unknown", name, ", ".join(declared), ""
        single = r.value is not None or (
            not given and (self.measured or bool(self.leaf.qualifies) or self.leaf.value is not None)
        )
        single = single and self.leaf.rule != "imported"
        for name, field in declared.items():
            value = given.get(name)
            if value is None:
                if not single and self._is_asked(field, given):
                    yield f"fields.{name}", "missing", "", field.type, "、".join(field.choices) or TYPES[field.type][1]
            else:
                yield from self._field(f"fields.{name}", field, value)
        if given and not single:
            yield from self._must(given)

    def _is_asked(self, field: Field, given: Mapping[str, Any]) -> bool:
        if field.required_if is None:
            return field.required
        others: dict[str, Any] = dict.fromkeys(self.leaf.fields)
        return field.required_if.holds(self.names | others | dict(given))

    def _must(self, given: Mapping[str, Any]) -> Iterator[tuple[str, str, Any, str, str]]:
        """What the measures have to fulfil together, once each of them is right."""
        declared = self.leaf.fields
        if any(name not in declared or any(self._field("", declared[name], v)) for name, v in given.items()):
            return
        for must in self.leaf.must:
            if must.holds.names <= {*self.names, *given} and not must.holds.holds(
                self.names | {name: exact(value) for name, value in given.items()}
            ):
                said = ", ".join(f"{name} {shown(value)}" for name, value in given.items())
                yield "fields", "rule", said, must.holds.text, must.why

    def _field(self, name: str, field: Field, value: Any) -> Iterator[tuple[str, str, Any, str, str]]:
        if not _IS[field.type](value):
            yield name, "type", value, *TYPES[field.type]
        elif field.choices and value not in field.choices:
            yield name, "choice", value, ", ".join(field.choices), ""
        elif field.type in ("decimal", "integer"):
            low, high = self._number(field.min), self._number(field.max)
            number = Fraction(Decimal(value))
            if (low is not None and number < low) or (high is not None and number > high):
                yield name, "range", value, _range(low, high), ""


def _range(low: Fraction | None, high: Fraction | None) -> str:
    if low is None or high is None:
        return f"at most {plain(high)}" if high is not None else f"at least {plain(low or 0)}"
    return f"{plain(low)} to {plain(high)}"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _is_date(value: Any) -> bool:
    try:
        msgspec.convert(value, date)
    except msgspec.ValidationError:
        return False
    return True


_SIX_NONES = (None,) * 6
_IS: dict[str, Callable[[Any], bool]] = {
    "decimal": _is_number,
    "integer": lambda value: _is_number(value) and value == int(value),
    "text": lambda value: isinstance(value, str),
    "choice": lambda value: isinstance(value, str),
    "subject": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "date": _is_date,
}
TYPES = {
    "decimal": ("a number", "数"),
    "integer": ("a whole number", "整数"),
    "text": ("text", "文字"),
    "choice": ("text", "文字"),
    "subject": ("a subject's id", "考核对象编号"),
    "boolean": ("true or false", "是或否"),
    "date": ("a date (YYYY-MM-DD)", "日期，如 2026-01-31"),
}
_CHECKS: dict[str, Callable[[LeafCheck, Record], Iterator[tuple[str, str, Any, str, str]]]] = {
    "amount": LeafCheck._amount,  # noqa: SLF001 (its own class)
    "count": LeafCheck._count,  # noqa: SLF001
    "level": LeafCheck._level,  # noqa: SLF001
    "value": LeafCheck._value,  # noqa: SLF001
    "target": LeafCheck._target,  # noqa: SLF001
    "rating": LeafCheck._rating,  # noqa: SLF001
    "channel": LeafCheck._channel,  # noqa: SLF001
    "rater": LeafCheck._rater,  # noqa: SLF001
    "done": LeafCheck._done,  # noqa: SLF001
    "matter": LeafCheck._matter,  # noqa: SLF001
    "fields": LeafCheck._fields,
}
