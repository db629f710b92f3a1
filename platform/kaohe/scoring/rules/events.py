"""Leaves where each record takes away or adds points: deduct, bonus, in every form; counters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from kaohe.scheme.model import Indicator
from kaohe.scheme.periods import PeriodType, containing
from kaohe.scoring.caps import Allowance, layers
from kaohe.scoring.facts import Record
from kaohe.scoring.matters import Share, settle
from kaohe.scoring.points import Units, text, units, whole
from kaohe.scoring.rules.node import Node, Setting
from kaohe.scoring.sheets import Line
from kaohe.scoring.work import Work

Term = tuple[Units, str, tuple[str, ...]]


class Event(Node):
    """`amount` is positive here; the sign comes with the line."""

    def __init__(self, spec: Indicator, setting: Setting) -> None:
        super().__init__(spec, setting)
        self.sign = -1 if self.kind == "deduction" else 1
        self.layers = layers(spec.caps, self.names)
        self.group = _group(setting, spec.highest_only)
        self.peers: dict[str, Event] = {}
        self.plain = not (self.layers or self.group or spec.once or spec.shared)
        self.alone = len(self.group) <= 1
        self.skippable = self.alone and self.bare
        self.terms: dict[tuple[object, ...], Term] = {}

    @property
    def steady(self) -> bool:
        """Records without a matter give the same whatever else was recorded, and when."""
        return self.alone and not (self.layers or self.watched or self.spec.once or self.spec.shared)

    @property
    def codes(self) -> Sequence[str]:
        return (*super().codes, *self.group)

    @property
    def earlier(self) -> Sequence[str]:
        if self.steady:
            return super().earlier
        return (*super().earlier, self.code, *self.group)

    @property
    def recurring(self) -> Sequence[str]:
        return [self.code] if self.steady and self.group else []

    def amount(self, record: Record) -> Units:
        raise NotImplementedError

    def flags_of(self, record: Record) -> tuple[str, ...]:
        return self.flags

    def run(self, work: Work) -> Units:
        records = work.now.get(self.code)
        if self.plain and not self.watched:
            return self._run_plain(work, records) if records else 0
        if self.alone:
            if records is None and self.code not in work.before:
                return 0
            if records and self.steady and all(record.matter is None for record in records):
                return self._run_plain(work, records)
        return self._run_settled(work)

    def _run_plain(self, work: Work, records: list[Record]) -> Units:
        kind, code, article, lines = self.kind, self.code, self.spec.article, work.lines
        terms = self.terms
        total: Units = 0
        for record in records:
            key = (record.level, record.amount, record.count)
            term = terms.get(key)
            if term is None:
                term = terms[key] = self._term(record)
            given, why, flags = term
            lines.append(Line(kind, code, article, given, (record.id,), why))  # type: ignore[arg-type]
            total += given
            if flags:
                work.flag(flags)
        if kind == "bonus":
            work.bonus += total
        elif kind == "deduction":
            work.deduction -= total
        return total

    def _term(self, record: Record) -> Term:
        """Equal records give equal lines: worked out once."""
        amount, times = self.amount(record), record.count or 1
        return self.sign * amount * times, self.why(record, amount, times), self.flags_of(record)

    def why(self, record: Record, amount: Units, times: int) -> str:
        words, level = f"{text(amount)} × {times}", self.spec.levels.get(record.level or "")
        return f"{str(level.title) or record.level} {words}" if level else words

    def _run_settled(self, work: Work) -> Units:
        allowance = Allowance(self.layers, self.setting.scheme.month_starts)
        dated: list[tuple[object, Units]] = []
        total: Units = 0
        now = False
        for share in self._shares(work):
            if not now and share.day >= self.period.start:
                allowance.forget_cuts()
                now = True
            passed = allowance.take(share.day, share.units)
            dated.append((share.day, passed))
            if now:
                total += self._line(work, share)
        if now:
            for cut, why in allowance.reasons():
                kind = "absorbed" if self.sign < 0 else "cut"
                given = -self.sign * cut
                total += work.add(kind, self.spec, given, (), why, bonus=self.is_bonus)  # type: ignore[arg-type]
        if self.watched:
            work.dated[self.code] = [(day, self.sign * amount) for day, amount in dated]
        for record in work.now.get(self.code, ()):
            work.flag(self.flags_of(record))
        return total

    def _line(self, work: Work, share: Share) -> Units:
        record = share.record
        if share.excess:
            why = f"就高不就低，补差 {text(share.units)}"
        elif len(share.ids) > 1:
            why = f"就高不就低 {text(share.units)}"
        else:
            why = self.why(record, self.amount(record), self._times(record))
        return work.add(self.kind, self.spec, self.sign * share.units, share.ids, why)

    def _times(self, record: Record) -> int:
        return 1 if self.spec.once else record.count or 1

    def _shares(self, work: Work) -> list[Share]:
        """In order of days, from the year's start."""
        if not self.group:
            found = [Share(r, units, (r.id,)) for r, units in self.entries(work)]
        else:
            key = self.spec.highest_only or ""
            if key not in work.settled:
                work.settled[key] = self._settle(work)
            found = [share for share in work.settled[key] if share.record.leaf == self.code]
        return sorted(found, key=lambda share: share.day)

    def _settle(self, work: Work) -> list[Share]:
        entries = [e for code in self.group for e in self.peers[code].entries(work)]
        return settle(entries, self.period.type, self.setting.scheme.month_starts)

    def entries(self, work: Work) -> Iterable[tuple[Record, Units]]:
        seen: dict[tuple[object, str | None], bool] = {}
        for records in (work.before.get(self.code, ()), work.now.get(self.code, ())):
            for record in records:
                if self.spec.once and not self._first(work, record, self.spec.once, seen):
                    continue
                yield record, self._whole_amount(work, record)

    def _whole_amount(self, work: Work, record: Record) -> Units:
        amount = self.amount(record) * self._times(record)
        if self.spec.shared and record.matter:
            return whole(Fraction(amount, 1) / self._sharers(work, record.matter))
        return amount

    def _sharers(self, work: Work, matter: str) -> int:
        """How many subjects have a record of that matter under this leaf."""
        key = ("sharers", self.code)
        found = work.cohort.memo.get(key)
        if found is None:
            found = work.cohort.memo[key] = {}
            for subject, records in work.cohort.records.items():
                for record in records:
                    if record.leaf == self.code and record.matter:
                        found.setdefault(record.matter, set()).add(subject)
        return len(found[matter])

    def _first(
        self,
        work: Work,
        record: Record,
        window: PeriodType,
        seen: dict[tuple[object, str | None], bool],
    ) -> bool:
        """Whether this is the window's first of its level; further ones are remarked, not counted."""
        period = containing(record.date, window, self.setting.scheme.month_starts)
        key = (period.start, record.level)
        repeated = key in seen
        seen[key] = True
        if (repeated or (record.count or 1) > 1) and record.date >= self.period.start:
            level = f" {record.level}" if record.level else ""
            work.remark(f"{self.code}{level} {period.text} 只计一次：{record.id}")
        return not repeated


def _group(setting: Setting, name: str | None) -> tuple[str, ...]:
    if name is None:
        return ()
    leaves = setting.scheme.leaves.values()
    return tuple(leaf.code for leaf in leaves if leaf.highest_only == name and setting.kind in leaf.kinds)


class Fixed(Event):
    """The same amount each time."""

    def __init__(self, spec: Indicator, setting: Setting) -> None:
        super().__init__(spec, setting)
        self.fixed: Units = setting.units(spec.amount) or 0

    def amount(self, record: Record) -> Units:
        return self.fixed


class Ranged(Event):
    """The recorder chose the amount."""

    def amount(self, record: Record) -> Units:
        return units(record.amount) if record.amount is not None else 0


class Levelled(Event):
    """The amount and the flags come with the level."""

    def __init__(self, spec: Indicator, setting: Setting) -> None:
        super().__init__(spec, setting)
        self.amounts = {n: setting.units(level.amount) or 0 for n, level in spec.levels.items()}
        self.level_flags = {n: (*spec.flags, *level.flags) for n, level in spec.levels.items()}
        self.default = spec.default_level or ""

    def amount(self, record: Record) -> Units:
        return self.amounts[record.level or self.default]

    def flags_of(self, record: Record) -> tuple[str, ...]:
        return self.level_flags[record.level or self.default]


class Counter(Node):
    """Records that give no points: they are counted, or carry a flag."""

    def run(self, work: Work) -> Units:
        for record in work.now.get(self.code, ()):
            level = self.spec.levels.get(record.level or self.spec.default_level or "")
            work.flag((*self.flags, *(level.flags if level else ())))
        return 0
