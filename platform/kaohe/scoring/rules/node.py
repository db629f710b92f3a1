"""What every node of a compiled plan shares."""

from __future__ import annotations

from collections.abc import Sequence, Set
from fractions import Fraction
from typing import TYPE_CHECKING

from kaohe.scheme.formula import Formula
from kaohe.scheme.model import Effect, Indicator
from kaohe.scheme.periods import Period
from kaohe.scoring.environment import SheetEnvironment
from kaohe.scoring.points import POINT, Units, whole
from kaohe.scoring.sheets import LineKind
from kaohe.scoring.work import Work

if TYPE_CHECKING:
    from kaohe.scoring.rules.measured import Measured

ANYTHING = "*"
PARENTS = frozenset({"parent_value", "parent_attribute"})
OWN_RECORDS = frozenset({"count", "records", "value", "measure", "done"})


class Setting:
    """What compiling needs besides the node: the kind, the period, the names of the formulas."""

    def __init__(self, work: Work, kind: str) -> None:
        self.work, self.kind = work, kind
        self.cohort = work.cohort
        self.scheme, self.period = work.cohort.scheme, work.cohort.period
        self.names = SheetEnvironment(work)
        self.names["kind"] = kind

    def number(self, formula: Formula | None) -> Fraction | None:
        """A formula over parameters only, worked out once."""
        if formula is None or formula(self.names) is None:
            return None
        return formula.number(self.names)

    def full(self, spec: Indicator) -> Units | None:
        points = self.scheme.full_points(spec, self.kind, self.names)
        return None if points is None else whole(Fraction(points) * POINT)

    def units(self, formula: Formula | None) -> Units | None:
        value = self.number(formula)
        return None if value is None else whole(value * POINT)


class Node:
    """`run` writes the node's lines and gives its exact units.

    `bare`: nothing stands around the rule (condition, coefficient, effects). `dynamic`: it may
    give something else than usual to a subject without any record under `codes`.
    """

    def __init__(self, spec: Indicator, setting: Setting) -> None:
        self.spec, self.code = spec, spec.code
        self.setting, self.names = setting, setting.names
        self.period: Period = setting.period
        self.kind: LineKind = line_kind(spec)
        self.full = setting.full(spec)
        self.flags = spec.flags
        around = (spec.only_when, spec.coefficient)
        self.bare = not spec.effects and around == (None, None)
        self.effects = [Taking(effect, self) for effect in spec.effects]
        self.skippable = False  # surely nothing without a record of its own this year
        self.watched = self.recalls = False

    def watch(self, *, longer: bool) -> None:
        """A cap further up asks on which days this node gave what; `longer`: before the period, too."""
        self.watched, self.bare = True, False
        self.recalls = self.recalls or longer

    @property
    def codes(self) -> Sequence[str]:
        """The leaves whose records this node looks at."""
        return (self.code, *(code for formula in formulas(self.spec) for code in reads(formula)))

    @property
    def earlier(self) -> Sequence[str]:
        """The leaves whose records before the period, in the same year, matter too."""
        return [code for formula in formulas(self.spec) for code in reads(formula)]

    @property
    def recurring(self) -> Sequence[str]:
        """The leaves of whose earlier records only those with a matter still matter."""
        return ()

    @property
    def outside(self) -> set[str]:
        """What it reads beside the subject's records and the parameters; `ANYTHING` where nobody knows."""
        known = OWN_RECORDS.union(self.setting.cohort.parameters)
        return {name for formula in formulas(self.spec) for name in formula.names - known}

    @property
    def dynamic(self) -> bool:
        return bool(self.outside)

    @property
    def kin(self) -> Sequence[Measured]:
        """The leaves under it whose value the parent says."""
        return ()

    def is_about(self, formula: Formula, more: Set[str] = frozenset()) -> bool:
        """Whether it reads the subject's records and the parameters only, and what `more` names."""
        return formula.names <= OWN_RECORDS.union(self.setting.cohort.parameters, more)

    @property
    def is_bonus(self) -> bool:
        return self.kind == "bonus"

    @property
    def takes(self) -> bool:
        return self.kind == "deduction"

    @property
    def recalling(self) -> Sequence[str]:
        """The nodes that have to know what they gave in earlier periods of the year."""
        return ()

    def run(self, work: Work) -> Units:
        raise NotImplementedError

    def run_worth(self, work: Work, worth: Units) -> Units:
        """Its part of a branch that weighs it, which is worth so much in full."""
        raise NotImplementedError

    def number(self, formula: Formula) -> Fraction:
        return formula.number(self.names)


class Taking:
    """An effect that is only asked again where the records it counts are there at all."""

    def __init__(self, effect: Effect, node: Node) -> None:
        self.effect = effect
        self.codes: frozenset[str] | None = None
        self.idle = False
        if node.is_about(effect.when):
            self.codes = frozenset(reads(effect.when))
            self.idle = effect.when.holds(node.names)

    def holds(self, work: Work, names: SheetEnvironment) -> bool:
        codes = self.codes
        if codes is not None and codes.isdisjoint(work.now) and codes.isdisjoint(work.before):
            return self.idle
        return self.effect.when.holds(names)


def line_kind(spec: Indicator) -> LineKind:
    if spec.line is not None:
        return spec.line
    if spec.rule.startswith("deduct") and not spec.children:
        return "deduction"
    return "bonus" if spec.rule.startswith("bonus") else "points"


def formulas(spec: Indicator) -> list[Formula]:
    """Those that are worked out for each subject."""
    found = [spec.formula, spec.value, spec.stand_in, spec.target, spec.only_when, spec.coefficient]
    for effect in spec.effects:
        found += [effect.when, effect.keep]
    return [formula for formula in found if formula is not None]


def reads(formula: Formula) -> set[str]:
    """The leaves that a formula's calls name."""
    return {str(code) for _, codes in formula.calls for code in codes if code is not None}
