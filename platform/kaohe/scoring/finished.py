"""What formulas may ask of finished sheets."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from kaohe.scoring.environment import Environment
from kaohe.scoring.points import points
from kaohe.scoring.sheets import Sheet, Sheets


class SheetNames(Environment):
    """Names for formulas over finished sheets: total, rank, grade, item('code') …"""

    def __init__(self, sheets: Sheets) -> None:
        super().__init__(sheets.cohort, lambda: sheets.cohort.all_subjects[self.sheet.subject])
        self.sheet: Sheet
        self.sizes: dict[str, int] = {}
        self.from_last: dict[str, int] = {}
        for sheet in sheets:
            self.sizes[sheet.group] = self.sizes.get(sheet.group, 0) + 1
        self["item"], self["flag"], self["kind_size"] = self.item, self.flag, self.kind_size

    def item(self, code: str) -> Fraction:
        """A rounded item of the sheet; 0 where the sheet has none of that name."""
        return points(self.sheet.item_units.get(code, 0))

    def flag(self, name: str) -> bool:
        return name in self.sheet.flags

    def kind_size(self, kind: str) -> int:
        """How many subjects of the kind have a sheet."""
        return len(self.cohort.of_kind(kind))

    def __missing__(self, name: str) -> Any:
        sheet = self.sheet
        if name in ("total", "bonus", "deduction"):
            return points(getattr(sheet, f"{name}_units"))
        if name == "base":
            return points(sheet.total_units - sheet.bonus_units + sheet.deduction_units)
        if name in ("rank", "grade", "group", "status"):
            return getattr(sheet, name)
        if name == "group_size":
            return self.sizes[sheet.group]
        if name == "rank_from_last":
            return self.from_last.get(sheet.subject, self.sizes[sheet.group] + 1)
        if name == "complete":
            return not sheet.missing
        return super().__missing__(name)
