"""Working days. Which days they are is handed in from outside: nothing here knows a year."""

from __future__ import annotations

from datetime import date, timedelta

from msgspec import Struct


class Calendar(Struct, frozen=True):
    """Weekends are off, except `workdays` (调休 working weekends); `holidays` are off besides.

    `known_years` are those for which the days off were announced; in any other year the answer
    is provisional. None: every year is known (an explicit calendar was given).
    """

    holidays: frozenset[date] = frozenset()
    workdays: frozenset[date] = frozenset()
    known_years: frozenset[int] | None = None

    def is_workday(self, day: date) -> bool:
        if day in self.workdays:
            return True
        return day.weekday() < 5 and day not in self.holidays

    def is_provisional(self, day: date) -> bool:
        return self.known_years is not None and day.year not in self.known_years

    def add_workdays(self, day: date, count: int) -> date:
        """The `count`th working day after `day`."""
        while count > 0:
            day += timedelta(days=1)
            count -= self.is_workday(day)
        return day

    def workdays_between(self, first: date, last: date) -> int:
        """Working days after `first` up to and including `last`."""
        days = (last - first).days
        return sum(self.is_workday(first + timedelta(days=n)) for n in range(1, days + 1))
