"""Periods as a scheme names them, and the calendar windows that caps and counters run over."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal, NamedTuple

PeriodType = Literal["week", "month", "quarter", "half", "year"]
WINDOWS: tuple[PeriodType, ...] = ("week", "month", "quarter", "half", "year")

_MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}
_FORMS: tuple[tuple[PeriodType, str], ...] = (
    ("month", r"(\d{4})-(\d{2})"),
    ("quarter", r"(\d{4})-Q([1-4])"),
    ("half", r"(\d{4})-H([12])"),
    ("week", r"(\d{4})-W(\d{2})"),
    ("year", r"(\d{4})"),
)


class Period(NamedTuple):
    """`text` is its one spelling (`2026-03`, `2026-Q1`, `2026-H1`, `2026`, `2026-W10`)."""

    text: str
    type: PeriodType
    start: date
    end: date

    def contains(self, day: date) -> bool:
        return self.start <= day <= self.end

    def overlaps(self, first: date | None, last: date | None) -> bool:
        """Whether something that lasts from `first` to `last` (None: open) touches this period."""
        return (first is None or first <= self.end) and (last is None or last >= self.start)

    def parts(self, kind: PeriodType, first_day: int = 1) -> Iterator[Period]:
        """The periods of a shorter type that begin in it, in order."""
        period = containing(self.start, kind, first_day)
        while period.start <= self.end:
            if period.start >= self.start:
                yield period
            period = containing(period.end + timedelta(days=1), kind, first_day)

    def __str__(self) -> str:
        return self.text


def parse(text: str, first_day: int = 1) -> Period:
    """`first_day` 26 makes months run from the 26th of the month before to the 25th.

    Raises ValueError for anything that is not exactly one of the spellings.
    """
    for kind, form in _FORMS:
        if found := re.fullmatch(form, text, re.ASCII):
            return _build(kind, *(int(part) for part in found.groups()), first_day=first_day)
    raise ValueError(text)


@lru_cache(maxsize=4096)
def containing(day: date, kind: PeriodType, first_day: int = 1) -> Period:
    """The period of that type that holds the day."""
    if kind == "week":
        iso = day.isocalendar()
        return _week(iso.year, iso.week)
    months = day.year * 12 + day.month - 1
    if first_day > 1 and day.day >= first_day:
        months += 1
    year, month = divmod(months, 12)
    length = _MONTHS[kind]
    return _build(kind, year, month // length + 1, first_day=first_day)


def _build(kind: PeriodType, year: int, number: int = 1, *, first_day: int = 1) -> Period:
    if year < 1:
        raise ValueError(year)
    if kind == "week":
        return _week(year, number)
    length = _MONTHS[kind]
    first, last = (number - 1) * length + 1, number * length
    if not (first >= 1 and last <= 12):
        raise ValueError(number)
    start = _first(year, first, first_day)
    end = _first(year + last // 12, last % 12 + 1, first_day) - timedelta(days=1)
    marks = {"month": f"-{number:02}", "quarter": f"-Q{number}", "half": f"-H{number}", "year": ""}
    return Period(f"{year:04}{marks[kind]}", kind, start, end)


def _first(year: int, month: int, first_day: int) -> date:
    """The day on which the month begins; counted from the month before when it is not the first."""
    if first_day == 1:
        return date(year, month, 1)
    year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    return date(year, month, min(first_day, calendar.monthrange(year, month)[1]))


def _week(year: int, week: int) -> Period:
    start = date.fromisocalendar(year, week, 1)
    return Period(f"{year:04}-W{week:02}", "week", start, start + timedelta(days=6))
