"""The document of a draft: plain data, and the one YAML that is written from it.

The data is the source of truth. Numbers are int or Decimal, everything is spelled out (full codes and articles), and
nothing is kept that the data does not hold: comments of a pasted text are gone once it is saved.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
import yaml

from kaohe.designs.errors import Unreadable
from kaohe.designs.tidying import tidy
from kaohe.i18n import _
from kaohe.scheme import yaml_text
from kaohe.scheme.formula import Formula
from kaohe.scheme.model import Scheme
from kaohe.scheme.shorthand import spell_out

Document = dict[str, Any]

MOST_TEXT = 400_000  # characters
MOST_EVENTS = 60_000  # of the YAML: every scalar, list, mapping
MOST_DEPTH = 40
MOST_NODES = 800
MOST_LEVELS = 8
MOST_SCALAR = 20_000


def read_document(text: str) -> Document:
    """Raises Unreadable, with the line where there is one."""
    _measure(text)
    try:
        raw = yaml_text.load(text)
    except yaml_text.YamlError as error:
        raise Unreadable(_("第 {line} 行不是合法的 YAML：{why}").format(line=error.line, why=error)) from None
    if not isinstance(raw, dict) or not all(isinstance(name, str) for name in raw):
        raise Unreadable(_("方案应是以 id: 开头的一组「名称: 值」"))
    return checked_size(_spelled(raw))


def read_facts(text: str) -> Any:
    """Facts as somebody pasted them, under the same limits. Raises Unreadable."""
    _measure(text)
    try:
        return yaml_text.load(text) or {}
    except yaml_text.YamlError as error:
        raise Unreadable(_("第 {line} 行不是合法的 YAML：{why}").format(line=error.line, why=error)) from None


def _spelled(raw: dict[str, Any]) -> Document:
    """Raises Unreadable where the shape is so wrong that shorthand cannot be spelled out."""
    try:
        return tidy(spell_out(raw))
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise Unreadable(_("方案的结构不对：{why}").format(why=error)) from None


def checked_size(document: Document) -> Document:
    """Raises Unreadable for more than anybody could look over."""
    for count, (address, _node) in enumerate(walk(document), 1):
        if len(address) > MOST_LEVELS:
            raise Unreadable(_("指标树最多 {most} 层").format(most=MOST_LEVELS))
        if count > MOST_NODES:
            raise Unreadable(_("一份方案最多 {most} 个指标").format(most=MOST_NODES))
    return document


def walk(document: Mapping[str, Any]) -> Iterator[tuple[tuple[int, ...], dict[str, Any]]]:
    """Every node with its address, parents before children."""
    yield from _walk(document.get("indicators"), ())


def _walk(nodes: Any, above: tuple[int, ...]) -> Iterator[tuple[tuple[int, ...], dict[str, Any]]]:
    for index, node in enumerate(nodes if isinstance(nodes, list) else []):
        if isinstance(node, dict):
            yield (*above, index), node
            yield from _walk(node.get("children"), (*above, index))


def _measure(text: str) -> None:
    """Before anything is built: no aliases (they multiply), neither too much nor too deep."""
    if len(text) > MOST_TEXT:
        raise Unreadable(_("内容超过 {most} 字").format(most=MOST_TEXT))
    depth = 0
    try:
        for count, event in enumerate(yaml.parse(text, Loader=yaml.SafeLoader)):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            _measure_event(event, count, depth)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = mark.line + 1 if mark else 1
        raise Unreadable(_("第 {line} 行不是合法的 YAML：{why}").format(line=line, why=error.problem)) from None
    except yaml.YAMLError as error:
        raise Unreadable(_("不是合法的 YAML：{why}").format(why=error)) from None


def _measure_event(event: yaml.Event, count: int, depth: int) -> None:
    if isinstance(event, yaml.AliasEvent) or (isinstance(event, yaml.NodeEvent) and event.anchor):
        raise Unreadable(_("不能用 YAML 的引用（& 和 *）"))
    if count > MOST_EVENTS or depth > MOST_DEPTH:
        raise Unreadable(_("内容过多或层次过深"))
    if isinstance(event, yaml.ScalarEvent):
        if event.tag is not None and not event.tag.startswith("tag:yaml.org,2002:str"):
            raise Unreadable(_("不能用 YAML 的类型标记（!）"))
        if len(event.value) > MOST_SCALAR:
            raise Unreadable(_("有一处文字超过 {most} 字").format(most=MOST_SCALAR))


def write_document(document: Mapping[str, Any]) -> str:
    """The YAML; read again it gives the same document."""
    text: str = yaml.dump(
        dict(document), Dumper=_Writer, allow_unicode=True, sort_keys=False, width=110, default_flow_style=None
    )
    return text


class _Writer(yaml.SafeDumper):
    """Exact numbers as they are; small mappings in one line; no aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _decimal(dumper: yaml.SafeDumper, value: Decimal) -> yaml.Node:
    text = format(value, "f")
    return dumper.represent_scalar("tag:yaml.org,2002:" + ("float" if "." in text else "int"), text)


_Writer.add_representer(Decimal, _decimal)


def document_of(scheme: Scheme) -> Document:
    """Of a scheme that is installed or published: everything that its YAML said, spelled out."""
    return tidy(_plain(scheme))


_OWN = {"functions", "engine", "content_hash"}


def _plain(value: Any) -> Any:
    """Without what is as by default."""
    if isinstance(value, Formula):
        return _number(value)
    if isinstance(value, msgspec.Struct):
        fields = [field for field in msgspec.structs.fields(value) if field.name not in _OWN]
        held = {field.name: (getattr(value, field.name), field) for field in fields}
        return {name: _plain(member) for name, (member, field) in held.items() if not _usual(member, field)}
    if isinstance(value, Mapping):
        return {str(name): _plain(member) for name, member in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(member) for member in value]
    return value.isoformat() if isinstance(value, date) else value


def _usual(value: Any, field: msgspec.structs.FieldInfo) -> bool:
    return bool(value == field.default) or (value in ((), {}, "") and field.default_factory is not msgspec.NODEFAULT)


def _number(formula: Formula) -> Any:
    """A number where it is one, so that it reads like one."""
    if isinstance(formula.constant, bool):
        return formula.constant
    if formula.constant is not None:
        text = formula.text
        return Decimal(text) if "." in text else int(text)
    return formula.text
