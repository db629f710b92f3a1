"""Leaves that nobody records: a formula over what is known, or a plugin's own function."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Any

from msgspec import Struct

from kaohe.scheme.formula import NoData
from kaohe.scheme.model import Indicator
from kaohe.scoring.points import Units, units
from kaohe.scoring.rules.node import ANYTHING, Setting
from kaohe.scoring.rules.rated import Awarded
from kaohe.scoring.sheets import LineKind
from kaohe.scoring.work import Work


class Computed(Awarded):
    """Its line stands only where it gives something, or is worth points."""

    def reached(self, work: Work) -> tuple[Units, tuple[str, ...], str] | None:
        formula = self.spec.formula
        if formula is None:
            return None
        try:
            given = units(self.number(formula))
        except NoData:
            return self._stand_in(work)
        return (given, (), "由数据得出") if given or self.full is not None else None

    def _stand_in(self, work: Work) -> tuple[Units, tuple[str, ...], str] | None:
        return self.lack(work) if self.spec.stand_in is not None else None


class Draft(Struct, frozen=True):
    """A line that a plugin's function writes; `leaf` empty stands for the node itself."""

    kind: LineKind
    points: int | Decimal | Fraction
    leaf: str = ""
    records: tuple[str, ...] = ()
    why: str = ""


class Called(Awarded):
    """A function named in the YAML: gives points, or lines of its own through `Draft`s."""

    def __init__(self, spec: Indicator, setting: Setting) -> None:
        super().__init__(spec, setting)
        self.function: Callable[..., Any] = setting.scheme.functions[spec.function or ""]

    @property
    def outside(self) -> set[str]:
        return {ANYTHING}

    def give(self, work: Work) -> Units:
        total: Units = 0
        drafts = self.function(View(work, self))
        if drafts is None:
            return 0
        if not isinstance(drafts, Iterable):
            return work.add(self.kind, self.spec, units(Fraction(drafts)), (), "由数据得出")
        for draft in drafts:
            node = self._node(draft.leaf)
            total += work.add(draft.kind, node, units(draft.points), draft.records, draft.why)
        return total

    def _node(self, code: str) -> Indicator:
        return self.setting.scheme.indicator(code) if code else self.spec

    def reached(self, work: Work) -> tuple[Units, tuple[str, ...], str] | None:
        value = self.function(View(work, self))
        return None if value is None else (units(Fraction(value)), (), "由数据得出")


class View:
    """What a plugin's function may see: the subject, its records by leaf, the cohort, the names."""

    def __init__(self, work: Work, node: Awarded) -> None:
        self._work, self._node = work, node
        self.subject, self.cohort, self.period = work.subject, work.cohort, work.cohort.period
        self.parameters, self.calendar = work.cohort.parameters, work.cohort.calendar
        self.full = node.full

    def records(self, leaf: str) -> list[Any]:
        """Of the scored period, in order of dates."""
        return self._work.now.get(leaf, [])

    def name(self, name: str) -> Any:
        """A parameter or attribute, exact."""
        return self._node.names[name]

    def call(self, name: str, *arguments: Any) -> Any:
        """A function that formulas have too."""
        return self._node.names[name](*arguments)

    def part(self, code: str) -> Fraction:
        found: Fraction = self._node.names["part"](code)
        return found

    def flag(self, flag: str) -> None:
        self._work.flag((flag,))

    def remark(self, text: str) -> None:
        self._work.remark(text)
