"""A scheme from its YAML: shorthand spelled out, then read into the model, then cross-checked."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import msgspec

from kaohe.scheme import yaml_text
from kaohe.scheme.conversion import convert
from kaohe.scheme.faults import Fault, faults
from kaohe.scheme.model import RuleFunction, Scheme
from kaohe.scheme.problems import BadScheme
from kaohe.scheme.shorthand import spell_out


def load_scheme(path: Path, functions: Mapping[str, RuleFunction] | None = None) -> Scheme:
    """Raises BadScheme, whose messages name file, line and the mend."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadScheme([f"{path.name}:1: 不是 UTF-8 的文本，请另存为 UTF-8"]) from None
    return read_scheme(text.replace("\r\n", "\n"), str(path.name), functions)


def read_scheme(text: str, name: str = "scheme.yaml", functions: Mapping[str, RuleFunction] | None = None) -> Scheme:
    try:
        raw = yaml_text.load(text)
    except yaml_text.YamlError as error:
        raise BadScheme([f"{name}:{error.line}: 不是合法的 YAML：{error}"]) from None
    if not isinstance(raw, dict):
        raise BadScheme([f"{name}:1: 方案是一张键值表，以 id: 开头"])
    scheme, wrong = convert(spell_out(raw))
    if scheme is None:
        raise BadScheme(_told(name, text, wrong))
    named = {key: (functions or {})[key] for key in _functions(scheme) if key in (functions or {})}
    content = hashlib.sha256(text.encode()).hexdigest()
    scheme = msgspec.structs.replace(scheme, functions=named, content_hash=f"sha256:{content}")
    if found := list(faults(scheme)):
        raise BadScheme(_told(name, text, found))
    return scheme


def _told(name: str, text: str, wrong: Iterable[Fault]) -> Iterator[str]:
    """In the order of the file, each once."""
    places = yaml_text.lines(text)
    told = dict.fromkeys((_line(places, path), message) for path, message in wrong)
    return (f"{name}:{line}: {message}" for line, message in sorted(told, key=lambda one: one[0]))


def _line(places: Mapping[yaml_text.Path, int], path: yaml_text.Path) -> int:
    """Of the nearest thing that stands in the file."""
    while path and path not in places:
        path = path[:-1]
    return places.get(path, 1)


def _functions(scheme: Scheme) -> Iterator[str]:
    return (node.function for node in scheme.nodes if node.function)
