"""A leaf whose value is the result of another scheme of the same tenant, pinned to its version."""

from __future__ import annotations

from collections import ChainMap
from fractions import Fraction

from kaohe.scheme.formula import NoData
from kaohe.scoring.points import Units, units
from kaohe.scoring.rules.rated import Awarded
from kaohe.scoring.work import Work


class Imported(Awarded):
    """The value itself, or what `formula` makes of it (`value_given`); none recorded is missing."""

    def reached(self, work: Work) -> tuple[Units, tuple[str, ...], str] | None:
        records = work.now.get(self.code)
        if not records:
            return self.lack(work)
        record, source = records[0], self.spec.source
        value = given = Fraction(record.value or 0)
        if self.spec.formula is not None:
            try:
                given = self.spec.formula.number(ChainMap({"value_given": value}, self.names))
            except NoData:
                return self.lack(work)
        why = f"{source.scheme} {source.version} {source.item}" if source else ""
        return units(given), (record.id,), why
