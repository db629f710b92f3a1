"""Attributes and measures as their declared types read them: the number 5 is also written 5.0 or "5"."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from kaohe.scheme.model import Attribute, Field, Scheme
from kaohe.scoring.facts import Facts, Record, Subject, finite


def spelled(scheme: Scheme, facts: Facts) -> Facts:
    """What cannot be read stays as it is, for the check to tell."""
    kinds = {kind.id: kind.attributes for kind in scheme.kinds}
    subjects = [_subject(subject, kinds.get(subject.kind)) for subject in facts.subjects]
    records = [record if record.fields is None else _record(scheme, record) for record in facts.records]
    return msgspec.structs.replace(facts, subjects=subjects, records=records)


def _subject(subject: Subject, declared: Mapping[str, Attribute] | None) -> Subject:
    if not declared or not subject.attributes:
        return subject
    return msgspec.structs.replace(subject, attributes=_read(subject.attributes, declared))


def _record(scheme: Scheme, record: Record) -> Record:
    leaf = scheme.leaves.get(record.leaf)
    if leaf is None or not leaf.fields or not record.fields:
        return record
    return msgspec.structs.replace(record, fields=_read(record.fields, leaf.fields))


def _read(given: Mapping[str, Any], declared: Mapping[str, Attribute] | Mapping[str, Field]) -> dict[str, Any]:
    return {
        name: _READ.get(declared[name].type, _same)(value) if name in declared else value
        for name, value in given.items()
    }


def _same(value: Any) -> Any:
    return value


def _number(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        return value
    try:
        return finite(Decimal(value))
    except (InvalidOperation, ValueError):
        return str(value)


def _text(value: Any) -> Any:
    return str(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else value


def _boolean(value: Any) -> Any:
    return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value


def _map(value: Any) -> Any:
    """Numbers by name; other values of a map are nobody's business but the check's."""
    return {str(key): _number(member) for key, member in value.items()} if isinstance(value, Mapping) else value


_READ: dict[str, Callable[[Any], Any]] = {
    "decimal": _number,
    "integer": _number,
    "text": _text,
    "choice": _text,
    "subject": _text,
    "boolean": _boolean,
    "map": _map,
}
