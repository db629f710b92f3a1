"""A scheme from its YAML: shorthand spelled out, then read into the model, then cross-checked."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from kaohe.scheme import yaml_text
from kaohe.scheme.formula import Formula, FormulaError
from kaohe.scheme.model import RuleFunction, Scheme
from kaohe.scheme.problems import BadScheme
from kaohe.scheme.shorthand import spell_out
from kaohe.scheme.soundness import faults


def load_scheme(path: Path, functions: Mapping[str, RuleFunction] | None = None) -> Scheme:
    """Raises BadScheme, whose messages name file, line and the mend."""
    return read_scheme(path.read_text("utf-8"), str(path.name), functions)


def read_scheme(text: str, name: str = "scheme.yaml", functions: Mapping[str, RuleFunction] | None = None) -> Scheme:
    try:
        raw = yaml_text.load(text)
        places = yaml_text.lines(text)
    except yaml_text.YamlError as error:
        raise BadScheme([f"{name}:{error.line}: {error}"]) from None
    if not isinstance(raw, dict):
        raise BadScheme([f"{name}:1: a scheme is a mapping that begins with `id:`"])
    scheme = _convert(spell_out(raw), name, places)
    named = {key: (functions or {})[key] for key in _functions(scheme) if key in (functions or {})}
    content = hashlib.sha256(text.encode()).hexdigest()
    scheme = msgspec.structs.replace(scheme, functions=named, content_hash=f"sha256:{content}")
    found = [f"{name}:{_line(places, path)}: {message}" for path, message in faults(scheme)]
    if found:
        raise BadScheme(found)
    return scheme


def _convert(raw: Any, name: str, places: Mapping[yaml_text.Path, int]) -> Scheme:
    try:
        return msgspec.convert(raw, Scheme, dec_hook=_formula)
    except msgspec.ValidationError as error:
        message, _, where = str(error).partition(" - at `")
        path = _path(where.rstrip("`"))
        raise BadScheme([f"{name}:{_line(places, path)}: {_said(path)}{message}"]) from None


def _formula(type: type, value: Any) -> Any:  # noqa: A002 (msgspec's signature)
    if type is not Formula:
        raise NotImplementedError(type)
    try:
        return Formula(value)
    except FormulaError as error:
        raise ValueError(str(error)) from None


def _path(where: str) -> yaml_text.Path:
    parts = re.findall(r"\.([^.\[\]]+)|\[(\d+|\.\.\.)\]", where)
    return tuple(int(index) if index.isdigit() else name or index for name, index in parts)


def _said(path: yaml_text.Path) -> str:
    return "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in path).lstrip(".") + ": "


def _line(places: Mapping[yaml_text.Path, int], path: yaml_text.Path) -> int:
    """Of the nearest thing that stands in the file."""
    while path and path not in places:
        path = path[:-1]
    return places.get(path, 1)


def _functions(scheme: Scheme) -> Iterator[str]:
    return (node.function for node in scheme.nodes if node.function)
