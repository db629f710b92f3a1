"""Facts from YAML, JSON or plain objects. Whatever cannot be read is a problem with its place."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

import msgspec

from kaohe.scheme import yaml_text
from kaohe.scheme.calendar import Calendar
from kaohe.scheme.problems import BadFacts, Problem, shown
from kaohe.scoring.facts import Facts, Record, Subject, finite

T = TypeVar("T", Record, Subject)
_MEMBERS = ("scheme", "period", "parameters", "calendar", "subjects", "records")


def decode_facts(data: bytes | str | Mapping[str, Any], *, calendar: Calendar | None = None) -> Facts:
    """`calendar` is the one that holds where the facts bring none.

    Raises BadFacts where the text is neither JSON nor YAML, or no facts file at all. Members that
    cannot be read stay in `Facts.unread`, so that `check` can report them with everything else.
    """
    raw = data if isinstance(data, Mapping) else parse(data)
    if raw is None:
        allowed, zh = "a mapping of " + ", ".join(_MEMBERS), f"键值表，写 {'、'.join(_MEMBERS)}"
        raise BadFacts([Problem("facts", "missing", "", allowed, allowed_zh=zh)])
    if not isinstance(raw, Mapping):
        raise BadFacts([Problem("facts", "type", shown(raw)[:40], "a mapping", allowed_zh="键值表")])
    reader = _Reader()
    facts = Facts(
        scheme=reader.text(raw, "scheme"),
        period=reader.text(raw, "period"),
        parameters=reader.mapping(raw, "parameters"),
        calendar=reader.calendar(raw.get("calendar"), calendar or Calendar()),
        subjects=reader.structs(raw, "subjects", Subject),
        records=reader.structs(raw, "records", Record),
    )
    for name in raw:
        if name not in _MEMBERS:
            reader.add(str(name), "unknown", name, ", ".join(_MEMBERS))
    facts.unread = tuple(_of_scheme(problem, facts.scheme) for problem in reader.problems)
    return facts


def _of_scheme(problem: Problem, scheme: str) -> Problem:
    if problem.place.startswith(("records[", "subjects[")):
        return msgspec.structs.replace(problem, scheme=scheme)
    return problem


def parse(data: bytes | str) -> Any:
    """What a text in JSON or YAML stands for, numbers exact. Raises BadFacts, also where a name is there twice."""
    try:
        text = data if isinstance(data, str) else data.decode("utf-8-sig")
        return _json(text) if text.lstrip()[:1] == "{" else yaml_text.load(text)
    except UnicodeDecodeError:
        raise _unreadable("facts", "not UTF-8", "不是 UTF-8 的文本") from None
    except yaml_text.YamlError as error:
        raise _unreadable(f"line {error.line}", str(error)) from None
    except RecursionError:
        raise _unreadable("facts", "nested too deeply", "套得太深") from None


def _json(text: str) -> Any:
    """What only begins like JSON is read as YAML."""
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=str, object_pairs_hook=_pairs)
    except json.JSONDecodeError as error:
        with suppress(yaml_text.YamlError):
            return yaml_text.load(text)
        raise _unreadable(f"line {error.lineno}", error.msg) from None
    except ValueError as error:  # a name twice, or more digits than a number may have
        raise _unreadable("facts", str(error)) from None


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"「{next(name for name in names if names.count(name) > 1)}」写了两次")
    return found


def _unreadable(place: str, why: str, zh: str = "") -> BadFacts:
    allowed = "YAML or JSON in UTF-8"
    return BadFacts([Problem(place, "unreadable", zh or why, allowed, allowed_zh="UTF-8 的 YAML 或 JSON")])


class _Reader:
    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def add(self, place: str, code: str, value: Any, allowed: str, zh: str = "") -> None:
        self.problems.append(Problem(place, code, shown(value), allowed, allowed_zh=zh))

    def text(self, raw: Mapping[str, Any], name: str) -> str:
        value = raw.get(name)
        if isinstance(value, int | str | Decimal) and not isinstance(value, bool) and value != "":
            return str(value)
        if value is None or value == "":
            self.add(name, "missing", "", "text", "文字")
        else:
            self.add(name, "type", value, "text", "文字")
        return ""

    def mapping(self, raw: Mapping[str, Any], name: str) -> Mapping[str, Any]:
        value = raw.get(name)
        if value is None or isinstance(value, Mapping):
            return value or {}
        self.add(name, "type", value, "a mapping", "键值表")
        return {}

    def calendar(self, raw: Any, shipped: Calendar) -> Calendar:
        if not raw:
            return shipped
        if not isinstance(raw, Mapping):
            self.add("calendar", "type", raw, "a mapping", "键值表")
            return shipped
        days: dict[str, frozenset[date]] = {"holidays": frozenset(), "workdays": frozenset()}
        for name, value in raw.items():
            if name not in days:
                self.add(f"calendar.{name}", "unknown", name, ", ".join(days))
            elif not isinstance(value, Sequence) or isinstance(value, str):
                self.add(f"calendar.{name}", "type", value, "a list of dates", "日期列表")
            else:
                days[name] = frozenset(self._days(f"calendar.{name}", value))
        return Calendar(days["holidays"], days["workdays"])

    def _days(self, place: str, values: Sequence[Any]) -> list[date]:
        found = []
        for index, value in enumerate(values):
            try:
                found.append(msgspec.convert(value, date))
            except msgspec.ValidationError:
                self.add(f"{place}[{index}]", "date", value, "YYYY-MM-DD", "日期，如 2026-01-31")
        return found

    def structs(self, raw: Mapping[str, Any], name: str, type: type[T]) -> list[T]:  # noqa: A002
        values = raw.get(name)
        if values is None:
            values = []
        if not isinstance(values, Sequence) or isinstance(values, str):
            self.add(name, "type", values, "a list", "列表")
            return []
        found = []
        for index, value in enumerate(values):
            try:
                found.append(msgspec.convert(value, type))
            except msgspec.ValidationError:
                told = len(self.problems)
                mended = self._mend(f"{name}[{index}]", value, type)
                leaf = str(getattr(mended, "leaf", ""))
                self.problems[told:] = [msgspec.structs.replace(p, leaf=leaf) for p in self.problems[told:]]
                found.append(mended)
        return found

    def _mend(self, place: str, raw: Any, type: type[T]) -> T:  # noqa: A002
        """Member by member: what can be read is read, the rest is a problem and left out."""
        if isinstance(raw, type):
            return raw
        known = {member.name: member for member in msgspec.structs.fields(type)}
        read: dict[str, Any] = {}
        told = not isinstance(raw, Mapping)
        if told:
            self.add(place, "type", raw, "a mapping", "键值表")
            raw = {}
        for name, value in raw.items():
            if name not in known:
                self.add(f"{place}.{name}", "unknown", name, ", ".join(known))
            elif value is not None or known[name].required:
                self._member(f"{place}.{name}", name, value, read)
        for name, member in known.items():
            if member.required and name not in read:
                if name not in raw and not told:
                    self.add(f"{place}.{name}", "missing", "", *_EXPECTED[name])
                read[name] = date.min if name == "date" else ""
        return type(**read)

    def _member(self, place: str, name: str, value: Any, read: dict[str, Any]) -> None:
        try:
            read[name] = _READ[name](value)
        except (ValueError, TypeError, InvalidOperation):
            code = "date" if _READ[name] is _date else "type"
            self.add(place, code, value, *_EXPECTED[name])


def _number(value: Any) -> Decimal:
    if isinstance(value, bool):
        raise TypeError(value)
    return finite(Decimal(value))


def _whole(value: Any) -> int:
    number = _number(value)
    if number != number.to_integral_value():
        raise ValueError(value)
    return int(number)


def _words(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise TypeError(value)
    return str(value)


def _date(value: Any) -> date:
    return msgspec.convert(value, date)


def _mapping(value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise TypeError(value)
    return dict(value)


_Read = Callable[[Any], Any]
_KINDS_OF_MEMBER: dict[_Read, tuple[str, ...]] = {
    _number: ("amount", "value", "target", "rating"),
    _whole: ("count",),
    _date: ("date", "active_from", "active_to"),
    _mapping: ("fields", "attributes"),
    _words: (
        *("id", "subject", "leaf", "level", "matter", "note", "rater", "channel", "done"),
        *("kind", "name", "parent"),
    ),
}
_SAID: dict[_Read, tuple[str, str]] = {
    _number: ("a number", "数"),
    _whole: ("a whole number", "整数"),
    _date: ("YYYY-MM-DD", "日期，如 2026-01-31"),
    _mapping: ("a mapping", "键值表"),
    _words: ("text", "文字"),
}
_READ = {name: read for read, names in _KINDS_OF_MEMBER.items() for name in names}
_EXPECTED = {name: _SAID[read] for name, read in _READ.items()}
