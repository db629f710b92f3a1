"""What a scheme says of itself, as the catalogue and the command line show it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from kaohe.scheme.formula import Formula, exact, plain
from kaohe.scheme.model import Field, Indicator, Scheme
from kaohe.scheme.parameters import Parameter

_DECLARED = (
    "amount",
    "min",
    "max",
    "default_level",
    "caps",
    "floor",
    "target",
    "steps",
    "channels",
    "weight",
    "unit",
    "formula",
    "value",
    "done",
    "partial",
    "matter",
    "note",
    "once",
    "highest_only",
    "flags",
    "at_most",
)


def describe(scheme: Scheme) -> dict[str, Any]:
    """Points are numbers even where a parameter sets them: with its default, the parameter named beside."""
    values, _problems = scheme.resolve_parameters({})
    defaults = {name: exact(value) for name, value in values.items()}
    return {
        "id": scheme.id,
        "version": scheme.version,
        "title": {"zh": scheme.title.zh, "en": scheme.title.en},
        "regulation": scheme.regulation,
        "effective": scheme.effective.isoformat() if scheme.effective else None,
        "expires": scheme.expires.isoformat() if scheme.expires else None,
        "kinds": [kind.id for kind in scheme.kinds],
        "periods": list(scheme.periods),
        "parameters": [_parameter(parameter) for parameter in scheme.parameters.values()],
        "indicators": [indicator(node, defaults) for node in scheme.nodes],
    }


def _parameter(parameter: Parameter) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "type": parameter.type,
        "default": _value(parameter.default),
        "min": _value(parameter.min),
        "max": _value(parameter.max),
        "unit": parameter.unit,
        "silent": parameter.silent,
        "title": parameter.title,
        "article": parameter.article,
    } | ({"choices": list(parameter.choices)} if parameter.choices else {})


def indicator(node: Indicator, defaults: Mapping[str, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "code": node.code,
        "parent": node.parent,
        "kinds": list(node.kinds),
        "title": {"zh": node.title.zh, "en": node.title.en},
        "points": _points(node.points, defaults),
        "rule": node.rule,
    }
    if node.points is not None and node.points.constant is None:
        shown["points_from"] = node.points.text
    if node.points_by_kind:
        shown["points_by_kind"] = {kind: _points(points, defaults) for kind, points in node.points_by_kind.items()}
    if node.levels:
        shown["levels"] = {name: _value(level.amount) for name, level in node.levels.items()}
        flags = {name: list(level.flags) for name, level in node.levels.items() if level.flags}
        shown |= {"level_flags": flags} if flags else {}
    for name in _DECLARED:
        value = getattr(node, name)
        if value not in (None, (), {}, "", _DEFAULTS.get(name)):
            shown[name] = _value(value)
    if node.fields:
        shown["fields"] = {name: _field(field) for name, field in node.fields.items()}
    shown["article"] = node.article
    shown["evidence"] = [slot.name for slot in node.evidence]
    return shown


_DEFAULTS: dict[str, Any] = {
    "done": ("full", "partial", "none"),
    "matter": "optional",
    "note": "optional",
}


def _points(points: Formula | None, defaults: Mapping[str, Any]) -> str | None:
    value = None if points is None else points(defaults)
    return None if value is None else plain(exact(value))


def _field(field: Field) -> dict[str, Any]:
    shown: dict[str, Any] = {"type": field.type, "title": field.title.zh, "required": field.required}
    for name in ("min", "max"):
        if (bound := getattr(field, name)) is not None:
            shown[name] = _value(bound)
    return shown | ({"choices": dict(field.choices)} if field.choices else {})


def _value(value: Any) -> Any:
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | Decimal):
        return plain(value)
    if isinstance(value, Formula):
        return value.text
    if isinstance(value, dict):
        return {str(key): _value(member) for key, member in value.items()}
    if isinstance(value, tuple | list):
        return [_value(member) for member in value]
    if hasattr(value, "at"):
        return {"at": _value(value.at), "points": _value(value.points)}
    return value
