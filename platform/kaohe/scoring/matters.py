"""就高不就低: a matter counts once in the calendar year, with its highest amount."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import groupby
from typing import NamedTuple

from kaohe.scheme.periods import PeriodType, containing
from kaohe.scoring.facts import Record
from kaohe.scoring.points import Units


class Share(NamedTuple):
    """What a record gives after the matter was settled; `ids` are all records it stands for."""

    record: Record
    units: Units
    ids: tuple[str, ...]
    excess: bool = False

    @property
    def day(self) -> date:
        return self.record.date


def settle(entries: Iterable[tuple[Record, Units]], period: PeriodType, first_day: int = 1) -> list[Share]:
    """Period by period; a later one gives only what goes beyond the years's highest so far."""

    def bucket(entry: tuple[Record, Units]) -> date:
        return containing(entry[0].date, period, first_day).start

    given: dict[tuple[int, str], Units] = {}
    shares: list[Share] = []
    for _, group in groupby(sorted(entries, key=lambda e: e[0].date), key=bucket):
        shares += _settle_bucket(list(group), given, first_day)
    return shares


def _settle_bucket(
    entries: list[tuple[Record, Units]], given: dict[tuple[int, str], Units], first_day: int
) -> Iterable[Share]:
    matters: dict[tuple[int, str], list[tuple[Record, Units]]] = {}
    for record, units in entries:
        if record.matter is None:
            yield Share(record, units, (record.id,))
        else:
            year = containing(record.date, "year", first_day).start.year
            matters.setdefault((year, record.matter), []).append((record, units))
    for key, same in matters.items():
        top, units = max(same, key=lambda entry: entry[1])
        before = given.get(key, 0)
        if units > before:
            given[key] = units
            yield Share(top, units - before, tuple(r.id for r, _ in same), excess=before > 0)
