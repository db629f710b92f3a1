"""Caps against what can be given: never reached, passed at once, or together above their group's."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from kaohe.scheme.checks.finding import Finding, Looked
from kaohe.scheme.formula import plain
from kaohe.scheme.model import Indicator
from kaohe.scheme.periods import PeriodType
from kaohe.scheme.yaml_text import Path

_DAYS = {"week": 7, "month": 30, "quarter": 91, "half": 182, "year": 365}
_NAMES = {"week": "每周", "month": "每月", "quarter": "每季", "half": "每半年", "year": "每年"}
_AWARDED = ("judged", "check", "target", "steps")


def findings(looked: Looked) -> Iterator[Finding]:
    for path, node in looked.nodes:
        for window, formula in node.caps.items():
            cap = looked.number(formula)
            if cap is not None:
                yield from _cap(looked, (*path, "caps"), node, window, cap)


def _cap(looked: Looked, path: Path, node: Indicator, window: PeriodType, cap: Fraction) -> Iterator[Finding]:
    said, line = f"{_NAMES[window]}上限 {plain(cap)}", looked.line(path)
    reach = _taken(looked, node, window) if _takes(node) else without_cap(looked, node, window)
    if reach is not None and reach < cap:
        message = f"「{node.code}」{said}，而最多只到 {plain(reach)}"
        yield Finding(line, "warning", "cap-unreachable", node.code, message, "改小上限，或删去它")
    once = _largest(looked, node)
    if once is not None and once > cap:
        message = f"「{node.code}」一次就有 {plain(once)}，高于{said}"
        yield Finding(line, "remark", "amount-above-cap", node.code, message)
    if not node.is_leaf and (together := _capped(looked, node, window)) is not None and together > cap:
        message = f"「{node.code}」下列各项上限合计 {plain(together)}，高于{said}"
        yield Finding(line, "remark", "caps-above-group", node.code, message)


def most(looked: Looked, node: Indicator, window: PeriodType) -> Fraction | None:
    """The most that a node gives in a window under its own caps; None where nothing bounds it."""
    bounds = [without_cap(looked, node, window)]
    for length, formula in node.caps.items():
        cap = looked.number(formula)
        if cap is not None:
            bounds.append(cap * _times(length, window))
    known = [bound for bound in bounds if bound is not None]
    return min(known) if known else None


def without_cap(looked: Looked, node: Indicator, window: PeriodType) -> Fraction | None:
    """As if the window's own cap were not there; caps of shorter windows count."""
    if not node.is_leaf:
        return _branch(looked, node, window)
    shorter = [
        cap * _times(length, window)
        for length, formula in node.caps.items()
        if _DAYS[length] < _DAYS[window] and (cap := looked.number(formula)) is not None
    ]
    bounds = [*shorter, *([] if (own := _leaf(looked, node, window)) is None else [own])]
    return min(bounds) if bounds else None


def _branch(looked: Looked, node: Indicator, window: PeriodType) -> Fraction | None:
    """Children of different kinds of subject never meet on one sheet: the kind that can get most."""
    found: list[Fraction] = []
    for kind in node.kinds:
        mine = [child for child in node.children if kind in child.kinds]
        full = looked.points(node, kind) or Fraction(0)
        if node.rule == "weighted":
            found.append(full)
            continue
        if node.rule == "deduct-from-full":
            mine = [child for child in mine if child.rule.startswith("bonus")]
        given = [most(looked, child, window) for child in mine]
        if any(each is None for each in given):
            return None
        start = full if node.rule == "deduct-from-full" else Fraction(0)
        found.append(start + sum((each for each in given if each is not None), Fraction(0)))
    return max(found, default=Fraction(0))


def _takes(node: Indicator) -> bool:
    return node.line == "deduction" or (node.is_leaf and node.rule.startswith("deduct"))


def _taken(looked: Looked, node: Indicator, window: PeriodType) -> Fraction | None:
    """How much a leaf of deductions can take away; None where nothing bounds it."""
    if node.once is None or not node.is_leaf:
        return None
    return sum(_amounts(looked, node), Fraction(0)) * _times(node.once, window)


def _leaf(looked: Looked, node: Indicator, window: PeriodType) -> Fraction | None:
    if _takes(node) or node.rule == "counter":
        return Fraction(0)
    if node.rule in _AWARDED:
        return _awarded(looked, node)
    if node.once is not None and node.rule.startswith("bonus"):
        return sum(_amounts(looked, node), Fraction(0)) * _times(node.once, window)
    return None


def _awarded(looked: Looked, node: Indicator) -> Fraction | None:
    steps = [looked.number(step.points) for step in node.steps]
    known = [looked.points(node, kind) for kind in node.kinds] + [looked.number(node.max), *steps]
    return max((each for each in known if each is not None), default=None)


def _amounts(looked: Looked, node: Indicator) -> list[Fraction]:
    formulas = [level.amount for level in node.levels.values()] or [node.amount or node.max]
    return [amount for formula in formulas if (amount := looked.number(formula)) is not None]


def _largest(looked: Looked, node: Indicator) -> Fraction | None:
    if not node.is_leaf or not node.rule.startswith(("bonus", "deduct")):
        return None
    return max(_amounts(looked, node), default=None)


def _capped(looked: Looked, node: Indicator, window: PeriodType) -> Fraction | None:
    """The children's caps together, where every child that gives has one."""
    found: list[Fraction] = []
    for kind in node.kinds:
        caps = [most(looked, child, window) for child in node.children if kind in child.kinds]
        if any(cap is None for cap in caps):
            return None
        found.append(sum((cap for cap in caps if cap is not None), Fraction(0)))
    return max(found, default=None)


def _times(length: PeriodType, window: PeriodType) -> int:
    """How often a shorter window can lie in a longer one, part ones included."""
    return max(1, -(-_DAYS[window] // _DAYS[length]) if length == "week" else round(_DAYS[window] / _DAYS[length]))
