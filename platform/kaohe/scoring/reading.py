"""Facts from YAML, JSON or plain objects. Whatever cannot be read is a problem with its place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

import msgspec

from kaohe.scheme import yaml_text
from kaohe.scheme.calendar import Calendar
from kaohe.scheme.problems import BadFacts, Problem, shown
from kaohe.scoring.facts import Facts, Record, Subject, finite

T = TypeVar("T", Record, Subject)
_json = msgspec.json.Decoder(float_hook=Decimal)
_MEMBERS = ("scheme", "period", "parameters", "calendar", "subjects", "records")


def decode_facts(data: bytes | str | Mapping[str, Any], *, calendar: Calendar | None = None) -> Facts:
    """`calendar` is the one that holds where the facts bring none.

    Raises BadFacts where the text is neither JSON nor YAML, or no facts file at all. Members that
    cannot be read stay in `Facts.unread`, so that `check` can report them with everything else.
    """
    raw = data if isinstance(data, Mapping) else _parse(data)
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


def _parse(data: bytes | str) -> Any:
    text = data.encode() if isinstance(data, str) else data
    if text.lstrip()[:1] == b"{":
        try:
            return _json.decode(text)
        except msgspec.DecodeError as error:
            json_error = str(error)
        try:
            return yaml_text.load(text.decode())
        except (yaml_text.YamlError, UnicodeDecodeError):
            raise BadFacts([_unreadable("facts", json_error)]) from None
    try:
        return yaml_text.load(text.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise BadFacts([_unreadable("facts", "not UTF-8")]) from None
    except yaml_text.YamlError as error:
        raise BadFacts([_unreadable(f"line {error.line}", str(error))]) from None


def _unreadable(place: str, why: str) -> Problem:
    return Problem(place, "type", why, "YAML or JSON", allowed_zh="合法的 YAML 或 JSON")


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
