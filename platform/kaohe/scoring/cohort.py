"""All subjects of one scheme scored together for one period, and what was recorded about them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from copy import copy
from datetime import date, timedelta
from typing import Any

import msgspec

from kaohe.scheme.calendar import Calendar
from kaohe.scheme.formula import NoData, exact
from kaohe.scheme.model import Indicator, Scheme
from kaohe.scheme.parameters import Values
from kaohe.scheme.periods import WINDOWS, Period, PeriodType, containing
from kaohe.scoring.facts import Record, Subject
from kaohe.scoring.past import Past
from kaohe.scoring.points import Units
from kaohe.scoring.reach import Reach

Dated = dict[str, list[tuple[date, Units]]]
NOBODY: tuple[Subject, ...] = ()
NOTHING: tuple[Record, ...] = ()


class Cohort:
    """`records` are in canonical order, so those of one subject are by date; `now` holds those of the period.

    Without `with_lines` the sheets have everything but their lines. What a cohort that `keeps` was scored from can be
    scored `under` other parameters.
    """

    def __init__(
        self,
        scheme: Scheme,
        period: Period,
        parameters: Values,
        calendar: Calendar,
        subjects: Iterable[Subject],
        records: Iterable[Record],
        *,
        with_lines: bool = True,
        keeps: bool = False,
    ) -> None:
        self.with_lines = with_lines
        self.keeps = keeps
        self.shares = False
        self.likenesses: dict[str, Any] = {}  # of each kind, see `Memory`
        self.past: Past | None = None
        self.scheme, self.parameters, self.calendar = scheme, parameters, calendar
        self.all_subjects = {subject.id: subject for subject in subjects}
        self.defaults = {
            (kind.id, name): exact(attribute.default)
            for kind in scheme.kinds
            for name, attribute in kind.attributes.items()
        }
        self.of_other_kinds = {name for _, name in self.defaults}
        self.records: dict[str, list[Record]] = {}
        self.parts: dict[date, dict[str, list[Record]]] = {}
        self.first_days: dict[Any, dict[str, date]] = {}
        self._spread(records)
        self.histories: dict[date, dict[str, Dated]] = {}
        self.judge: Callable[[Cohort], Mapping[str, frozenset[str]]] = lambda _: {}
        self.judged: dict[date, Mapping[str, frozenset[str]]] = {}
        self.enter(period, {subject: _within(mine, period) for subject, mine in self.records.items()})

    def enter(self, period: Period, now: Mapping[str, list[Record]]) -> None:
        self.period, self.now = period, now
        self.year_start = containing(period.start, "year", self.scheme.month_starts).start
        self.subjects = [s for s in self.all_subjects.values() if s.is_active(period)]
        self.children: dict[str, list[Subject]] = {}
        for subject in self.subjects:
            if subject.parent is not None:
                self.children.setdefault(subject.parent, []).append(subject)
        self.memo: dict[Any, Any] = {}
        self.weights: dict[str | None, dict[str, Units]] = {}
        self.recalled: dict[str, Dated] = {}  # what each subject was given, for the caps of later periods
        self.score: Callable[[Cohort], object] = lambda _: None
        self.sheets: dict[str, Any] = {}
        self.plans: dict[str, Any] = {}
        self.kept: dict[date, Cohort] = {}

    def within(self, period: Period, *, shares: bool = False) -> Cohort:
        """The same facts seen from a part of the period, of which nobody reads the lines.

        Where it `shares`, sheets are only read: equal subjects have one together, and former ones are taken over.
        """
        other = copy(self)
        other.with_lines, other.keeps, other.shares = False, False, shares
        other.likenesses = self.likenesses if shares and not self.scheme.names_period else {}
        other.past = self.past.within(period) if self.past and shares else None
        other.enter(period, self._parts(period.type).get(period.start, {}))
        return other

    def under(self, parameters: Values, reach: Reach) -> Cohort:
        """The same facts under other parameters; what these do not `reach` is taken over from here."""
        other = copy(self)
        other.with_lines, other.keeps, other.histories, other.judged, other.likenesses = False, False, {}, {}, {}
        other.parameters, other.past = parameters, Past(self, reach)
        other.enter(self.period, self.now)
        return other

    def recall(self, subject: str, code: str) -> list[tuple[date, Units]]:
        """What the earlier periods of the year gave under a node, worked out once for the cohort."""
        before = containing(self.period.start - timedelta(days=1), self.period.type, self.scheme.month_starts)
        if before.start < self.year_start:
            return []
        if before.start not in self.histories:
            other = self.within(before)
            self.histories[before.start] = other.recalled
            self.score(other)
        return self.histories[before.start].get(subject, {}).get(code, [])

    def outcomes(self, subject: str) -> list[frozenset[str]]:
        """The grade, honours, flags and status that it got in each part of a longer period; in a shortest period, in
        those of its year before."""
        shortest = min(self.scheme.periods, key=WINDOWS.index)
        unit = shortest if self.scheme.rollup is None else self.scheme.rollup
        first_day, own = self.scheme.month_starts, self.period
        whole = containing(own.end, "year", first_day) if own.type == unit else own
        found = []
        for part in whole.parts(unit, first_day):
            if own.type == unit and part.start >= own.start:
                break
            if part.start not in self.judged:
                self.judged[part.start] = self.judge(self.within(part))
            found.append(self.judged[part.start].get(subject, frozenset()))
        return found

    def _parts(self, kind: PeriodType) -> Mapping[date, Mapping[str, list[Record]]]:
        """The records of every part of the period by subject, laid out once."""
        if not self.parts:
            for subject, records in self.records.items():
                part = None
                for record in records:
                    if part is None or record.date > part.end:
                        part = containing(record.date, kind, self.scheme.month_starts)
                        held = self.parts.setdefault(part.start, {})[subject] = []
                    held.append(record)
        return self.parts

    def with_earlier(self, leaves: frozenset[str], recurring: frozenset[str] = frozenset()) -> Collection[str]:
        """The subjects of whom something is recorded under one of them from the year's start up to the period.

        Under the `recurring` only what has a matter.
        """
        key, start = (leaves, recurring, self.year_start), self.period.start
        if key not in self.first_days:
            self.first_days[key] = dict(self._first_days(*key))
        return {subject for subject, day in self.first_days[key].items() if day < start}

    def _first_days(
        self, leaves: frozenset[str], recurring: frozenset[str], year: date
    ) -> Iterator[tuple[str, date]]:  # fmt: skip
        looked_at = leaves | recurring
        for subject, records in self.records.items() if looked_at else ():
            for r in records:
                if r.leaf in looked_at and r.date >= year and (r.matter is not None or r.leaf in leaves):
                    yield subject, r.date
                    break

    def _spread(self, records: Iterable[Record]) -> None:
        leaves, held = self.scheme.leaves, self.records
        copying = {code for code, leaf in leaves.items() if leaf.also or leaf.to_parent}
        touched: set[str] = set()
        for record in records:
            mine = held.get(record.subject)
            if mine is None:
                mine = held[record.subject] = []
            mine.append(record)
            if record.leaf in copying:
                touched |= self._copy(record, leaves[record.leaf])
        for subject in touched:
            held[subject].sort(key=lambda record: record.date)

    def _copy(self, record: Record, leaf: Indicator) -> set[str]:
        """One event under several indicators, and from a person to the unit."""
        touched = {record.subject}
        for code in leaf.also:
            self.records[record.subject].append(msgspec.structs.replace(record, leaf=code))
        parent = self.all_subjects[record.subject].parent
        if leaf.to_parent and parent:
            copy = msgspec.structs.replace(record, leaf=leaf.to_parent, subject=parent)
            self.records.setdefault(parent, []).append(copy)
            touched.add(parent)
        return touched

    def of_kind(self, kind: str) -> list[Subject]:
        return [subject for subject in self.subjects if subject.kind == kind]

    def recorded(
        self, subject: str, leaf: str, first: date | None = None, last: date | None = None
    ) -> Iterator[Record]:
        """By default those of the scored period."""
        first, last = first or self.period.start, last or self.period.end
        for record in self.records.get(subject, NOTHING):
            if record.date > last:
                return
            if record.leaf == leaf and record.date >= first:
                yield record

    def attribute(self, subject: Subject, name: str) -> Any:
        """Its own, or the default that the kind declares. Raises KeyError where there is neither."""
        value = subject.attributes.get(name)
        if value is not None:
            return exact(value)
        if (subject.kind, name) not in self.defaults and name in self.of_other_kinds:
            raise NoData(name)
        value = self.defaults[subject.kind, name]
        if value == "children":
            return len(self.children.get(subject.id, NOBODY))
        if value is None:
            raise NoData(name)
        return value

    def count(self, subject: str, codes: Iterable[str], window: PeriodType | None = None) -> int:
        """Σ count up to the period's end; over a window shorter than the period, its fullest one."""
        wanted, first_day = set(codes), self.scheme.month_starts
        window = window or self.period.type
        first = containing(self.period.end, window, first_day).start
        first = min(first, self.period.start)
        sums: dict[date, int] = {}
        for record in self.records.get(subject, NOTHING):
            if record.date > self.period.end:
                break
            if record.leaf in wanted and record.date >= first:
                key = containing(record.date, window, first_day).start
                sums[key] = sums.get(key, 0) + (record.count or 1)
        return max(sums.values(), default=0)


def _within(records: list[Record], period: Period) -> list[Record]:
    if records[0].date >= period.start and records[-1].date <= period.end:
        return records
    return [record for record in records if period.contains(record.date)]
