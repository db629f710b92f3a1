"""Subjects against the scheme's kinds: parents, attributes, times of activity."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from kaohe.scheme.formula import Formula, exact, plain
from kaohe.scheme.model import Attribute, Kind, Scheme
from kaohe.scheme.parameters import Values
from kaohe.scheme.periods import Period
from kaohe.scheme.problems import Problem, shown
from kaohe.scoring.facts import Subject
from kaohe.scoring.record_checks import TYPES


def check_subjects(
    scheme: Scheme, subjects: Sequence[Subject], period: Period | None, values: Values
) -> Iterator[Problem]:
    kinds = {kind.id: kind for kind in scheme.kinds}
    by_id = {subject.id: subject for subject in subjects}
    names = {name: exact(value) for name, value in values.items()}
    seen: set[str] = set()
    for index, subject in enumerate(subjects):
        place = f"subjects[{index}]"
        if subject.id in seen:
            yield Problem(
                f"{place}.id", "duplicate", subject.id, "an id stands once", scheme.id, "", "编号只能出现一次"
            )
        seen.add(subject.id)
        kind = kinds.get(subject.kind)
        if kind is None:
            yield Problem(f"{place}.kind", "unknown", subject.kind, ", ".join(kinds), scheme.id)
            continue
        if kind.parent is not None or subject.parent is not None:
            yield from _parent(scheme, kind, subject, by_id, place)
        if subject.active_from and subject.active_to and subject.active_from > subject.active_to:
            allowed = f"active_from {subject.active_from}"
            yield Problem(f"{place}.active_to", "conflict", str(subject.active_to), allowed, scheme.id)
        if kind.attributes and (period is None or subject.is_active(period)):
            yield from _attributes(scheme, kind, subject, place, period, names)


def _parent(
    scheme: Scheme, kind: Kind, subject: Subject, by_id: Mapping[str, Subject], place: str
) -> Iterator[Problem]:
    place = f"{place}.parent"
    if subject.parent is None:
        if kind.parent_required:
            yield Problem(place, "missing", "", f"a {kind.parent}", scheme.id, "", f"所属的 {kind.parent}")
        return
    parent = by_id.get(subject.parent)
    if parent is None:
        allowed = "one of the subjects"
        yield Problem(place, "unknown", subject.parent, allowed, scheme.id, "", "考核对象之一")
    elif kind.parent is not None and parent.kind != kind.parent:
        value = f"{parent.id} ({parent.kind})"
        yield Problem(place, "choice", value, f"a {kind.parent}", scheme.id, "", kind.parent)


def _attributes(
    scheme: Scheme,
    kind: Kind,
    subject: Subject,
    place: str,
    period: Period | None,
    names: Mapping[str, Any],
) -> Iterator[Problem]:
    for name, declared in kind.attributes.items():
        where, value = f"{place}.attributes.{name}", subject.attributes.get(name)
        if value is None:
            if declared.required or (period is not None and period.type in declared.required_in):
                allowed = _allowed(declared, names)
                yield Problem(
                    where, "missing", "", allowed, scheme.id, "", TYPES[allowed][1] if allowed in TYPES else ""
                )
        elif not _ACCEPTS[declared.type](value) or not _within(declared, value, names):
            yield Problem(where, "range", shown(value), _allowed(declared, names), scheme.id)


def _within(declared: Attribute, value: Any, names: Mapping[str, Any]) -> bool:
    if declared.choices:
        return str(value) in declared.choices
    if declared.type not in ("decimal", "integer"):
        return True
    number = Fraction(Decimal(value))
    low, high = _bound(declared.min, names), _bound(declared.max, names)
    above = _bound(declared.above, names)
    return (low is None or number >= low) and (high is None or number <= high) and (above is None or number > above)


def _bound(formula: Formula | None, names: Mapping[str, Any]) -> Fraction | None:
    return None if formula is None else formula.number(names)


def _allowed(declared: Attribute, names: Mapping[str, Any]) -> str:
    if declared.choices:
        return ", ".join(declared.choices)
    low, high = _bound(declared.min, names), _bound(declared.max, names)
    if low is not None and high is not None:
        return f"{plain(low)} to {plain(high)}"
    if low is not None:
        return f"{declared.type} at least {plain(low)}"
    above = _bound(declared.above, names)
    return f"{declared.type} above {plain(above)}" if above is not None else declared.type


def _is_number(value: Any) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _is_choice(value: Any) -> bool:
    return isinstance(value, int | str | Decimal) and not isinstance(value, bool)


_ACCEPTS: dict[str, Callable[[Any], bool]] = {
    "decimal": _is_number,
    "integer": lambda value: _is_number(value) and value == int(value),
    "text": lambda value: isinstance(value, str),
    "choice": _is_choice,
    "boolean": lambda value: isinstance(value, bool),
    "map": lambda value: isinstance(value, Mapping),
}
