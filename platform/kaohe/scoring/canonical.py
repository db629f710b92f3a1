"""One order and one spelling of the facts, so that equal input gives equal bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from copy import copy
from decimal import Decimal
from typing import Any

import msgspec

from kaohe.scheme.calendar import Calendar
from kaohe.scheme.formula import plain
from kaohe.scheme.model import Scheme
from kaohe.scheme.parameters import Values
from kaohe.scoring.facts import Facts, Record, Subject

_LOWEST = Decimal("-Infinity")
_encoder = msgspec.json.Encoder(decimal_format="string", order="deterministic")


def normal(value: Any) -> Any:
    """Numbers as text without needless zeros, at any depth."""
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return plain(value)
    if isinstance(value, Mapping):
        return {str(key): normal(member) for key, member in value.items()}
    if isinstance(value, list | tuple):
        return [normal(member) for member in value]
    return value


def sort_records(records: Iterable[Record]) -> list[Record]:
    """By date, leaf, level, amount, value, rating, matter, note, id; then by everything else."""
    buckets: dict[Any, list[Record]] = {}
    for record in records:
        key = (record.date, record.leaf)
        held = buckets.get(key)
        if held is None:
            buckets[key] = [record]
        else:
            held.append(record)
    ordered: list[Record] = []
    for key in sorted(buckets):
        bucket = buckets[key]
        if len(bucket) > 1:
            bucket.sort(key=_key)
        ordered += bucket
    return ordered


def _key(r: Record) -> tuple[Any, ...]:
    return (
        r.level or "",
        _LOWEST if r.amount is None else r.amount,
        _LOWEST if r.value is None else r.value,
        _LOWEST if r.rating is None else r.rating,
        r.matter or "",
        r.note or "",
        r.id,
        () if r.id else _rest(r),
    )


def _rest(r: Record) -> tuple[Any, ...]:
    """What tells apart records that have no id; an id is alone of its kind."""
    return (
        r.subject,
        r.count or 0,
        _LOWEST if r.target is None else r.target,
        r.channel or "",
        r.rater or "",
        r.done or "",
        "" if r.fields is None else _encoder.encode(normal(r.fields)).decode(),
    )


def name_records(ordered: list[Record]) -> list[Record]:
    """Unnamed records get `#1`, `#2`, … in their order; the given ones are not touched."""
    if all(record.id for record in ordered):
        return ordered
    taken = {record.id for record in ordered}
    named, number = [], 0
    for record in ordered:
        if not record.id:
            number += 1
            while f"#{number}" in taken:
                number += 1
            record = copy(record)  # noqa: PLW2901
            record.id = f"#{number}"
        named.append(record)
    return named


def sort_subjects(scheme: Scheme, subjects: Iterable[Subject]) -> list[Subject]:
    order = {kind.id: index for index, kind in enumerate(scheme.kinds)}
    return sorted(subjects, key=lambda subject: (order[subject.kind], subject.id))


def calendar_members(calendar: Calendar) -> dict[str, Any]:
    return {
        "holidays": sorted(calendar.holidays),
        "known_years": None if calendar.known_years is None else sorted(calendar.known_years),
        "workdays": sorted(calendar.workdays),
    }


def told(subjects: list[Subject], records: list[Record]) -> bytes:
    """What was recorded of whom, both in their order."""
    plain = [subject for subject in subjects if not subject.attributes]
    more = [(msgspec.structs.replace(s, attributes={}), normal(s.attributes)) for s in subjects if s.attributes]
    spelled = [record if record.fields is None else _with_fields(record) for record in records]
    return _encoder.encode([plain, more]) + _encoder.encode(spelled)


def digest(scheme: Scheme, facts: Facts, parameters: Values, told: bytes) -> str:
    """SHA-256 over everything that the result depends on; `told` of these facts."""
    head = {
        "calendar": calendar_members(facts.calendar),
        "parameters": normal(parameters),
        "period": facts.period,
        "scheme": scheme.id,
        "version": scheme.version,
    }
    hasher = hashlib.sha256(msgspec.json.encode(head, order="sorted"))
    hasher.update(told)
    return f"sha256:{hasher.hexdigest()}"


def _with_fields(record: Record) -> tuple[Record, Any]:
    """A measure is the same however its number is written."""
    return msgspec.structs.replace(record, fields=None), normal(record.fields)
