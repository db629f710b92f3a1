"""Choices that are the draft's own: its kinds of subjects, channels, indicators … A member says which by `offers`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from kaohe.designs.document import walk
from kaohe.designs.members import Member, zh_of

Choices = tuple[tuple[str, str], ...]


def offered(members: Sequence[Member], document: Mapping[str, Any]) -> tuple[Member, ...]:
    """With the choices filled in; where there is nothing to choose from, the question is left out."""
    return tuple(_filled(member, document) for member in members if _is_asked(member, document))


def _is_asked(member: Member, document: Mapping[str, Any]) -> bool:
    return not member.offers or bool(_OFFERS[member.offers](document))


def _filled(member: Member, document: Mapping[str, Any]) -> Member:
    choices = _OFFERS[member.offers](document) if member.offers and not member.columns else member.choices
    return replace(member, choices=choices, columns=offered(member.columns, document))


def _kinds(document: Mapping[str, Any]) -> Choices:
    return tuple(_named(document.get("kinds")))


def _several_kinds(document: Mapping[str, Any]) -> Choices:
    """Of one kind alone there is nothing to tell apart."""
    kinds = _kinds(document)
    return kinds if len(kinds) > 1 else ()


def _channels(document: Mapping[str, Any]) -> Choices:
    return tuple(_named(document.get("channels")))


def _maps(document: Mapping[str, Any]) -> Choices:
    """Parameters that are a table of names and numbers."""
    held = document.get("parameters")
    found = held.items() if isinstance(held, Mapping) else ()
    return tuple(
        (name, _told(each.get("title"), name))
        for name, each in found
        if isinstance(each, Mapping) and each.get("type") == "map"
    )


def _leaves(document: Mapping[str, Any]) -> Choices:
    return tuple(_coded(node) for _address, node in walk(document) if not node.get("children") and node.get("code"))


def _items(document: Mapping[str, Any]) -> Choices:
    return tuple(_coded(node) for address, node in walk(document) if len(address) == 1 and node.get("code"))


def _way_steps(document: Mapping[str, Any]) -> Choices:
    ways = [way for way in document.get("ways") or () if isinstance(way, Mapping)]
    return tuple(dict(step for way in ways for step in _named(way.get("steps"))).items())


def _named(entries: Any) -> Iterator[tuple[str, str]]:
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, Mapping) and entry.get("id"):
            yield str(entry["id"]), _told(entry.get("title"), str(entry["id"]))


def _coded(node: Mapping[str, Any]) -> tuple[str, str]:
    code = str(node["code"])
    return code, _told(node.get("title"), code)


def _told(title: Any, name: str) -> str:
    said = zh_of(title)
    return f"{said}（{name}）" if said and said != name else name


_OFFERS: dict[str, Callable[[Mapping[str, Any]], Choices]] = {
    "kinds": _kinds, "several kinds": _several_kinds, "channels": _channels, "maps": _maps, "leaves": _leaves, "items": _items,
    "way steps": _way_steps,
}  # fmt: skip
