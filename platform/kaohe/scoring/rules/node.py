"""What every node of a compiled plan shares."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from kaohe.scheme.formula import Formula
from kaohe.scheme.model import Indicator
from kaohe.scheme.periods import Period
from kaohe.scoring.environment import SheetEnvironment
from kaohe.scoring.points import POINT, Units, whole
from kaohe.scoring.sheets import LineKind
from kaohe.scoring.work import Work

DYNAMIC_NAMES = frozenset({"count", "records", "value", "measure", "done"})


class Setting:
    """What compiling needs besides the node: the kind, the period, the names of the formulas."""

    def __init__(self, work: Work, kind: str) -> None:
        self.work, self.kind = work, kind
        self.cohort = work.cohort
        self.scheme, self.period = work.cohort.scheme, work.cohort.period
        self.names = SheetEnvironment(work)

    def number(self, formula: Formula | None) -> Fraction | None:
        """A formula over parameters only, worked out once."""
        value = None if formula is None else formula(self.names)
        return None if value is None else Fraction(value)

    def full(self, spec: Indicator) -> Units | None:
        points = self.scheme.full_points(spec, self.kind, self.names)
        return None if points is None else whole(Fraction(points) * POINT)

    def units(self, formula: Formula | None) -> Units | None:
        value = self.number(formula)
        return None if value is None else whole(value * POINT)


class Node:
    """`run` writes the node's lines and gives its exact units."""

    def __init__(self, spec: Indicator, setting: Setting) -> None:
        self.spec, self.code = spec, spec.code
        self.setting, self.names = setting, setting.names
        self.period: Period = setting.period
        self.kind: LineKind = line_kind(spec)
        self.full = setting.full(spec)
        self.flags = spec.flags

    @property
    def codes(self) -> Sequence[str]:
        """The leaves whose records this node looks at."""
        return (self.code,)

    @property
    def dynamic(self) -> bool:
        """Whether it can give something for a subject without any record."""
        return False

    @property
    def is_bonus(self) -> bool:
        return self.kind == "bonus"

    def run(self, work: Work) -> Units:
        raise NotImplementedError

    def number(self, formula: Formula) -> Any:
        return formula(self.names)


def line_kind(spec: Indicator) -> LineKind:
    if spec.line is not None:
        return spec.line
    if spec.rule.startswith("deduct") and not spec.children:
        return "deduction"
    return "bonus" if spec.rule.startswith("bonus") else "points"


def reads(formula: Formula | None) -> set[str]:
    """The leaves that a formula's calls name."""
    if formula is None:
        return set()
    return {str(code) for _, codes in formula.calls for code in codes if code is not None}


def looks_beyond(formula: Formula | None) -> bool:
    """Whether it reads anything but the subject's own records and the parameters."""
    return formula is not None and any(name not in DYNAMIC_NAMES for name, _ in formula.calls)
