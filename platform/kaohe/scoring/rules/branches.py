"""Branches: what their children give, and the bounds of the whole."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from kaohe.scheme.model import Effect, Indicator
from kaohe.scheme.periods import PeriodType
from kaohe.scoring.caps import NAMES, Allowance, layers
from kaohe.scoring.points import Units, rounded, text, whole
from kaohe.scoring.rules.events import Event
from kaohe.scoring.rules.measured import Measured
from kaohe.scoring.rules.node import ANYTHING, Node, Setting
from kaohe.scoring.rules.rated import Awarded
from kaohe.scoring.sheets import Line
from kaohe.scoring.work import Work


class Sum(Node):
    """Children one after the other, then the bounds, then what comes after the floor."""

    def __init__(self, spec: Indicator, setting: Setting, children: Sequence[Node]) -> None:
        super().__init__(spec, setting)
        self.first = [node for node in children if not node.spec.after_floor]
        self.last = [node for node in children if node.spec.after_floor]
        self.children = [*self.first, *self.last]
        self.floor = setting.units(spec.floor)
        self.layers = layers(spec.caps, self.names)
        self.events = [e for node in self.children for e in events_of(node)]
        self.dated = any(window != setting.period.type for window, _ in self.layers)
        if self.dated:
            for event in self.events:
                event.watch()
        self.part_caps = [(part.of, setting.units(part.cap)) for part in spec.part_caps]

    @property
    def codes(self) -> Sequence[str]:
        return [*super().codes, *(code for node in self.children for code in node.codes)]

    @property
    def earlier(self) -> Sequence[str]:
        return [*super().earlier, *(code for node in self.children for code in node.earlier)]

    @property
    def recurring(self) -> Sequence[str]:
        return [code for node in self.children for code in node.recurring]

    @property
    def outside(self) -> set[str]:
        return super().outside.union(*(node.outside for node in self.children))

    @property
    def kin(self) -> Sequence[Measured]:
        return [leaf for node in self.children for leaf in node.kin]

    @property
    def is_bonus(self) -> bool:
        return self.spec.line == "bonus" or all(node.is_bonus for node in self.children)

    def run(self, work: Work) -> Units:
        total = self.start(work)
        now, before = work.now, work.before
        for node in self.first:
            code = node.code
            if code in now or not node.skippable or code in before:
                total += run_node(node, work)
        if self.part_caps:
            total += self._cap_parts(work)
        if self.layers:
            total += self._cap(work, total)
        if self.floor is not None and total < self.floor:
            total += work.add("absorbed", self.spec, self.floor - total, (), f"不低于 {text(self.floor)}")
        for node in self.last:
            total += run_node(node, work)
        return total

    def start(self, work: Work) -> Units:
        return 0

    def _cap(self, work: Work, total: Units) -> Units:
        if self.dated:
            return self._cap_dated(work)
        cut: Units = 0
        for window, cap in self.layers:
            if total > cap:
                cut += work.add("cut", self.spec, cap - total, (), _cap_words(window, cap), bonus=self.is_bonus)
                total = cap
        return cut

    def _cap_dated(self, work: Work) -> Units:
        """A cap over another window than the period looks at the days on which points were given."""
        allowance = Allowance(self.layers, self.setting.scheme.month_starts)
        given = [pair for event in self.events for pair in work.dated.get(event.code, ())]
        now = False
        for day, amount in sorted(given):
            if not now and day >= self.period.start:
                allowance.forget_cuts()
                now = True
            allowance.take(day, amount)
        return sum(
            (
                work.add("cut", self.spec, -cut, (), why, bonus=self.is_bonus)
                for cut, why in (allowance.reasons() if now else ())
            ),
            0,
        )

    def _cap_parts(self, work: Work) -> Units:
        cut: Units = 0
        for codes, cap in self.part_caps:
            given = sum((work.parts.get(code, 0) for code in codes), 0)
            if cap is not None and given > cap:
                why = f"{'、'.join(codes)} 合计上限 {text(cap)}"
                cut += work.add("cut", self.spec, cap - given, (), why, bonus=self.is_bonus)
        return cut


class FromFull(Sum):
    """Starts from its full points; what goes below 0 (or its floor) is absorbed."""

    def __init__(self, spec: Indicator, setting: Setting, children: Sequence[Node]) -> None:
        super().__init__(spec, setting, children)
        if self.floor is None:
            self.floor = 0
        shown = rounded(self.full or 0, 6)
        self.full_line = Line("points", spec.code, spec.article, shown, (), "满分")

    @property
    def is_bonus(self) -> bool:
        return False

    def start(self, work: Work) -> Units:
        work.lines.append(self.full_line)
        return self.full or 0


class Weighted(Sum):
    """W·w·share ÷ Σw of its leaves; those that do not apply drop out of Σw.

    Where the scheme normalises, W is also scaled so that the branches with something applicable
    reach the scheme's full points together.
    """

    def __init__(self, spec: Indicator, setting: Setting, children: Sequence[Node]) -> None:
        super().__init__(spec, setting, children)
        self.leaves = [leaf for leaf in self.children if isinstance(leaf, Awarded)]
        self.siblings: list[Weighted] = [self]
        self.normal = setting.units(setting.scheme.normalise)

    @property
    def outside(self) -> set[str]:
        return super().outside | ({ANYTHING} if self.normal is not None else set())

    def applicable(self, work: Work) -> list[Awarded]:
        return [leaf for leaf in self.leaves if leaf.applies(work)]

    def run(self, work: Work) -> Units:
        taking_part = self.applicable(work)
        weights = {leaf.code: _weight(leaf) for leaf in taking_part}
        total_weight = sum(weights.values(), Fraction(0))
        if total_weight == 0:
            return 0
        worth = self._worth(work)
        total: Units = 0
        for leaf in taking_part:
            total += self._line(work, leaf, worth * weights[leaf.code] / total_weight)
        return total

    def _worth(self, work: Work) -> Fraction:
        if self.normal is None:
            return Fraction(self.full or 0)
        whole_tree = sum((b.full or 0 for b in self.siblings if any(map(_weight, b.applicable(work)))), 0)
        return Fraction(self.normal) * (self.full or 0) / whole_tree if whole_tree else Fraction(0)

    def _line(self, work: Work, leaf: Awarded, worth: Fraction) -> Units:
        work.flag(leaf.flags if work.now.get(leaf.code) else ())
        found = leaf.share(work)
        if found is None:
            return 0
        share, ids, why = found
        units = whole(worth * share)
        work.parts[leaf.code] = units
        return work.add("points", leaf.spec, units, ids, why)


class Rescaled(Sum):
    """Leaves with points of their own, where what does not apply is made up for by the rest."""

    def run(self, work: Work) -> Units:
        leaves = [leaf for leaf in self.first if isinstance(leaf, Awarded)]
        out = [leaf for leaf in leaves if not leaf.applies(work)]
        total = super().run(work)
        lost = sum((leaf.highest for leaf in out), 0)
        rest = [leaf for leaf in leaves if leaf not in out]
        if not lost or not rest:
            return total
        gained = self._gain(work, rest, lost)
        return total + work.add("adjust", self.spec, gained, (), "不适用项的分值由其余项承担")

    def _gain(self, work: Work, rest: Sequence[Awarded], lost: Units) -> Units:
        if self.spec.not_applicable == "spread":
            each = Fraction(lost) / len(rest)
            shares = (Fraction(work.parts.get(r.code, 0)) / r.highest for r in rest if r.highest)
            return whole(sum((share * each for share in shares), Fraction(0)))
        applicable = sum((leaf.highest for leaf in rest), 0)
        reached = sum((work.parts.get(leaf.code, 0) for leaf in rest), 0)
        return whole(Fraction(reached) * lost / applicable)


def _weight(leaf: Awarded) -> Fraction:
    if leaf.weight is not None:
        return leaf.weight
    return Fraction(leaf.full) if leaf.full is not None else Fraction(1)


def _cap_words(window: PeriodType, cap: Units) -> str:
    return f"每{NAMES[window]}上限 {text(cap)}"


def events_of(node: Node) -> list[Event]:
    if isinstance(node, Sum):
        return [event for child in node.children for event in events_of(child)]
    return [node] if isinstance(node, Event) else []


def run_node(node: Node, work: Work) -> Units:
    """A node with what may stand around any rule: a condition, a coefficient, zeroing."""
    if node.bare:
        total = work.parts[node.code] = node.run(work)
        return total
    spec = node.spec
    if spec.only_when is not None and not spec.only_when.holds(node.names):
        if spec.only_when_remark and any(code in work.now for code in node.codes):
            work.remark(spec.only_when_remark)
        work.parts[node.code] = 0
        return 0
    total = node.run(work)
    if spec.coefficient is not None:
        factor = Fraction(node.number(spec.coefficient))
        if factor != 1 and total:
            total += work.add("adjust", spec, whole(total * (factor - 1)), (), f"系数 {text(factor * 10**6)}")
    if spec.effects:
        total += _take_away(node, work, total)
    work.parts[node.code] = total
    return total


def _take_away(node: Node, work: Work, left: Units) -> Units:
    """Zeroing, halving: the first effect whose condition holds."""
    for taking in node.effects:
        if taking.holds(work, node.names):
            work.flag(taking.effect.flags)
            return _lose(node, work, left, taking.effect)
    return 0


def _lose(node: Node, work: Work, left: Units, effect: Effect) -> Units:
    lost = whole(left * (1 - Fraction(node.number(effect.keep))))
    if lost <= 0:
        return 0
    return work.add("deduction", node.spec, -lost, (), effect.why or "归零")
