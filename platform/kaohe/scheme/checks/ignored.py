"""What is written and never read: members that a rule has no use for, consequences of what cannot happen."""

from __future__ import annotations

from collections.abc import Iterator

from kaohe.scheme.checks.finding import Finding, Looked
from kaohe.scheme.faults.place import near
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
_ALWAYS = ("result", "ranking", "month-result")


def findings(looked: Looked) -> Iterator[Finding]:
    by_code = {node.code: node for _, node in looked.nodes}
    for path, node in looked.nodes:
        if node.rule != "function":
            yield from _members(looked, path, node)
        yield from _place(looked, path, node, by_code.get(node.parent or ""))
    yield from _consequences(looked)


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


def _consequences(looked: Looked) -> Iterator[Finding]:
    scheme = looked.scheme
    named = {*_grades(looked), *flags_of(looked)}
    named |= {honour.name for honour in scheme.honours} | {award.name for award in scheme.awards}
    for index, each in enumerate(scheme.consequences):
        if each.on not in named and each.on not in _ALWAYS:
            line = looked.line(("consequences", index, "on"))
            message = f"后果「{each.title}」随「{each.on}」，方案里没有这个等次、荣誉、奖励或标记，永远不会发生"
            mend = "改 on" + near(each.on, [*sorted(named), *_ALWAYS])
            yield Finding(line, "warning", "consequence-unknown", each.on, message, mend)


def _grades(looked: Looked) -> Iterator[str]:
    for grading in looked.scheme.grading:
        yield from (grade.name for grade in grading.grades)
        yield from looked.values.get(grading.parameter or "") or ()
        if grading.otherwise:
            yield grading.otherwise


def flags_of(looked: Looked) -> Iterator[str]:
    scheme = looked.scheme
    yield from (rule.flag for rule in scheme.flags)
    held = [stage.flags for stage in scheme.stages]
    held += [grade.flags for grading in scheme.grading for grade in grading.grades]
    for _, node in looked.nodes:
        held += [node.flags, *(level.flags for level in node.levels.values()), *(each.flags for each in node.effects)]
    for flags in held:
        yield from flags
