"""Caps over calendar windows, shortest first; a longer one counts what passed the shorter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from kaohe.scheme.formula import Formula
from kaohe.scheme.periods import WINDOWS, PeriodType, containing
from kaohe.scoring.points import POINT, Units, text, whole

Dated = Iterable[tuple[date, Units]]
Layers = tuple[tuple[PeriodType, Units], ...]
NAMES = {"week": "周", "month": "月", "quarter": "季", "half": "半年", "year": "年"}


def is_longer(window: PeriodType, period: PeriodType) -> bool:
    return WINDOWS.index(window) > WINDOWS.index(period)


def layers(caps: Mapping[PeriodType, Formula], names: Mapping[str, object]) -> Layers:
    """In the order of their length; a parameter that is null sets no cap."""
    found = []
    for window in WINDOWS:
        value = caps[window](names) if window in caps else None
        if value is not None:
            found.append((window, whole(value * POINT)))
    return tuple(found)


class Allowance:
    """Takes amounts in order of their dates and says what passes; `cut` holds what did not, by layer."""

    def __init__(self, layers: Layers, first_day: int = 1) -> None:
        self.layers, self.first_day = layers, first_day
        self.used: dict[tuple[int, date], Units] = {}
        self.cut: list[Units] = [0] * len(layers)

    def take(self, day: date, amount: Units) -> Units:
        for index, (window, cap) in enumerate(self.layers):
            key = (index, containing(day, window, self.first_day).start)
            used = self.used.get(key, 0)
            passed = min(amount, cap - used)
            self.used[key] = used + passed
            self.cut[index] += amount - passed
            amount = passed
        return amount

    def forget_cuts(self) -> None:
        """What was cut before the scored period is no line of it."""
        self.cut = [0] * len(self.layers)

    def reasons(self) -> Iterable[tuple[Units, str]]:
        """What each layer cut, with the words for the line."""
        for (window, cap), cut in zip(self.layers, self.cut, strict=True):
            if cut:
                yield cut, f"每{NAMES[window]}上限 {text(cap)}"
