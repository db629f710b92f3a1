"""What an author may leave out of the YAML, filled in. Paths stay, so that lines can be named."""

from __future__ import annotations

from typing import Any

INHERITED = ("kinds", "line", "channels")


def spell_out(raw: dict[str, Any]) -> dict[str, Any]:
    raw["title"] = _text(raw.get("title"))
    kinds = _dicts(raw.setdefault("kinds", []))
    for kind in kinds:
        _kind(kind)
    for name, parameter in _mapping(raw.get("parameters")).items():
        _parameter(name, parameter)
    _titles(raw)
    known = [kind["id"] for kind in kinds if _is_text(kind.get("id"))]
    for way in _list(raw.get("ways")):
        _way(way, known)
    for register in _list(raw.get("registers")):
        _register(register, known)
    defaults = {"kinds": known}
    for node in _list(raw.get("indicators")):
        _node(node, None, defaults)
    return raw


def _titles(raw: dict[str, Any]) -> None:
    if words := _mapping(raw.get("words")):
        raw["words"] = {name: _text(word) for name, word in words.items()}
    for channel in _dicts(raw.get("channels")):
        channel["title"] = _text(channel.get("title", channel.get("id")))
    for entry in _dicts(_mapping(raw.get("demands")).get("rounds")):
        entry["title"] = _text(entry.get("title"))
    for consequence in _dicts(raw.get("consequences")):
        consequence["title"] = _text(consequence.get("title"))
        if "by" in consequence:
            consequence["by"] = _text(consequence["by"])


def _kind(kind: dict[str, Any]) -> None:
    kind["title"] = _text(kind.get("title"))
    if groups := _mapping(kind.get("groups")):
        kind["groups"] = {str(group): _text(called) for group, called in groups.items()}
    for name, attribute in _mapping(kind.get("attributes")).items():
        _named(name, attribute)


def _parameter(name: str, entry: Any) -> None:
    if not isinstance(entry, dict):
        return
    entry.setdefault("name", name)
    choices = entry.get("choices")
    if isinstance(choices, list):
        choices = {str(choice): str(choice) for choice in choices}
    if isinstance(choices, dict):
        entry["choices"] = {str(choice): _text(title) for choice, title in choices.items()}


def _register(register: Any, kinds: list[str]) -> None:
    if isinstance(register, dict):
        register["title"], register["who"] = _text(register.get("title")), _text(register.get("who", "姓名"))
        register.setdefault("kinds", kinds)


def _way(way: Any, kinds: list[str]) -> None:
    """Who acts on a step is one for all kinds of the way, unless it is told by kind."""
    if not isinstance(way, dict):
        return
    way["title"] = _text(way.get("title"))
    way.setdefault("kinds", kinds)
    for step in _dicts(way.get("steps")):
        step["title"] = _text(step.get("title"))
        if isinstance(step.get("by"), str):
            step["by"] = dict.fromkeys(filter(_is_text, _list(way["kinds"])), step["by"])
    for addition in _dicts(way.get("adds")):
        addition["title"] = _text(addition.get("title"))


def _named(name: str, entry: Any) -> None:
    if isinstance(entry, dict):
        entry.setdefault("name", name)
        entry["title"] = _text(entry.get("title", name))
        if isinstance(entry.get("choices"), list):
            entry["choices"] = {str(choice): str(choice) for choice in entry["choices"]}


def _node(node: Any, parent: dict[str, Any] | None, inherited: dict[str, Any]) -> None:
    if not isinstance(node, dict):
        return
    _place(node, parent)
    for name in INHERITED:
        if name in inherited:
            node.setdefault(name, inherited[name])
    node["title"] = _text(node.get("title"))
    _tables(node)
    leaf_defaults = node.pop("leaves") if isinstance(node.get("leaves"), dict) else {}
    if node.get("highest_only") is True:
        node["highest_only"] = node.get("code")
    each = node.get("highest_only") == "each"
    if each:
        del node["highest_only"]
    passed_on = {name: node[name] for name in INHERITED if name in node}
    for child in _list(node.get("children")):
        if isinstance(child, dict):
            for name, value in leaf_defaults.items():
                child.setdefault(name, value)
            if each and str(child.get("rule", "")).startswith("bonus"):
                child.setdefault("highest_only", True)
        _node(child, node, passed_on)


def _place(node: dict[str, Any], parent: dict[str, Any] | None) -> None:
    """`.absent` continues the branch's code, `+1` its article."""
    if parent is None:
        return
    above, code = str(parent.get("code", "")), node.get("code")
    node["parent"] = above
    if isinstance(code, str):
        node["code"] = above + code if code.startswith(".") else code
    article = str(node.get("article", "+"))
    above = str(parent.get("article", ""))
    node["article"] = above + article[1:] if article.startswith("+") else article


def _tables(node: dict[str, Any]) -> None:
    levels = node.get("levels")
    if isinstance(levels, dict):
        node["levels"] = {str(name): _level(str(name), level) for name, level in levels.items()}
    if isinstance(node.get("steps"), dict):
        node["steps"] = [{"at": at, "points": points} for at, points in node["steps"].items()]
    evidence = node.get("evidence", [])
    if isinstance(evidence, str | list):
        node["evidence"] = [_evidence(slot) for slot in ([evidence] if _is_text(evidence) else evidence)]
    if isinstance(source := node.get("source"), dict):
        _pin(node, source)
    for name, field in _mapping(node.get("fields")).items():
        _named(name, field)
    if "article" in node:
        node["article"] = str(node["article"])


def _pin(node: dict[str, Any], source: dict[str, Any]) -> None:
    """A record of an imported leaf has to name the very scheme and version that are pinned."""
    for name, title in (("scheme", "方案"), ("version", "版本")):
        field = {"title": title, "type": "choice", "required": True, "choices": [source.get(name)]}
        if isinstance(node.setdefault("fields", {}), dict):
            node["fields"].setdefault(name, field)


def _level(name: str, level: Any) -> Any:
    if not isinstance(level, dict):
        return {"amount": level, "title": {"zh": name}}
    level["title"] = _text(level.get("title", name))
    return level


def _evidence(slot: Any) -> Any:
    if isinstance(slot, str):
        return {"name": slot, "title": {"zh": slot}}
    if isinstance(slot, dict):
        slot["title"] = _text(slot.get("title", slot.get("name")))
    return slot


def _text(value: Any) -> Any:
    return {"zh": value} if isinstance(value, str) else value


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [each for each in _list(value) if isinstance(each, dict)]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
