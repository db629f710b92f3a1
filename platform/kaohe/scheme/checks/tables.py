"""Tables and thresholds: order, gaps, overlaps, rows that nothing can reach."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import pairwise

from kaohe.scheme.checks.caps import most
from kaohe.scheme.checks.finding import Finding, Looked
from kaohe.scheme.formula import plain
from kaohe.scheme.model import Grading, Indicator
from kaohe.scheme.yaml_text import Path


def findings(looked: Looked) -> Iterator[Finding]:
    for path, node in looked.nodes:
        if node.steps:
            yield from _steps(looked, (*path, "steps"), node)
        yield from _range(looked, path, node)
    for index, grading in enumerate(looked.scheme.grading):
        yield from _grading(looked, ("grading", index), grading)


def _steps(looked: Looked, path: Path, node: Indicator) -> Iterator[Finding]:
    line = looked.line(path)
    table = [(looked.number(step.at), looked.number(step.points)) for step in node.steps]
    rows = [(at, points) for at, points in table if at is not None and points is not None]
    for (low, _), (high, _) in pairwise(sorted(rows)):
        if low == high:
            message = f"「{node.code}」有两档都从 {plain(low)} 起"
            yield Finding(line, "warning", "table-gap", node.code, message, "删去其中一档")
    if [at for at, _ in rows] != sorted(at for at, _ in rows):
        message = f"「{node.code}」各档没有按数值从小到大写"
        yield Finding(line, "warning", "table-order", node.code, message, "按数值从小到大排列")
    given = [points for _, points in sorted(rows, reverse=node.lower_is_better)]
    if not node.interpolate and any(later < earlier for earlier, later in pairwise(given)):
        message = f"「{node.code}」数值更好的一档分更少"
        yield Finding(
            line, "warning", "table-order", node.code, message, "核对各档的分；越小越好的写 lower_is_better: true"
        )
    highest = Fraction(100) if node.max is None and node.unit in ("percent", "%") else looked.number(node.max)
    beyond = [at for at, _ in rows if highest is not None and at > highest]
    if beyond:
        message = f"「{node.code}」数值至多 {plain(highest or 0)}，到不了 {plain(beyond[0])} 这一档"
        yield Finding(line, "warning", "table-gap", node.code, message, "改这一档，或放宽数值的范围")


def _range(looked: Looked, path: Path, node: Indicator) -> Iterator[Finding]:
    low, high = looked.number(node.min), looked.number(node.max)
    if low is not None and high is not None and low > high:
        message = f"「{node.code}」从 {plain(low)} 到 {plain(high)} 之间没有数"
        yield Finding(looked.line((*path, "min")), "warning", "table-gap", node.code, message, "min 应不大于 max")


def _grading(looked: Looked, path: Path, grading: Grading) -> Iterator[Finding]:
    rows = _thresholds(looked, grading)
    line = looked.line((*path, "parameter") if grading.parameter else (*path, "grades"))
    lines = {grade.name: looked.line((*path, "grades", index)) for index, grade in enumerate(grading.grades)}
    for (upper, high), (lower, low) in pairwise(rows):
        if low > high:
            message = f"「{lower}」的分数线 {plain(low)} 高于写在它前面的「{upper}」{plain(high)}"
            mend = "从高到低写，并核对参数的默认值"
            yield Finding(lines.get(lower, line), "warning", "threshold-order", lower, message, mend)
        elif low == high:
            message = f"「{upper}」和「{lower}」的分数线同为 {plain(low)}，后者永远得不到"
            yield Finding(lines.get(lower, line), "warning", "threshold-order", lower, message, "改其中一个")
    if rows and grading.otherwise is None and all(grade.when is None for grade in grading.grades):
        low = min(value for _, value in rows)
        message = f"不到 {plain(low)} 分的没有等次"
        yield Finding(line, "warning", "table-gap", "grading", message, "写上 otherwise")
    yield from _unreachable(looked, lines, line, grading, rows)


def _thresholds(looked: Looked, grading: Grading) -> list[tuple[str, Fraction]]:
    if grading.parameter is not None:
        table = looked.values.get(grading.parameter) or {}
        return [(name, Fraction(value)) for name, value in table.items()]
    return [(grade.name, low) for grade in grading.grades if (low := looked.number(grade.min)) is not None]


def _unreachable(
    looked: Looked, lines: Mapping[str, int], line: int, grading: Grading, rows: list[tuple[str, Fraction]]
) -> Iterator[Finding]:
    top = _best_total(looked, grading.kinds or tuple(kind.id for kind in looked.scheme.kinds))
    for name, threshold in rows:
        if top is not None and threshold > top:
            message = f"「{name}」要 {plain(threshold)} 分，而满分加上全部加分只有 {plain(top)}"
            where = lines.get(name, line)
            yield Finding(where, "warning", "threshold-unreachable", name, message, "核对分值和分数线")


def _best_total(looked: Looked, kinds: tuple[str, ...]) -> Fraction | None:
    best: list[Fraction] = []
    period = looked.scheme.rollup or looked.scheme.periods[-1]
    for kind in kinds:
        mine = [node for node in looked.scheme.indicators if kind in node.kinds and node.item]
        given = [looked.points(node, kind) if node.is_leaf else most(looked, node, period) for node in mine]
        if any(each is None for each in given):
            return None
        best.append(sum((each for each in given if each is not None), Fraction(0)))
    return max(best, default=None)
