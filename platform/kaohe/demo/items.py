"""A year of submitted information: the items of each unit month by month, and who adopted them."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from kaohe.demo.stories import Entry, typed
from kaohe.scheme.periods import Period

Item = tuple[date, str, str, Entry]
SUBMITTED, ADOPTED = "info.submitted", "info.adopted"


def of(told: Mapping[str, Any], year: Period) -> Iterator[Item]:
    """`told`: {subjects: [..], outlets: {level: outlet}, editors: [..], units: {code: {months: [..12], adopted: {level: n}}}}.

    An adopted item is edited by one of the offices in turn; `late` of a unit's urgent items come too late.
    """
    for code, unit in told.get("units", {}).items():
        chance = random.Random(f"{code} {year.text}")
        written = [
            (
                date(year.start.year, month, chance.randint(3, 24)),
                f"{told['subjects'][(month * 3 + n + chance.randint(0, 5)) % len(told['subjects'])]}（{unit['name']} {month} 月第 {n + 1} 条）",
            )
            for month, number in enumerate(unit["months"], start=1)
            for n in range(number)
        ]
        late = set(chance.sample(range(len(written)), unit.get("late", 0)))
        for place, (day, matter) in enumerate(written):
            yield day, code, SUBMITTED, _submitted(day, matter, late=place in late)
        yield from _adopted(told, code, unit["adopted"], written, chance)


def _submitted(day: date, matter: str, *, late: bool) -> Entry:
    if not late:
        return {"matter": matter}
    happened = day - timedelta(days=9)
    return {"matter": matter, "fields": {"urgent": True, "event_date": happened.isoformat()}}


def _adopted(
    told: Mapping[str, Any],
    code: str,
    levels: Mapping[str, int],
    written: list[tuple[date, str]],
    chance: random.Random,
) -> Iterator[Item]:
    for level, times in levels.items():
        chosen = chance.sample(written, min(times, len(written)))
        for place, (day, matter) in enumerate(chosen):
            fields = {"outlet": told["outlets"][level], "editor": told["editors"][place % len(told["editors"])]}
            yield (
                day.replace(day=min(28, day.day + 4)),
                code,
                ADOPTED,
                typed({"level": level, "matter": matter, "fields": fields}),
            )
