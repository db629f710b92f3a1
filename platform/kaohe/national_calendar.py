"""The national calendar with its 调休, for the years that were announced when the package was made."""

from __future__ import annotations

from functools import cache

from chinese_calendar import constants

from kaohe.scheme.calendar import Calendar


@cache
def national_calendar() -> Calendar:
    """A year that the package does not know is provisional: ordinary weekends only."""
    known = {day.year for day in (*constants.holidays, *constants.workdays)}
    return Calendar(frozenset(constants.holidays), frozenset(constants.workdays), frozenset(known))
