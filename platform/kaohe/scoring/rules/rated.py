"""Leaves that people rate: judged, in one or several channels by several raters; checks."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable, Sequence
from fractions import Fraction

from kaohe.scheme.formula import Formula, NoData, exact
from kaohe.scheme.model import Indicator
from kaohe.scheme.problems import shown
from kaohe.scoring.facts import Record
from kaohe.scoring.points import POINT, Units, text, units, whole
from kaohe.scoring.rules.bounds import Bounds
from kaohe.scoring.rules.node import Node, Setting
from kaohe.scoring.work import Work

OMITTED = None


class Awarded(Node):
    """A leaf that is worth something: `share` gives 0 to 1 of what it can reach, None when missing.

    A branch that weighs its leaves asks for the share; standing by itself the leaf writes points.
    """

    def __init__(self, spec: Indicator, setting: Setting) -> None:
        super().__init__(spec, setting)
        self.weight = setting.number(spec.weight)
        self.highest: Units = self.full or 0
        self.bounds = Bounds(self, takes=self.takes, is_bonus=self.is_bonus)
        self.recalls = self.bounds.longer

    @property
    def recalling(self) -> Sequence[str]:
        return [self.code] if self.recalls else []

    def share(self, work: Work) -> tuple[Fraction, tuple[str, ...], str] | None:
        found = self.reached(work)
        if found is None:
            return None
        reached, ids, why = found
        return (Fraction(reached) / self.highest if self.highest else Fraction(0)), ids, why

    def reached(self, work: Work) -> tuple[Units, tuple[str, ...], str] | None:
        raise NotImplementedError

    def rate_share(self) -> None:
        """In a branch that weighs it, a leaf without points of its own is rated from 0 to 1."""
        if not self.highest:
            self.highest = POINT

    def run_worth(self, work: Work, worth: Units) -> Units:
        work.flag(self.flags if work.now.get(self.code) else ())
        found = self.share(work)
        if found is None:
            return self.bounded(work, 0)
        share, ids, why = found
        return self.bounded(work, work.add("points", self.spec, whole(worth * share), ids, why))

    def applies(self, work: Work) -> bool:
        """False leaves it out: 不适用."""
        return all(r.done != "not_applicable" for r in work.now.get(self.code, ()))

    def run(self, work: Work) -> Units:
        return self.bounded(work, self.give(work))

    def give(self, work: Work) -> Units:
        if records := work.now.get(self.code):
            work.flag(self.flags)
            if any(record.done == "not_applicable" for record in records):
                return 0
        found = self.reached(work)
        if found is None:
            return 0
        reached, ids, why = found
        if not (self.highest or reached):
            return 0
        if not ids and not why:
            return 0
        return work.add(self.kind, self.spec, reached, ids, why)

    def bounded(self, work: Work, given: Units) -> Units:
        """Under the caps of the leaf; the points of a leaf that is rated or measured are given at the period's end."""
        if not (self.bounds.layers or self.watched):
            return given
        held = [(day, self.code, amount) for day, amount in work.recall(self.code)] if self.recalls else []
        change, work.dated[self.code] = self.bounds.cut_dated(work, [*held, (self.period.end, self.code, given)])
        return given + change

    def lack(self, work: Work) -> tuple[Units, tuple[str, ...], str] | None:
        """Nobody recorded anything: the stand-in, or 0 and the leaf is missing."""
        if self.spec.stand_in is not None:
            try:
                value = units(self.number(self.spec.stand_in))
            except NoData:
                pass
            else:
                if self.spec.stand_in_remark:
                    work.remark(self.spec.stand_in_remark)
                return value, (), self.spec.stand_in_remark or f"以 {text(value)} 代"
        if not self.spec.optional:
            work.missing.append(self.code)
        return None


class Judged(Awarded):
    """Raters may use a scale of their own (`max`); the leaf's points follow from it."""

    def __init__(self, spec: Indicator, setting: Setting) -> None:
        super().__init__(spec, setting)
        scale = setting.units(spec.max)
        self.scale: Units = self.highest if scale is None else scale
        if self.full is None:
            self.highest = self.scale
        parameters = setting.cohort.parameters
        self.aggregate = str(parameters.get("aggregate", "mean"))
        self.weights = {channel: Fraction(parameters[f"channel_{channel}"]) for channel in spec.channels}

    def reached(self, work: Work) -> tuple[Units, tuple[str, ...], str] | None:
        records = work.now.get(self.code)
        if not records:
            return self.lack(work)
        ids = tuple(record.id for record in records)
        try:
            if self.spec.channels:
                return self._by_channel(work, records, ids)
            value = self._mean(records)
        except NoData:  # a value of which nothing can be made
            return self.lack(work)
        return self._scaled(value), ids, _raters(records, self.aggregate, value)

    def rate_share(self) -> None:
        super().rate_share()
        self.scale = self.scale or self.highest

    def _scaled(self, value: Units) -> Units:
        if self.scale == self.highest or not self.scale:
            return value
        return whole(Fraction(value) * self.highest / self.scale)

    def rating(self, record: Record) -> Units:
        """In points; a leaf may turn a measured value into a rating."""
        if record.rating is not None:
            return units(record.rating)
        return self.from_value(record)

    def from_value(self, record: Record) -> Units:
        """`target` or `formula` of the leaf say what a `value` is worth."""
        value = Fraction(record.value or 0)
        if self.spec.formula is not None:
            self.names["value_given"] = value
            return units(self.number(self.spec.formula))
        target = self.number(self.spec.target or self.spec.points)  # type: ignore[arg-type]
        share = Fraction(1) if value >= target else max(Fraction(0), value / target)
        return whole(self.scale * share)

    def _mean(self, records: Iterable[Record]) -> Units:
        return aggregate([self.rating(record) for record in records], self.aggregate)

    def _by_channel(
        self, work: Work, records: list[Record], ids: tuple[str, ...]
    ) -> tuple[Units, tuple[str, ...], str] | None:
        rated = {channel: [r for r in records if r.channel == channel] for channel in self.weights}
        weights = {channel: w for channel, w in self.weights.items() if rated[channel]}
        total = sum(weights.values(), Fraction(0))
        if total == 0:
            return self.lack(work)
        for channel in self.weights:
            if not rated[channel] and self.weights[channel]:
                work.remark(f"{self.code} 缺渠道 {channel}，其余权重按比例放大")
        means = {channel: self._mean(rated[channel]) for channel in weights}
        value = sum((weights[c] * means[c] for c in weights), Fraction(0)) / total
        why = "，".join(f"{c} {text(means[c])} × {text(weights[c] * POINT)}" for c in weights)
        return self._scaled(whole(value)), ids, why


def aggregate(ratings: list[Units], how: str) -> Units:
    ordered = sorted(ratings)
    if how == "median":
        middle = ordered[(len(ordered) - 1) // 2 : len(ordered) // 2 + 1]
        return whole(Fraction(sum(middle)) / len(middle))
    if how == "trimmed" and len(ordered) >= 5:
        ordered = ordered[1:-1]
    return whole(Fraction(sum(ordered)) / len(ordered)) if len(ordered) > 1 else ordered[0]


def _raters(records: list[Record], how: str, value: Units) -> str:
    names = {"mean": "平均", "median": "中位数", "trimmed": "去高去低平均"}
    if len(records) == 1:
        return f"评 {text(value)}"
    return f"{len(records)} 人{names[how]} {text(value)}"


class Check(Awarded):
    """Full, partial (its rating, or the declared part, or half), none; or not applicable."""

    def __init__(self, spec: Indicator, setting: Setting) -> None:
        super().__init__(spec, setting)
        if self.full is None:
            self.highest = setting.units(spec.max) or (POINT if spec.weight is not None else 0)
        self.declared = setting.units(spec.partial)

    @property
    def partial(self) -> Units:
        return self.declared if self.declared is not None else whole(Fraction(self.highest) / 2)

    def reached(self, work: Work) -> tuple[Units, tuple[str, ...], str] | None:
        records = work.now.get(self.code)
        if not records:
            return self.lack(work)
        record = records[-1]
        if record.done is None and self.spec.formula is not None:
            try:
                return self._measured(record, self.spec.formula)
            except NoData:
                return self.lack(work)
        if record.done == "partial":
            given = units(record.rating) if record.rating is not None else self.partial
            return given, (record.id,), "部分完成"
        if record.done == "full":
            return self.highest, (record.id,), "完成"
        return 0, (record.id,), "未完成"

    def _measured(self, record: Record, formula: Formula) -> tuple[Units, tuple[str, ...], str]:
        """The measures of the record's `fields` say which share was obtained."""
        measures = {name: exact(value) for name, value in (record.fields or {}).items()}
        share = formula.number(ChainMap(measures, self.names))
        why = "，".join(f"{self.spec.fields[name].title} {shown(value)}" for name, value in measures.items())
        return whole(share * self.highest), (record.id,), why
