"""Each node by itself: a rule that fits its place, and what the rule needs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kaohe.scheme.faults.place import Fault, near, walk
from kaohe.scheme.model import Indicator, Scheme
from kaohe.scheme.yaml_text import Path

_NEEDS = {
    "deduct": ("amount",),
    "bonus": ("amount",),
    "deduct-range": ("min", "max"),
    "bonus-range": ("min", "max"),
    "deduct-by-level": ("levels",),
    "bonus-by-level": ("levels",),
    "steps": ("steps",),
    "formula": ("formula",),
    "function": ("function",),
    "imported": ("source",),
    "deduct-from-full": ("points",),
}
BRANCH_RULES = ("sum", "deduct-from-full", "weighted", "rescaled")
_RATED = ("judged", "target")
_DONE = ("full", "partial", "none", "not_applicable")
_YES = ("是", "否", "yes", "no", "on", "off", "True", "False")
_RECORDED = {"matter", "level", "rater", "channel", "date", "note"}


def faults(scheme: Scheme) -> Iterator[Fault]:
    kinds = {kind.id for kind in scheme.kinds}
    by_code = {node.code: node for node in scheme.nodes}
    seen: set[str] = set()
    for path, node in walk(scheme):
        if node.code in seen:
            yield (*path, "code"), f"代码「{node.code}」写了两次，给其中一个换一个代码"
        seen.add(node.code)
        if not re.fullmatch(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*", node.code, re.ASCII):
            yield (*path, "code"), f"代码「{node.code}」只用字母、数字和下划线，以点分级，每级字母开头"
        above = by_code.get(node.parent or "")
        for kind in node.kinds:
            if kind not in kinds:
                if above is None or kind not in above.kinds:
                    yield (*path, "kinds"), f"没有对象类型「{kind}」" + near(kind, kinds)
            elif above is not None and kind not in above.kinds:
                yield (*path, "kinds"), f"上级「{above.code}」不适用于「{kind}」，改其中一个的 kinds"
        for kind in node.points_by_kind:
            if kind not in node.kinds:
                yield (*path, "points_by_kind"), f"「{node.code}」不适用于「{kind}」" + near(kind, node.kinds)
        yield from _rule(scheme, path, node, above)


def _rule(scheme: Scheme, path: Path, node: Indicator, above: Indicator | None) -> Iterator[Fault]:
    if node.is_leaf == (node.rule in BRANCH_RULES):
        what = "没有下级，要用叶子的规则" if node.is_leaf else "有下级，要用分支的规则（sum 等）"
        yield (*path, "rule"), f"「{node.code}」的规则是 {node.rule}：它{what}"
        return
    for member in _NEEDS.get(node.rule, ()):
        if not getattr(node, member) and not (member == "points" and (node.points_by_kind or scheme.leaf_points)):
            yield path, f"「{node.code}」的规则 {node.rule} 要有 {member}，请补上"
    weighed = above is not None and above.rule == "weighted"
    if node.rule in _RATED and not (weighed or scheme.leaf_points or _worth(node)):
        yield path, f"「{node.code}」的规则 {node.rule} 要有 points，请补上"
    if weighed and not node.is_leaf and node.rule != "weighted" and any(_rates(each) for each in node.children):
        yield (*path, "rule"), f"「{node.code}」在加权的分支里，自己也要是 rule: weighted"
    if node.highest_only in _YES:
        yield (*path, "highest_only"), f"highest_only 写的是「{node.highest_only}」：写 true，或者几个叶子共用的组名"
    yield from _levels(path, node)
    yield from _channels(scheme, path, node)
    yield from _members(path, node)
    if node.function and node.function not in scheme.functions:
        yield (
            (*path, "function"),
            f"插件的 rules.py 里没有函数「{node.function}」" + near(node.function, scheme.functions),
        )


def _worth(node: Indicator) -> bool:
    return bool(node.points is not None or node.points_by_kind or (node.rule == "judged" and node.max is not None))


def _rates(node: Indicator) -> bool:
    return node.rule in (*_RATED, "check", "steps") or any(_rates(child) for child in node.children)


def _levels(path: Path, node: Indicator) -> Iterator[Fault]:
    if node.default_level is not None and node.default_level not in node.levels:
        yield (*path, "default_level"), f"没有档次「{node.default_level}」" + near(node.default_level, node.levels)
    if node.rule.endswith("-by-level"):
        for name, level in node.levels.items():
            if level.amount is None:
                yield (*path, "levels", name), f"「{node.code}」的档次「{name}」没有分值（amount）"


def _channels(scheme: Scheme, path: Path, node: Indicator) -> Iterator[Fault]:
    declared = [channel.id for channel in scheme.channels]
    for channel in node.channels:
        if channel not in declared:
            yield (*path, "channels"), f"没有渠道「{channel}」" + near(channel, declared)
    if node.value_channel is not None and node.value_channel not in node.channels:
        yield (
            (*path, "value_channel"),
            f"「{node.code}」没有渠道「{node.value_channel}」" + near(node.value_channel, node.channels),
        )


def _members(path: Path, node: Indicator) -> Iterator[Fault]:
    for each in node.done:
        if each not in _DONE:
            yield (*path, "done"), f"完成情况「{each}」不在可选值里，可写：{'、'.join(_DONE)}"
    for member in node.unique:
        name = member.removeprefix("fields.")
        if name not in (node.fields if member.startswith("fields.") else _RECORDED):
            yield (*path, "unique"), f"「{member}」不是记录的成员" + near(member, [*_RECORDED, *_fields(node)])
    for name in node.qualifies:
        if name not in node.fields:
            yield (*path, "qualifies"), f"「{name}」没有在 fields 里声明" + near(name, node.fields)
    if node.places is not None and not 0 <= node.places <= 6:
        yield (*path, "places"), f"places 是 {node.places}，应为 0 到 6"
    for name, field in node.fields.items():
        if field.type == "choice" and not field.choices:
            yield (*path, "fields", name), f"「{name}」没有写可选的值（choices）"


def _fields(node: Indicator) -> list[str]:
    return [f"fields.{name}" for name in node.fields]
