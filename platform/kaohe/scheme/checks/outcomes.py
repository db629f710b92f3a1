"""Grades and flags that a formula, an honour or a consequence waits for and nothing gives."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from kaohe.scheme.checks.finding import Finding, Looked
from kaohe.scheme.faults.place import near
from kaohe.scheme.formula import Formula
from kaohe.scheme.yaml_text import Path

_SAID = {"flag": "标记", "grade": "等次", "times": "结果", "in_a_row": "结果"}
_ALWAYS = ("result", "ranking", "month-result")


def findings(looked: Looked) -> Iterator[Finding]:
    yield from _consequences(looked)
    scheme = looked.scheme
    flags = {*flags_of(looked)}
    grades = {*_grades(looked), *(stage.status for stage in scheme.stages)}
    known = {
        "flag": flags,
        "grade": grades,
        **dict.fromkeys(("times", "in_a_row"), grades | flags | {honour.name for honour in scheme.honours}),
    }
    for member in ("indicators", "kinds", "honours", "awards", "flags", "grading", "stages"):
        for path, formula in _formulas(getattr(scheme, member), (member,)):
            for what, name in (*formula.calls, *_compared(formula)):
                wanted = name[0] if isinstance(name, tuple) else name
                if what in known and isinstance(wanted, str) and wanted not in known[what]:
                    yield from _never(looked, path, what, wanted, known[what])
    for index, honour in enumerate(scheme.honours):
        for bar in {*honour.bars} - flags:
            yield from _never(looked, ("honours", index, "bars"), "flag", bar, flags)


def _never(looked: Looked, path: Path, what: str, name: str, known: set[str]) -> Iterator[Finding]:
    """A plugin's own functions may set any flag."""
    if what == "grade" or not looked.scheme.functions:
        message = f"{_SAID[what]}「{name}」在方案里没有给出它的地方，这里永远不成立"
        yield Finding(
            looked.line(path), "warning", "outcome-unknown", name, message, "改名称" + near(name, sorted(known))
        )


def _compared(formula: Formula) -> Iterator[tuple[str, str]]:
    """Texts that `grade` is compared with."""
    if "grade" not in formula.names:
        return
    for node in ast.walk(ast.parse(formula.text, mode="eval")):
        if isinstance(node, ast.Compare) and isinstance(node.left, ast.Name) and node.left.id == "grade":
            for each in ast.walk(node):
                if isinstance(each, ast.Constant) and isinstance(each.value, str):
                    yield "grade", each.value


def _formulas(value: Any, path: Path) -> Iterator[tuple[Path, Formula]]:
    if isinstance(value, Formula):
        yield path, value
    elif isinstance(value, Struct):
        for name in value.__struct_fields__:
            yield from _formulas(getattr(value, name), (*path, name))
    elif isinstance(value, tuple):
        for index, member in enumerate(value):
            yield from _formulas(member, (*path, index))


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
