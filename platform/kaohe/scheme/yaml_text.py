"""YAML read from its text: numbers exact, dates and periods as written, lines remembered."""

from __future__ import annotations

import re
from collections.abc import Hashable
from contextlib import suppress
from decimal import Decimal
from typing import Any

import yaml

from kaohe.scheme.yaml_words import worded

Path = tuple[str | int, ...]


class _Telling(yaml.SafeLoader):
    """Only null, true, false and plain numbers are anything but text (`on`, `2026-03-04` are text)."""


class _Quick(yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader):  # type: ignore[misc]
    """The same by libyaml; what it says of an error is poorer."""


def _number(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> int | Decimal:
    text = loader.construct_scalar(node)
    return Decimal(text) if "." in text else int(text)


def _mapping(loader: yaml.SafeLoader, node: yaml.MappingNode) -> dict[Hashable, Any]:
    loader.flatten_mapping(node)
    found: dict[Hashable, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in found:
            raise yaml.MarkedYAMLError(problem=f"「{key}」写了两次", problem_mark=key_node.start_mark)
        found[key] = loader.construct_object(value_node, deep=True)
    return found


for _loader in (_Telling, _Quick):
    _loader.yaml_implicit_resolvers = {}
    _loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:~|null|)$"), ["~", "n", ""])
    _loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), ["t", "f"])
    _loader.add_implicit_resolver("!number", re.compile(r"^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?$"), list("-0123456789"))
    _loader.add_implicit_resolver("tag:yaml.org,2002:merge", re.compile(r"^<<$"), ["<"])
    _loader.add_constructor("!number", _number)
    _loader.add_constructor("tag:yaml.org,2002:map", _mapping)


class YamlError(ValueError):
    """The text is not YAML; `line` counts from 1."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


def load(text: str) -> Any:
    """Raises YamlError."""
    return _read(text, yaml.load)


def compose(text: str) -> yaml.Node | None:
    """The values with their lines and the way they are written. Raises YamlError."""
    root: yaml.Node | None = _read(text, yaml.compose)
    return root


def lines(text: str) -> dict[Path, int]:
    """Where each member stands, so that an error can name the line."""
    found: dict[Path, int] = {}
    _walk(compose(text), (), found)
    return found


def weigh(text: str, most: int) -> int | None:
    """How many values the text stands for, every use of an anchor counted; None where they are more than `most`."""
    root = compose(text)
    waiting, found = [root] if root else [], 0
    while waiting:
        node = waiting.pop()
        found += 1
        if found > most:
            return None
        if isinstance(node, yaml.MappingNode):
            waiting += [each for pair in node.value for each in pair]
        elif isinstance(node, yaml.SequenceNode):
            waiting += node.value
    return found


def _read(text: str, read: Any) -> Any:
    with suppress(yaml.YAMLError, RecursionError):
        return read(text, Loader=_Quick)
    try:
        return read(text, Loader=_Telling)
    except yaml.MarkedYAMLError as error:
        raise YamlError(*worded(error, text)) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise YamlError(f"有不能写的控制字符 U+{error.character:04X}，删去", line) from None
    except RecursionError:
        raise YamlError("层次太深，最多几十层", 1) from None


def _walk(node: yaml.Node | None, path: Path, found: dict[Path, int]) -> None:
    if node is None:
        return
    found[path] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            _walk(value, (*path, key.value), found)
            found[(*path, key.value)] = key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            _walk(value, (*path, index), found)
