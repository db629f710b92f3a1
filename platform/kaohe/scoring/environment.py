"""The names and functions that a formula of the YAML can use, looked at from one subject."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import date
from fractions import Fraction
from functools import lru_cache
from itertools import takewhile
from typing import Any

from kaohe.scheme.formula import NoData, exact
from kaohe.scheme.periods import Period, containing
from kaohe.scheme.references import LOOKING, WINDOWS
from kaohe.scoring.cohort import NOBODY, NOTHING, Cohort
from kaohe.scoring.facts import Record, Subject
from kaohe.scoring.points import Units, points
from kaohe.scoring.sheets import Sheet
from kaohe.scoring.work import Work


class Environment(dict[str, Any]):
    """Parameters and functions are held; attributes of the subject at work are looked up."""

    def __init__(self, cohort: Cohort, current: Callable[[], Subject]) -> None:
        super().__init__({name: exact(value) for name, value in cohort.parameters.items()})
        self.cohort, self.current = cohort, current
        self["period"] = cohort.period.text
        for name in LOOKING:
            self[name] = getattr(self, name)

    def __missing__(self, name: str) -> Any:
        return self.cohort.attribute(self.current(), name)

    def has_attribute(self, name: str) -> bool:
        """Whether the subject has it: `attribute 'x'` of a kind that others do not share."""
        return name in self.current().attributes

    # Its own records.

    def count(self, *codes: Any) -> int:
        """Σ count under the leaves; a window as the last argument looks at that calendar window."""
        window = codes[-1] if codes and codes[-1] in WINDOWS else None
        wanted = codes[:-1] if window else codes
        return self.cohort.count(self.current().id, wanted, window)

    def records(self, leaf: str) -> int:
        """How many records stand under the leaf in the period."""
        return len(self._records(self.current(), leaf))

    def matters(self, leaf: str, period: Period | None = None) -> int:
        """How many matters came up for the first time in the calendar year; `period` for a part of it."""
        wanted = period or self.cohort.period
        year = containing(wanted.start, "year", self.cohort.scheme.month_starts).start
        seen: dict[str, date] = {}
        for record in self.cohort.recorded(self.current().id, leaf, year, wanted.end):
            seen.setdefault(record.matter or record.id, record.date)
        return sum(day >= wanted.start for day in seen.values())

    def value(self, leaf: str) -> Fraction:
        """What the leaf's records say (several: their sum)."""
        return self._value(self.current(), leaf)

    def measure(self, leaf: str, name: str) -> Any:
        """A member of `fields` of the leaf's record."""
        records = self._records(self.current(), leaf)
        if not records or not records[-1].fields or name not in records[-1].fields:
            raise NoData(leaf)
        return exact(records[-1].fields[name])

    def done(self, leaf: str) -> str:
        """`none` where nothing was recorded."""
        records = self._records(self.current(), leaf)
        return str(records[-1].done) if records else "none"

    # What it got in the periods before, see `Cohort.outcomes`.

    def times(self, name: str) -> int:
        """In how many of them it got this grade, honour, flag or status."""
        return sum(name in got for got in self.cohort.outcomes(self.current().id))

    def in_a_row(self, name: str) -> int:
        """In how many of the last of them, without a break."""
        return len([*takewhile(lambda got: name in got, reversed(self.cohort.outcomes(self.current().id)))])

    # Its parent and children.

    def parent_value(self, leaf: str) -> Fraction:
        return self._value(self._parent(), leaf)

    def parent_attribute(self, name: str) -> Any:
        return self.cohort.attribute(self._parent(), name)

    def children_mean(self, item: str, weight: str | None = None) -> Fraction:
        """Mean of the children's items, weighted by one of their attributes."""
        total, weights = self.children_total(item, weight)
        if weights == 0:
            raise NoData(item)
        return _mean(total, weights)

    def children_total(self, item: str, weight: str | None = None) -> tuple[Units, Units]:
        """Σ of the children's items, each times its weight, and Σ of the weights."""
        sheets, known = self.cohort.sheets, self.cohort.weights.setdefault(weight, {})
        total: Units = 0
        weights: Units = 0
        for child in self._children():
            sheet = sheets.get(child.id)
            units = None if sheet is None else sheet.item_units.get(item)
            if units is not None:
                part = known.get(child.id)
                if part is None:
                    part = known[child.id] = self.cohort.attribute(child, weight) if weight else 1
                weights += part
                total += part * units
        return total, weights

    def children_sum(self, item: str) -> Fraction:
        found = [self._sheet_item(s, item) for s in self._children()]
        return sum((v for v in found if v is not None), Fraction(0))

    def children_count(self, *codes: Any) -> int:
        """Σ count of the children's records under the leaves."""
        return sum(self.cohort.count(child.id, codes) for child in self._children())

    # Its peers: the subjects of its ranking group that have what is asked for.

    # `points` as a further argument asks for what a leaf gave instead of what was recorded under it.

    def peers_mean(self, code: str, *how: str) -> Fraction:
        found = self._some(code, how)
        mean: Fraction = self._once("mean", code, how, lambda: sum(found, Fraction(0)) / len(found))
        return mean

    def best(self, code: str, *how: str) -> Fraction:
        best: Fraction = self._once("best", code, how, lambda: max(self._some(code, how)))
        return best

    def worst(self, code: str, *how: str) -> Fraction:
        worst: Fraction = self._once("worst", code, how, lambda: min(self._some(code, how)))
        return worst

    def peers_rank(self, code: str, *how: str) -> int:
        """1 for the best, `lowest` in the other order; equals share a place and the next is skipped."""
        found, mine = self._peers(code, how), self.current().id
        if mine not in found:
            raise NoData(code)
        ranks: dict[Fraction, int] = self._once(
            "rank", code, how, lambda: places(found.values(), highest_first="lowest" not in how)
        )
        return ranks[found[mine]]

    def peers_count(self, code: str, *how: str) -> int:
        return len(self._peers(code, how))

    def _once(self, what: str, code: str, how: tuple[str, ...], work_out: Callable[[], Any]) -> Any:
        """The same for all of a ranking group."""
        key = ("peers", self.group(self.current()), self.current().kind, code, what, how)
        if key not in self.cohort.memo:
            self.cohort.memo[key] = work_out()
        return self.cohort.memo[key]

    def _peers(self, code: str, how: tuple[str, ...]) -> dict[str, Fraction]:
        """By subject: the value recorded under a leaf, or the part that a node gave in the first pass."""
        given = "points" in how
        key = ("peers", self.group(self.current()), self.current().kind, code, given)
        found: dict[str, Fraction] | None = self.cohort.memo.get(key)
        if found is None:
            found = {}
            for subject in self._group_members():
                value = self._given(subject, code) if given else self._measured(subject, code)
                if value is not None:
                    found[subject.id] = value
            self.cohort.memo[key] = found
        return found

    def _group_members(self) -> Iterable[Subject]:
        mine = self.group(self.current())
        kind = self.current().kind
        return [s for s in self.cohort.of_kind(kind) if self.group(s) == mine]

    def group(self, subject: Subject) -> str:
        return group_of(self.cohort, subject)

    def _measured(self, subject: Subject, code: str) -> Fraction | None:
        leaf = self.cohort.scheme.leaves.get(code)
        if leaf is None or not leaf.records_value:
            return self._given(subject, code)
        try:
            return self._value(subject, code)
        except NoData:
            return None

    def _given(self, subject: Subject, code: str) -> Fraction | None:
        parts = self.cohort.memo.get(("parts", subject.id), {})
        return points(parts[code]) if code in parts else None

    def _some(self, code: str, how: tuple[str, ...]) -> Collection[Fraction]:
        found = self._peers(code, how)
        if not found:
            raise NoData(code)
        return found.values()

    def _parent(self) -> Subject:
        parent = self.cohort.all_subjects.get(self.current().parent or "")
        if parent is None:
            raise NoData("parent")
        return parent

    def _children(self) -> Iterable[Subject]:
        return self.cohort.children.get(self.current().id, NOBODY)

    def _sheet_item(self, subject: Subject, item: str) -> Fraction | None:
        sheet: Sheet | None = self.cohort.sheets.get(subject.id)
        if sheet is None or item not in sheet.item_units:
            return None
        return points(sheet.item_units[item])

    def _records(self, subject: Subject, leaf: str) -> list[Record]:
        return [record for record in self.cohort.now.get(subject.id, NOTHING) if record.leaf == leaf]

    def _value(self, subject: Subject, leaf: str) -> Fraction:
        values = [r.value for r in self._records(subject, leaf) if r.value is not None]
        if not values:
            raise NoData(leaf)
        return sum(map(Fraction, values), Fraction(0))


class SheetEnvironment(Environment):
    """While a sheet is made: also the parts that were already worked out."""

    def __init__(self, work: Work) -> None:
        super().__init__(work.cohort, lambda: work.subject)
        self.work = work
        self["part"] = self["item"] = self.part

    def part(self, code: str) -> Fraction:
        """The points that a node before this one gave."""
        if code not in self.work.parts:
            raise NoData(code)
        return points(self.work.parts[code])

    def __missing__(self, name: str) -> Any:
        if name == "subtotal":
            items = {node.code for node in self.cohort.scheme.indicators if node.item}
            parts = self.work.parts.items()
            return points(sum(units for code, units in parts if code in items))
        return super().__missing__(name)


@lru_cache(maxsize=65536)
def _mean(units: Units, weights: Units) -> Fraction:
    return points(Fraction(units) / weights)


def places(values: Iterable[Any], *, highest_first: bool) -> dict[Any, int]:
    """1 for the first; equals share a place and the next is skipped."""
    found: dict[Any, int] = {}
    for place, value in enumerate(sorted(values, reverse=highest_first), 1):
        found.setdefault(value, place)
    return found


def group_of(cohort: Cohort, subject: Subject) -> str:
    """The ranking group; a formula of the kind may derive it from the period's data."""
    kind = cohort.scheme.kind(subject.kind)
    if kind.group is None:
        return subject.kind
    key = ("group", subject.id)
    if key not in cohort.memo:
        try:
            cohort.memo[key] = str(kind.group(Environment(cohort, lambda: subject)))
        except NoData:  # nothing to tell the group by
            cohort.memo[key] = subject.kind
    found: str = cohort.memo[key]
    return found
