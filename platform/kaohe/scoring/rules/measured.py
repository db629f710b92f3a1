"""Leaves that compare a measured value: with a target, with steps, or along a line between points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

from kaohe.scheme.formula import Formula, NoData, exact, plain
from kaohe.scheme.model import Indicator
from kaohe.scoring.facts import Record
from kaohe.scoring.points import POINT, Units, points, rounded, whole
from kaohe.scoring.rules.node import ANYTHING, PARENTS, Setting
from kaohe.scoring.rules.rated import Awarded
from kaohe.scoring.work import Work

Found = tuple[Units, tuple[str, ...], str]


class Measured(Awarded):
    """`measure` is the value in question: recorded, or worked out by the leaf's `value` formula."""

    def __init__(self, spec: Indicator, setting: Setting) -> None:
        super().__init__(spec, setting)
        known = PARENTS.union(setting.cohort.parameters)
        self.same_for_siblings = spec.value is not None and spec.value.names <= known

    @property
    def kin(self) -> Sequence[Measured]:
        return [self] if self.same_for_siblings else []

    def measure(self, work: Work) -> tuple[Fraction, tuple[str, ...]] | None:
        records = work.now.get(self.code)
        if records and not self._by_fields(records):
            return self._recorded(work, records), tuple(record.id for record in records)
        if self.spec.value is None:
            return None
        if records:
            found = self._worked_out(self.spec.value)
            return found and (found[0], tuple(record.id for record in records))
        return self.of_siblings(work) if self.same_for_siblings else self._worked_out(self.spec.value)

    def of_siblings(self, work: Work) -> tuple[Fraction, tuple[str, ...]] | None:
        """What the parent says, worked out once for all its children."""
        assert self.spec.value is not None
        key = ("siblings", self.code, work.subject.parent)
        memo = work.cohort.memo
        if key not in memo:
            memo[key] = self._worked_out(self.spec.value)
        known: tuple[Fraction, tuple[str, ...]] | None = memo[key]
        return known

    def _by_fields(self, records: list[Record]) -> bool:
        """Measures without a value, from which the leaf's formula makes one."""
        return self.spec.value is not None and all(record.value is None for record in records)

    def _worked_out(self, formula: Formula) -> tuple[Fraction, tuple[str, ...]] | None:
        try:
            return self._places(self.number(formula)), ()
        except NoData:
            return None

    def _recorded(self, work: Work, records: list[Record]) -> Fraction:
        given = [record.value for record in records if record.value is not None]
        if given:
            return self._places(sum(map(Fraction, given), Fraction(0)))
        return Fraction(sum(self.qualifies(work, record) for record in records))

    def _places(self, value: Fraction) -> Fraction:
        """A scheme may round a rate before it is used."""
        if self.spec.places is None:
            return value
        return points(rounded(whole(value * POINT), self.spec.places))

    def qualifies(self, work: Work, record: Record) -> bool:
        """Whether a thing counts by its measures; one that does not is remarked with what fails."""
        measures = {name: exact(value) for name, value in (record.fields or {}).items()}
        names = _Measures(measures, self.names)
        failing = [name for name, test in self.spec.qualifies.items() if not test.holds(names)]
        for name in failing:
            work.remark(f"{self.code} {record.id} 不计：{name} {_said(measures.get(name))}")
        return not failing


class _Measures(dict[str, Any]):
    """Measures of one thing before parameters and attributes."""

    def __init__(self, measures: Mapping[str, Any], names: Mapping[str, Any]) -> None:
        super().__init__(measures)
        self.names = names

    def __missing__(self, name: str) -> Any:
        return self.names[name]


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return plain(value) if isinstance(value, int | Fraction | Decimal) else str(value)


class Target(Measured):
    """The target comes from the record, else from the subject's table, else from the leaf's formula."""

    @property
    def outside(self) -> set[str]:
        return super().outside | ({ANYTHING} if self.spec.target_from else set())

    def reached(self, work: Work) -> Found | None:
        target = self.target(work)
        found = self.measure(work)
        if target == 0:
            work.remark(f"{self.code} 目标为 0，按满分计")
            return self.highest, found[1] if found else (), "无任务"
        if found is None:
            return self.lack(work)
        value, ids = found
        if target is None:
            return self.lack(work)
        why = f"{plain(value)} / {plain(target)}"
        if value >= target:
            return self.highest, ids, why
        if not self.spec.proportional:
            return 0, ids, why
        return whole(max(Fraction(0), self.highest * value / target)), ids, why

    def target(self, work: Work) -> Fraction | None:
        for record in work.now.get(self.code, ()):
            if record.target is not None:
                return Fraction(record.target)
        try:
            if attribute := self.spec.target_from.get(self.period.type):
                table = work.cohort.attribute(work.subject, attribute)
                return Fraction(table[self.code]) if self.code in table else None
            return None if self.spec.target is None else self.number(self.spec.target)
        except NoData:
            return None


class Steps(Measured):
    """The highest step reached; `interpolate` runs straight between them."""

    def __init__(self, spec: Indicator, setting: Setting) -> None:
        super().__init__(spec, setting)
        table = [(self._at(step.at), setting.units(step.points) or 0) for step in spec.steps]
        self.table = sorted(table, key=lambda step: step[0], reverse=spec.lower_is_better)
        self.lowest = setting.units(spec.floor)
        if self.full is None:
            self.highest = max((given for _, given in self.table), default=0)

    def _at(self, formula: Formula) -> Fraction:
        return formula.number(self.names)

    def reached(self, work: Work) -> Found | None:
        found = self.measure(work)
        if found is None:
            return self._nothing(work)
        value, ids = found
        given = self._between(value) if self.spec.interpolate else self._step(value)
        return (given, ids, plain(value)) if given or ids else None

    def _nothing(self, work: Work) -> Found | None:
        return self.lack(work) if self.spec.stand_in is not None else None

    def _step(self, value: Fraction) -> Units:
        given: Units = self.lowest or 0
        for at, units in self.table:
            if value <= at if self.spec.lower_is_better else value >= at:
                given = units
        return given

    def _between(self, value: Fraction) -> Units:
        table = sorted(self.table)
        beyond = value > table[-1][0] if self.spec.lower_is_better else value < table[0][0]
        if beyond and self.lowest is not None:
            return self.lowest
        if value <= table[0][0]:
            return table[0][1]
        for (low, a), (high, b) in pairwise(table):
            if value <= high:
                return whole(a + (b - a) * (value - low) / (high - low))
        return table[-1][1]
