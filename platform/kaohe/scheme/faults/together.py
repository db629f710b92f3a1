"""Nodes that name others, or that stand in a place where they do nothing."""

from __future__ import annotations

from collections.abc import Iterator

from kaohe.scheme.faults.place import Fault, near, walk
from kaohe.scheme.model import Indicator, Scheme
from kaohe.scheme.yaml_text import Path


def faults(scheme: Scheme) -> Iterator[Fault]:
    items = [node.code for node in scheme.indicators if node.item]
    for path, node in walk(scheme):
        yield from _parts(path, node)
        yield from _copies(scheme, path, node)
        yield from _targets(scheme, path, node)
        yield from _limit(path, node, items)
        if node.parent is not None:
            yield from _below(scheme, path, node)


def _parts(path: Path, node: Indicator) -> Iterator[Fault]:
    children = [child.code for child in node.children]
    for index, part in enumerate(node.part_caps):
        for code in part.of:
            if code not in children:
                yield (*path, "part_caps", index), f"「{code}」不是「{node.code}」的直接子项" + near(code, children)


def _copies(scheme: Scheme, path: Path, node: Indicator) -> Iterator[Fault]:
    leaves = scheme.leaves
    for code in node.also:
        if code not in leaves or code == node.code:
            yield (*path, "also"), f"「{code}」不是另一个叶子" + near(code, leaves)
        elif lacking := [kind for kind in node.kinds if kind not in leaves[code].kinds]:
            yield (*path, "also"), f"「{code}」不适用于对象类型「{lacking[0]}」"
    if node.to_parent is not None:
        parents = [kind.parent for kind in scheme.kinds if kind.id in node.kinds]
        if node.to_parent not in leaves:
            yield (*path, "to_parent"), f"「{node.to_parent}」不是叶子" + near(node.to_parent, leaves)
        elif not all(parent in leaves[node.to_parent].kinds for parent in parents):
            yield (*path, "to_parent"), f"「{node.to_parent}」不适用于「{node.code}」各类对象的上级"


def _targets(scheme: Scheme, path: Path, node: Indicator) -> Iterator[Fault]:
    for period, name in node.target_from.items():
        if period not in scheme.periods:
            yield (*path, "target_from"), f"方案没有「{period}」这种周期" + near(period, scheme.periods)
        for kind in scheme.kinds:
            attribute = kind.attributes.get(name)
            if kind.id in node.kinds and (attribute is None or attribute.type != "map"):
                yield (*path, "target_from"), f"「{kind.id}」没有 map 属性「{name}」，在 kinds 里声明"


def _limit(path: Path, node: Indicator, items: list[str]) -> Iterator[Fault]:
    if node.at_most is None:
        return
    if node.parent is not None:
        yield (*path, "at_most"), f"「{node.code}」不是顶层项目，at_most 只能写在顶层项目上"
    elif node.at_most == node.code or node.at_most not in items:
        yield (
            (*path, "at_most"),
            f"「{node.at_most}」不是另一个得分项目" + near(node.at_most, [*{*items} - {node.code}]),
        )


def _below(scheme: Scheme, path: Path, node: Indicator) -> Iterator[Fault]:
    """What only an item can have."""
    if not node.item:
        yield (*path, "item"), f"「{node.code}」不是顶层节点，item 只能写在顶层"
    if any(effect.rollup for effect in node.effects):
        yield (*path, "effects"), f"「{node.code}」不是顶层项目，effects 的 rollup 只能写在顶层"
    if scheme.rollup is not None and node.periods and scheme.rollup not in node.periods:
        yield (*path, "periods"), f"「{node.code}」只在较长的周期里有：移成顶层项目"
