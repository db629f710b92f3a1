"""What a record or a subject's table refers to: other subjects, leaves, targets, earlier records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from kaohe.scheme.model import Field, Indicator, Scheme
from kaohe.scheme.periods import Period
from kaohe.scheme.problems import Problem, shown
from kaohe.scoring.facts import Facts, Record, Subject


def check_references(scheme: Scheme, facts: Facts, subjects: Mapping[str, Subject]) -> Iterator[Problem]:
    """Subjects named in `fields`, and leaves whose records are unique by some of their members."""
    leaves = scheme.leaves
    seen: set[tuple[object, ...]] = set()
    wanted = {
        code for code, leaf in leaves.items() if leaf.unique or any(f.type == "subject" for f in leaf.fields.values())
    }
    for index, record in enumerate(facts.records):
        if record.leaf in wanted:
            leaf, place = leaves[record.leaf], f"records[{index}]"
            for name, field in leaf.fields.items():
                value = (record.fields or {}).get(name)
                if field.type == "subject" and isinstance(value, str):
                    yield from _named(scheme, leaf, field, subjects.get(value), value, f"{place}.fields.{name}")
            if leaf.unique:
                yield from _once(scheme, leaf, record, place, seen)


def _named(
    scheme: Scheme, leaf: Indicator, field: Field, found: Subject | None, value: str, place: str
) -> Iterator[Problem]:
    if found is None or (field.kinds and found.kind not in field.kinds):
        kinds = ", ".join(field.kinds)
        allowed = f"one of the subjects of kind {kinds}" if kinds else "one of the subjects"
        yield Problem(place, "unknown", value, allowed, scheme.id, leaf.code, f"考核对象之一 {kinds}".strip())


def _once(
    scheme: Scheme, leaf: Indicator, record: Record, place: str, seen: set[tuple[object, ...]]
) -> Iterator[Problem]:
    values = [_member(record, name) for name in leaf.unique]
    if any(value is None for value in values):
        return
    key = (record.subject, leaf.code, *map(shown, values))
    if key in seen:
        said = ", ".join(shown(value) for value in values)
        allowed = f"one record for each {' and '.join(leaf.unique)}"
        yield Problem(f"{place}.{leaf.unique[-1]}", "duplicate", said, allowed, scheme.id, leaf.code, "只登记一次")
    seen.add(key)


def _member(record: Record, name: str) -> Any:
    if name.startswith("fields."):
        return (record.fields or {}).get(name.removeprefix("fields."))
    return getattr(record, name)


def check_targets(scheme: Scheme, facts: Facts, period: Period) -> Iterator[Problem]:
    """Targets set per subject in a table: a missing one is an error even where nothing was recorded."""
    leaves = [leaf for leaf in scheme.leaves.values() if period.type in leaf.target_from]
    if not leaves:
        return
    given = {(r.subject, r.leaf) for r in facts.records if r.target is not None and period.contains(r.date)}
    for index, subject in enumerate(facts.subjects):
        if not subject.is_active(period):
            continue
        mine = [leaf for leaf in leaves if subject.kind in leaf.kinds]
        for attribute in sorted({leaf.target_from[period.type] for leaf in mine}):
            place = f"subjects[{index}].attributes.{attribute}"
            table = subject.attributes.get(attribute)
            if table is not None and not isinstance(table, Mapping):
                continue  # told as an attribute of the wrong type
            asked = {leaf.code: leaf for leaf in mine if leaf.target_from[period.type] == attribute}
            lacking = [c for c in asked if (table is None or table.get(c) is None) and (subject.id, c) not in given]
            if table is None and lacking:
                yield Problem(place, "missing", "", f"targets of {', '.join(lacking)}", scheme.id, "", "目标表")
            elif table is not None:
                yield from _table(scheme, place, table, asked, lacking)


def _table(
    scheme: Scheme, place: str, table: Mapping[str, Any], asked: Mapping[str, Indicator], lacking: list[str]
) -> Iterator[Problem]:
    for code, value in table.items():
        if code not in asked:
            yield Problem(f"{place}.{code}", "unknown", shown(code), ", ".join(asked), scheme.id)
        elif value is not None and not _is_target(value):
            yield Problem(f"{place}.{code}", "range", shown(value), "at least 0", scheme.id, code, "0 以上的数")
    for code in lacking:
        yield Problem(f"{place}.{code}", "missing", "", "a number", scheme.id, code, "数")


def _is_target(value: Any) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool) and value >= 0
