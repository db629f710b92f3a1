"""A document without what follows from the rest, its members in the order in which people read them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kaohe.scheme.model import Indicator, Scheme

_HEAD = [name for name in Scheme.__struct_fields__ if name not in ("functions", "engine", "content_hash")]
_NODE = [name for name in Indicator.__struct_fields__ if name not in ("parent", "children", "evidence")]
_INHERITED = ("kinds", "line", "channels")
_EMPTY: tuple[Any, ...] = (None, "", [], {})


def tidy(raw: Mapping[str, Any]) -> dict[str, Any]:
    """`raw` as `spell_out` leaves it. Unknown members stay, so that the check can name them."""
    found = _ordered(dict(raw), _HEAD)
    kinds = [kind.get("id") for kind in _list(found.get("kinds")) if isinstance(kind, dict)]
    for kind in _list(found.get("kinds")):
        if isinstance(kind, dict):
            _unname(kind.get("attributes"))
    _titles(found)
    parameters = found.get("parameters")
    for name, parameter in parameters.items() if isinstance(parameters, dict) else ():
        if isinstance(parameter, dict) and parameter.get("name") == name:
            del parameter["name"]
    if "indicators" in found:
        above = {"kinds": kinds}
        found["indicators"] = [_node(node, above) for node in _list(found["indicators"])]
    return {name: value for name, value in found.items() if value not in _EMPTY or name in ("indicators", "kinds")}


def _node(node: Any, above: Mapping[str, Any]) -> Any:
    if not isinstance(node, dict):
        return node
    passed_on = {name: node[name] for name in _INHERITED if name in node} or {}
    children = [_node(child, {**above, **passed_on}) for child in _list(node.get("children"))]
    node = {name: value for name, value in node.items() if name not in ("parent", "children")}
    for name in _INHERITED:
        if name in node and node[name] == above.get(name):
            del node[name]
    _titles(node)
    _unname(node.get("fields"))
    if isinstance(node.get("levels"), dict):
        node["levels"] = {name: _level(name, level) for name, level in node["levels"].items()}
    if "evidence" in node:
        node["evidence"] = [_slot(slot) for slot in _list(node["evidence"])]
    if isinstance(node.get("steps"), dict):
        node["steps"] = [{"at": at, "points": points} for at, points in node["steps"].items()]
    found = {name: value for name, value in _ordered(node, [*_NODE, "evidence"]).items() if value not in _EMPTY}
    return found | ({"children": children} if children else {})


def _ordered(held: dict[str, Any], order: list[str]) -> dict[str, Any]:
    known = {name: held[name] for name in order if name in held}
    return known | {name: value for name, value in held.items() if name not in known}


def _titles(entry: dict[str, Any]) -> None:
    """`{zh: 名称}` is written as 名称, here and in the entries below."""
    for name, value in entry.items():
        if isinstance(value, dict) and set(value) <= {"zh", "en"} and value.get("zh") is not None:
            entry[name] = value["zh"] if not value.get("en") else value
        elif name not in {"children", "indicators"}:
            for below in value if isinstance(value, list) else (value,):
                if isinstance(below, dict):
                    _titles(below)


def _unname(entries: Any) -> None:
    """What stands under its name need not repeat it."""
    for name, entry in entries.items() if isinstance(entries, dict) else ():
        if isinstance(entry, dict) and entry.get("name") == name:
            del entry["name"]


def _level(name: str, level: Any) -> Any:
    if isinstance(level, dict) and level.get("title") == name:
        level = {member: value for member, value in level.items() if member != "title"}
    return level["amount"] if isinstance(level, dict) and set(level) == {"amount"} else level


def _slot(slot: Any) -> Any:
    if isinstance(slot, dict) and slot.get("title") == slot.get("name"):
        slot = {member: value for member, value in slot.items() if member != "title"}
    return slot["name"] if isinstance(slot, dict) and set(slot) == {"name"} else slot


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
