"""Caps of a node, and of a part of its children: over the period itself or over any other calendar window.

What is limited is what a node gives; under deductions it is what is taken, and the rest is absorbed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from fractions import Fraction

from kaohe.scheme.periods import PeriodType, containing
from kaohe.scoring.caps import NAMES, Allowance, is_longer, layers
from kaohe.scoring.points import Units, text, whole
from kaohe.scoring.rules.node import Node
from kaohe.scoring.work import Work

Entry = tuple[date, Units]


class Bounds:
    """`dated`: some window is another than the period, so the days on which points were given matter."""

    def __init__(self, node: Node, *, takes: bool, is_bonus: bool) -> None:
        self.node, self.bonus = node, is_bonus
        self.sign = -1 if takes else 1
        self.layers = layers(node.spec.caps, node.names)
        self.period = node.period.type
        self.longer = any(is_longer(window, self.period) for window, _ in self.layers)
        self.dated = any(window != self.period for window, _ in self.layers)
        self.parts: list[Part] = []

    def limit(self, children: Iterable[Node]) -> None:
        """Learns of the caps on parts of these children."""
        held = {child.code: child for child in children}
        for part in self.node.spec.part_caps:
            cap = self.node.setting.units(part.cap)
            found = [held[code] for code in part.of if code in held]
            if cap is not None and found:
                sign = -1 if all(child.takes for child in found) else 1
                self.parts.append(Part(part.of, cap, sign))

    def cut(self, work: Work, given: Units) -> Units:
        """Of what was given in the period, by caps over the period itself."""
        change: Units = 0
        for part in self.parts:
            size = part.sign * sum((work.parts.get(code, 0) for code in part.of), 0)
            if size > part.cap:
                change += self._write(work, size - part.cap, part.why, part.sign)
        for window, cap in self.layers:
            size = self.sign * (given + change)
            if size > cap:
                change += self._write(work, size - cap, words(window, cap), self.sign)
        return change

    def cut_dated(self, work: Work, entries: Iterable[tuple[date, str, Units]]) -> tuple[Units, list[Entry]]:
        """The change, and what passed on which day from the year's start on."""
        first_day = self.node.setting.scheme.month_starts
        allowance, lost = Allowance(self.layers, first_day), self._nothing()
        used: dict[tuple[int, date], Units] = {}
        passed: list[Entry] = []
        now = False
        for day, code, amount in sorted(entries, key=lambda entry: entry[0]):
            if not now and day >= self.node.period.start:
                allowance.forget_cuts()
                lost, now = self._nothing(), True
            left = amount
            for index, part in enumerate(self.parts):
                if code in part.of:
                    key = (index, containing(day, self.period, first_day).start)
                    kept = part.sign * min(part.sign * left, part.cap - used.get(key, 0))
                    used[key] = used.get(key, 0) + part.sign * kept
                    lost[index] += part.sign * (left - kept)
                    left = kept
            passed.append((day, self.sign * allowance.take(day, self.sign * left)))
        if not now:
            return 0, passed
        told: list[tuple[Units, str, int]] = [
            (size, part.why, part.sign) for size, part in zip(lost, self.parts, strict=True) if size
        ]
        told += [(size, why, self.sign) for size, why in allowance.reasons()]
        return sum((self._write(work, *one) for one in told), 0), passed

    def _nothing(self) -> list[Units]:
        return [0] * len(self.parts)

    def _write(self, work: Work, size: Units, why: str, sign: int) -> Units:
        if sign < 0:
            return work.add("absorbed", self.node.spec, size, (), why)
        return work.add("cut", self.node.spec, -size, (), why, bonus=self.bonus)


class Part:
    """Some of the children, which together are limited."""

    def __init__(self, of: Sequence[str], cap: Units, sign: int) -> None:
        self.of, self.cap, self.sign = of, cap, sign
        self.why = f"{'、'.join(of)} 合计上限 {text(cap)}"


def words(window: PeriodType, cap: Units) -> str:
    return f"每{NAMES[window]}上限 {text(cap)}"


def redate(node: Node, work: Work, total: Units) -> None:
    """What a condition, a coefficient or a floor made of the period's points holds for a cap further up too."""
    held: list[Entry] = work.dated.get(node.code, [])
    start = node.period.start
    given = sum((amount for day, amount in held if day >= start), 0)
    if given == total:
        return
    factor = Fraction(total) / given if given else None
    if factor is not None and 0 <= factor < 1:
        held = [(day, whole(amount * factor) if day >= start else amount) for day, amount in held]
    else:
        held = [*held, (node.period.end, total - given)]
    work.dated[node.code] = held
