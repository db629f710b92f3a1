"""What ends a sheet: a floor or a cap of its total, a status instead of a score."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from kaohe.scheme.formula import Formula, NoData
from kaohe.scheme.model import Indicator, Scheme, Stage
from kaohe.scheme.periods import PeriodType
from kaohe.scoring.points import POINT, Units, rounded, text, whole
from kaohe.scoring.sheets import Line, Sheet


class Ending:
    """Of one kind and period; falsy where the scheme sets neither bounds nor stages."""

    def __init__(self, scheme: Scheme, kind: str, period: PeriodType, names: Mapping[str, Any]) -> None:
        self.scheme, self.names = scheme, names
        self.nodes = [node for node in scheme.indicators if node.item and kind in node.kinds]
        self.stages = [stage for stage in scheme.stages if _holds_for(scheme, stage, kind, period)]
        self.bounded = (scheme.total_floor, scheme.total_cap) != (None, None)

    def __bool__(self) -> bool:
        return bool(self.stages or self.bounded)

    def close(self, sheet: Sheet) -> None:
        if self.bounded:
            self._bound(sheet)
        for stage in self.stages:
            if stage.when.holds(self.names):
                self._end(sheet, stage)
                return

    def _bound(self, sheet: Sheet) -> None:
        low, high = self._points(self.scheme.total_floor), self._points(self.scheme.total_cap)
        if low is not None and sheet.total_units < low:
            self._raise(sheet, low - sheet.total_units, f"总分不低于 {text(low)}")
        if high is not None and sheet.total_units > high:
            self._lower(sheet, sheet.total_units - high, f"总分不高于 {text(high)}")

    def _raise(self, sheet: Sheet, units: int, why: str) -> None:
        """Deductions beyond the floor are absorbed; what was less than nothing without them is made up for."""
        node = self._item(sheet, lowest=True)
        absorbed = min(units, sheet.deduction_units)
        sheet.deduction_units -= absorbed
        self._write(sheet, node, "absorbed", absorbed, why)
        self._write(sheet, node, "adjust", units - absorbed, why)

    def _lower(self, sheet: Sheet, units: int, why: str) -> None:
        """Bonus goes first."""
        node = self._item(sheet, lowest=False)
        bonus = min(units, sheet.bonus_units)
        sheet.bonus_units -= bonus
        self._write(sheet, node, "cut", -units, why)

    def _item(self, sheet: Sheet, *, lowest: bool) -> Indicator:
        """The item that bears it: the one that takes most away, or the last of the bonus; else the last."""
        nodes = [node for node in self.nodes if node.code in sheet.item_units]
        if lowest:
            worst = min(nodes, key=lambda node: sheet.item_units[node.code])
            return worst if sheet.item_units[worst.code] < 0 else nodes[-1]
        giving = [node for node in nodes if node.line == "bonus" and sheet.item_units[node.code] > 0]
        return (giving or nodes)[-1]

    def _end(self, sheet: Sheet, stage: Stage) -> None:
        """A status with a fixed total, or without any score."""
        sheet.status = stage.status
        sheet.flags = sorted({*sheet.flags, *stage.flags})
        total = self._points(stage.total)
        if total is not None:
            node = self._item(sheet, lowest=False)
            self._write(sheet, node, "adjust", total - sheet.total_units, stage.status)
            return
        sheet.item_units, sheet.lines = {}, []
        sheet.total_units = sheet.bonus_units = sheet.deduction_units = 0

    def _write(self, sheet: Sheet, node: Indicator, kind: Any, units: Units, why: str) -> None:
        if units:
            sheet.lines.append(Line(kind, node.code, node.article, int(units), (), why))
            sheet.item_units[node.code] += int(units)
            sheet.total_units += int(units)

    def _points(self, formula: Formula | None) -> int | None:
        try:
            value = None if formula is None else formula(self.names)
        except NoData:
            return None
        return None if value is None else rounded(whole(Fraction(value) * POINT))


def _holds_for(scheme: Scheme, stage: Stage, kind: str, period: PeriodType) -> bool:
    """A longer period that is averaged from its months ends early only where the stage names it."""
    if stage.kinds and kind not in stage.kinds:
        return False
    if stage.periods:
        return period in stage.periods
    return scheme.rollup is None or period == scheme.rollup
