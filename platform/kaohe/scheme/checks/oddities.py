"""Numbers of the wrong sign or size, shares outside of 0 to 1, targets that nothing reaches."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from kaohe.scheme.checks.finding import Finding, Looked
from kaohe.scheme.formula import Formula, plain
from kaohe.scheme.model import Indicator
from kaohe.scheme.yaml_text import Path

_MOST = 1_000_000
_SIGN = "写成正数：扣分、加分由规则决定"


def findings(looked: Looked) -> Iterator[Finding]:
    for path, node in looked.nodes:
        for place, formula in _amounts(node):
            yield from _amount(looked, (*path, *place), node.code, formula)
        yield from _target(looked, path, node)
        yield from _stand_in(looked, path, node)
    for index, honour in enumerate(looked.scheme.honours):
        for member, most in (("ratio", 1), ("count", _MOST)):
            value = looked.number(getattr(honour, member))
            if value is not None and not 0 <= value <= most:
                message = f"「{honour.name}」的 {member} 是 {plain(value)}，应为 0 到 {most}"
                line = looked.line(("honours", index, member))
                mend = "比例写成 0.3 这样的小数" if member == "ratio" else "核对办法"
                yield Finding(line, "warning", "number-odd", honour.name, message, mend)


def _amounts(node: Indicator) -> Iterator[tuple[Path, Formula]]:
    """What is given or taken, and the bounds of it."""
    ranged = node.rule.endswith("-range")
    for member in ("points", "amount", "partial", "weight", *(("min", "max") if ranged else ())):
        if (formula := getattr(node, member)) is not None:
            yield (member,), formula
    yield from ((("points_by_kind", kind), formula) for kind, formula in node.points_by_kind.items())
    yield from ((("caps", window), formula) for window, formula in node.caps.items())
    for name, level in node.levels.items():
        if level.amount is not None:
            yield ("levels", name), level.amount


def _amount(looked: Looked, path: Path, code: str, formula: Formula) -> Iterator[Finding]:
    value = looked.number(formula)
    if value is not None and not 0 <= value <= _MOST:
        message = f"「{code}」的 {path[-1]} 是 {plain(value)}" + ("，是负数" if value < 0 else f"，超过 {_MOST}")
        yield Finding(looked.line(path), "warning", "number-odd", code, message, _SIGN if value < 0 else "核对位数")


def _target(looked: Looked, path: Path, node: Indicator) -> Iterator[Finding]:
    highest = Fraction(100) if node.max is None and node.unit in ("percent", "%") else looked.number(node.max)
    target = looked.number(node.target)
    if node.rule == "target" and highest is not None and target is not None and target > highest:
        message = f"「{node.code}」的目标 {plain(target)} 高于数值的最大 {plain(highest)}，永远达不到"
        yield Finding(looked.line((*path, "target")), "warning", "number-odd", node.code, message, "核对目标和 unit")


def _stand_in(looked: Looked, path: Path, node: Indicator) -> Iterator[Finding]:
    """A stand-in is worth points; of a measured leaf the peers' functions give what was recorded."""
    for function, arguments in node.stand_in.calls if node.stand_in else ():
        leaf = looked.scheme.leaves.get(str(arguments[0]))
        if function in ("peers_mean", "best", "worst") and leaf and leaf.records_value and "points" not in arguments:
            message = f"「{node.code}」没有数据时按 {function}({leaf.code})，那是登记的数值，这里要的是分"
            mend = f"写 {function}({leaf.code}, 'points')"
            yield Finding(looked.line((*path, "stand_in")), "warning", "stand-in-value", node.code, message, mend)
