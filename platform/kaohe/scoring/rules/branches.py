"""Branches: what their children give, and the bounds of the whole."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from kaohe.scheme.model import Indicator
from kaohe.scoring.points import Units, rounded, text, whole
from kaohe.scoring.rules.around import run_node, run_worth
from kaohe.scoring.rules.bounds import Bounds
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
        self.bounds = Bounds(self, takes=self.takes, is_bonus=self.is_bonus)
        self.bounds.limit(self.first)
        self.dated = self.bounds.dated
        self.bounded = bool(self.bounds.layers or self.bounds.parts)
        if self.dated:
            for node in self.first:
                node.watch(longer=self.bounds.longer)

    def watch(self, *, longer: bool) -> None:
        super().watch(longer=longer)
        self.dated = self.bounded = True
        for node in self.children:
            node.watch(longer=longer)

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
    def recalling(self) -> Sequence[str]:
        return [code for node in self.children for code in node.recalling]

    @property
    def outside(self) -> set[str]:
        return super().outside.union(*(node.outside for node in self.children))

    @property
    def kin(self) -> Sequence[Measured]:
        return [leaf for node in self.children for leaf in node.kin]

    @property
    def is_bonus(self) -> bool:
        giving = [node for node in self.children if node.spec.rule != "counter"]
        return self.spec.line == "bonus" or (bool(giving) and all(node.is_bonus for node in giving))

    @property
    def takes(self) -> bool:
        giving = [node for node in self.children if node.spec.rule != "counter"]
        return self.spec.line == "deduction" or (bool(giving) and all(node.takes for node in giving))

    def run(self, work: Work) -> Units:
        total = self.start(work)
        given = self.gather(work)
        if self.bounded:
            given += self._dated(work) if self.dated else self.bounds.cut(work, given)
        total += given
        if self.floor is not None and total < self.floor:
            total += work.add("absorbed", self.spec, self.floor - total, (), f"不低于 {text(self.floor)}")
        for node in self.last:
            total += run_node(node, work)
        return total

    def start(self, work: Work) -> Units:
        return 0

    def gather(self, work: Work) -> Units:
        """What the children give before the bounds of the branch."""
        total: Units = 0
        now, before = work.now, work.before
        for node in self.first:
            code = node.code
            if code in now or not node.skippable or code in before:
                total += run_node(node, work)
        return total

    def _dated(self, work: Work) -> Units:
        entries = [(day, node.code, amount) for node in self.first for day, amount in work.dated.get(node.code, ())]
        change, work.dated[self.code] = self.bounds.cut_dated(work, entries)
        return change


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

    @property
    def takes(self) -> bool:
        return True

    def start(self, work: Work) -> Units:
        work.lines.append(self.full_line)
        return self.full or 0


class Weighted(Sum):
    """W·w·share ÷ Σw of what it weighs; what does not apply drops out of Σw.

    A branch below that weighs its own leaves is weighed like a leaf. Children that add or take away points come beside.
    Where the scheme normalises, W is also scaled so that the branches with something applicable
    reach the scheme's full points together.
    """

    def __init__(self, spec: Indicator, setting: Setting, children: Sequence[Node]) -> None:
        super().__init__(spec, setting, children)
        self.weighed = [node for node in self.first if isinstance(node, Awarded | Weighted)]
        self.first = [node for node in self.first if not isinstance(node, Awarded | Weighted)]
        for node in self.weighed:
            node.rate_share()
        self.siblings: list[Weighted] = [self]
        self.normal = setting.units(setting.scheme.normalise)
        self.weight = setting.number(spec.weight)
        self.worth: Units | None = None  # told by the branch above

    @property
    def outside(self) -> set[str]:
        return super().outside | ({ANYTHING} if self.normal is not None else set())

    def applicable(self, work: Work) -> list[Awarded | Weighted]:
        return [node for node in self.weighed if node.applies(work)]

    def applies(self, work: Work) -> bool:
        return any(node.applies(work) for node in self.weighed)

    def gather(self, work: Work) -> Units:
        total = super().gather(work)
        taking_part = self.applicable(work)
        weights = {node.code: _weight(node) for node in taking_part}
        total_weight = sum(weights.values(), Fraction(0))
        if total_weight == 0:
            return total
        worth = self._worth(work)
        for node in taking_part:
            total += run_worth(node, work, whole(worth * weights[node.code] / total_weight))
        return total

    def rate_share(self) -> None:
        """Its leaves say themselves what they are rated on."""

    def run_worth(self, work: Work, worth: Units) -> Units:
        self.worth = worth
        return self.run(work)

    def _worth(self, work: Work) -> Fraction:
        if self.worth is not None:
            return Fraction(self.worth)
        if self.normal is None:
            return Fraction(self.full or 0)
        whole_tree = sum((b.full or 0 for b in self.siblings if any(map(_weight, b.applicable(work)))), 0)
        return Fraction(self.normal) * (self.full or 0) / whole_tree if whole_tree else Fraction(0)


class Rescaled(Sum):
    """Leaves with points of their own, where what does not apply is made up for by the rest."""

    def gather(self, work: Work) -> Units:
        leaves = [leaf for leaf in self.first if isinstance(leaf, Awarded)]
        out = [leaf for leaf in leaves if not leaf.applies(work)]
        total = super().gather(work)
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
        return whole(Fraction(reached) * lost / applicable) if applicable else 0


def _weight(node: Awarded | Weighted) -> Fraction:
    if node.weight is not None:
        return node.weight
    return Fraction(node.full) if node.full is not None else Fraction(1)


def events_of(node: Node) -> list[Event]:
    if isinstance(node, Sum):
        return [event for child in node.children for event in events_of(child)]
    return [node] if isinstance(node, Event) else []
