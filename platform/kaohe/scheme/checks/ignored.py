"""What is written and never read: members that a rule has no use for."""

from __future__ import annotations

from collections.abc import Iterator

from kaohe.scheme.checks.finding import Finding, Looked
from kaohe.scheme.model import Indicator
from kaohe.scheme.yaml_text import Path

_EVENTS = ("deduct", "deduct-range", "deduct-by-level", "bonus", "bonus-range", "bonus-by-level")
_LEVELLED = ("deduct-by-level", "bonus-by-level", "counter")
_MEASURED = ("target", "steps")
_RATED = ("judged", "check", *_MEASURED)
_BRANCHES = ("sum", "deduct-from-full", "weighted", "rescaled")
# Member → the rules that read it. `function` is not asked: its code may read any.
_READ_BY = {
    "amount": ("deduct", "bonus"),
    "points": (*_RATED, "formula", "imported", *_BRANCHES),
    "min": ("deduct-range", "bonus-range", *_RATED, "imported"),
    "max": ("deduct-range", "bonus-range", *_RATED, "imported"),
    "levels": _LEVELLED,
    "default_level": _LEVELLED,
    "steps": ("steps",),
    "interpolate": ("steps",),
    "lower_is_better": ("steps",),
    "value": _MEASURED,
    "places": _MEASURED,
    "value_channel": ("judged",),
    "stand_in": (*_RATED, "formula", "imported"),
    "stand_in_remark": (*_RATED, "formula", "imported"),
    "optional": (*_RATED, "formula", "imported"),
    "target": ("target", "judged"),
    "target_from": ("target",),
    "proportional": ("target",),
    "accumulates": ("target",),
    "qualifies": ("target",),
    "formula": ("formula", "judged", "check", "imported"),
    "function": (),
    "done": ("check",),
    "partial": ("check",),
    "source": ("imported",),
    "counts": (*_EVENTS, "counter"),
    "once": (*_EVENTS, "counter"),
    "shared": _EVENTS,
    "highest_only": (*_EVENTS, *_BRANCHES),
    "floor": ("steps", *_BRANCHES),
    "part_caps": _BRANCHES,
}


def findings(looked: Looked) -> Iterator[Finding]:
    by_code = {node.code: node for _, node in looked.nodes}
    for path, node in looked.nodes:
        if node.rule != "function":
            yield from _members(looked, path, node)
        yield from _place(looked, path, node, by_code.get(node.parent or ""))


def _members(looked: Looked, path: Path, node: Indicator) -> Iterator[Finding]:
    """Only what the node itself writes: defaults of its branch are meant for its brothers too."""
    for member, rules in _READ_BY.items():
        if node.rule not in rules and (*path, member) in looked.places:
            message = f"「{node.code}」的规则 {node.rule} 用不上 {member}，写了也不计"
            mend = f"删去 {member}" + (f"，或改规则：{'、'.join(rules)} 用它" if rules else "，或写 rule: function")
            yield Finding(looked.line((*path, member)), "warning", "member-ignored", node.code, message, mend)


def _place(looked: Looked, path: Path, node: Indicator, above: Indicator | None) -> Iterator[Finding]:
    """Members that only a certain branch above reads."""
    rule = above.rule if above else None
    for member, wanted in (("weight", "weighted"), ("after_floor", "deduct-from-full")):
        if rule != wanted and (*path, member) in looked.places:
            message = f"「{node.code}」的 {member} 只在 {wanted} 的分支下用得上"
            mend = f"删去 {member}，或把上级改成 rule: {wanted}"
            yield Finding(looked.line((*path, member)), "warning", "member-ignored", node.code, message, mend)
