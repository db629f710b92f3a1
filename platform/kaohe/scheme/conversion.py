"""From plain values to the model. What does not fit is told in Chinese, all of it, each with its place."""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator
from difflib import get_close_matches
from re import findall, fullmatch
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Struct

from kaohe.scheme.formula import Formula, FormulaError
from kaohe.scheme.model import Scheme
from kaohe.scheme.yaml_text import Path

MOST = 50  # faults that are told at once
Fault = tuple[Path, str]
_SAID = {
    "str": "文字", "int": "整数", "bool": "true 或 false", "array": "列表", "object": "键值表", "null": "空", "decimal": "数",
    "date": "日期，如 2026-01-31",
}  # fmt: skip


def convert(raw: Any) -> tuple[Scheme | None, list[Fault]]:
    """The scheme is None where something does not fit; `raw` is used up."""
    found: list[Fault] = []
    while len(found) < MOST:
        try:
            scheme = msgspec.convert(raw, Scheme, dec_hook=_formula)
        except msgspec.ValidationError as error:
            message, _, where = str(error).partition(" - at `")
            path = _located(raw, _path(where.rstrip("`")))
            fault = (path, f"{_said(path)}{_words(message, path)}")
            if fault in found or not _without(raw, path, message):
                return None, [*found, fault]
            found.append(fault)
        else:
            return (None if found else scheme), found
    return None, found


def _formula(type: type, value: Any) -> Any:  # noqa: A002 (msgspec's signature)
    if type is not Formula:
        raise NotImplementedError(type)
    try:
        return Formula(value)
    except FormulaError as error:
        raise ValueError(str(error)) from None


def _path(where: str) -> Path:
    parts = findall(r"\.([^.\[\]]+)|\[(\d+|\.\.\.)\]", where)
    return tuple(int(index) if index.isdigit() else name or index for name, index in parts)


def _located(raw: Any, path: Path) -> Path:
    """A member of a map is told as `...`: the first that does not fit is meant."""
    found: Path = ()
    held = raw
    for part, each in zip(path, _types(path), strict=False):
        if part == "..." and isinstance(held, dict):
            part = next((str(name) for name, value in held.items() if not _fits(value, each)), part)  # noqa: PLW2901
        found = (*found, part)
        held = _member(held, part)
    return found


def _fits(value: Any, kind: Any) -> bool:
    try:
        msgspec.convert(value, kind, dec_hook=_formula)
    except msgspec.ValidationError:
        return False
    return True


def _member(held: Any, part: str | int) -> Any:
    if isinstance(held, dict):
        return held.get(part)
    return held[part] if isinstance(held, list) and isinstance(part, int) and part < len(held) else None


def _types(path: Path) -> Iterator[Any]:
    """What is expected at each step of the path."""
    kind: Any = Scheme
    for part in path:
        kind = _below(kind, part)
        yield kind


def _below(kind: Any, part: str | int) -> Any:
    for one in _alternatives(kind):
        if isinstance(one, type) and issubclass(one, Struct) and isinstance(part, str):
            return get_type_hints(one).get(part, Any)
        if get_origin(one) is tuple and isinstance(part, int):
            return get_args(one)[0]
        if get_origin(one) is dict:
            return get_args(one)[1]
    return Any


def _alternatives(kind: Any) -> tuple[Any, ...]:
    return get_args(kind) if get_origin(kind) in (Union, types.UnionType) else (kind,)


def _kind_at(path: Path) -> Any:
    return [Scheme, *_types(path)][-1]


def _without(raw: Any, path: Path, message: str) -> bool:
    """Takes what does not fit away, so that the rest can be looked at; False where it cannot be spared."""
    if unknown := fullmatch(r"Object contains unknown field `(.*)`", message):
        held = _at(raw, path)
        return isinstance(held, dict) and held.pop(unknown[1], raw) is not raw
    while path:
        held, last = _at(raw, path[:-1]), path[-1]
        if isinstance(held, dict) and last in held:
            if not _is_required(_kind_at(path[:-1]), last):
                del held[last]
                return True
        elif isinstance(held, list) and isinstance(last, int) and last < len(held) and len(path) > 2:
            del held[last]  # its lines are told by then
            return False
        path = path[:-1]
    return False


def _is_required(kind: Any, name: str | int) -> bool:
    for one in _alternatives(kind):
        if isinstance(one, type) and issubclass(one, Struct):
            return any(member.name == name and member.required for member in msgspec.structs.fields(one))
    return False


def _at(raw: Any, path: Path) -> Any:
    for part in path:
        raw = _member(raw, part)
    return raw


def _said(path: Path) -> str:
    said = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")
    return f"{said}：" if said else ""


def _words(message: str, path: Path) -> str:
    for form, tell in _WORDS:
        if found := fullmatch(form, message):
            return tell(path, *found.groups())
    return message


def _unknown(path: Path, name: str) -> str:
    if name == "leaves":
        return "「leaves」（子节点的默认）应为键值表"
    known = _members(_kind_at(path))
    return f"不认识「{name}」" + _suggestion(name, known)


def _members(kind: Any) -> list[str]:
    structs = [one for one in _alternatives(kind) if isinstance(one, type) and issubclass(one, Struct)]
    return [member.encode_name for one in structs for member in msgspec.structs.fields(one)]


def _suggestion(name: str, known: list[str]) -> str:
    if near := get_close_matches(name, known, 1):
        return f"，是不是「{near[0]}」？"
    return f"，可写：{'、'.join(known)}" if known and len(known) <= 24 else "，写法见 kit.md"


def _choice(path: Path, value: str) -> str:
    kinds = [_kind_at(path)]
    known: list[str] = []
    while kinds:
        kind = kinds.pop()
        known += [str(one) for one in get_args(kind)] if get_origin(kind) is Literal else []
        kinds += [] if get_origin(kind) is Literal else [one for one in get_args(kind) if one is not Ellipsis]
    return f"没有「{value}」这一项" + _suggestion(value, known)


def _expected(_path: Path, wanted: str, given: str) -> str:
    said = " 或 ".join(_SAID.get(one.strip(), one.strip()) for one in wanted.split("|") if one.strip() != "null")
    quoted = '，加上引号，如 "1"' if wanted == "str" and given in ("int", "decimal", "bool") else ""
    return f"应为{said}，写的是{_SAID.get(given, given)}{quoted}"


_WORDS: tuple[tuple[str, Callable[..., str]], ...] = (
    (r"Object contains unknown field `(.*)`", _unknown),
    (r"Object missing required field `(.*)`", lambda _path, name: f"缺少「{name}」，请补上"),
    (r"Invalid enum value '?(.*?)'?", _choice),
    (r"Expected `(.*)`, got `(.*)`", _expected),
    (r"Invalid (?:RFC3339 encoded )?date.*", lambda _path: "不是日期，写成 2026-01-31 这样"),
    (r"Invalid decimal string", lambda _path: "不是数"),
)
