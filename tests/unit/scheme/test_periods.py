"""Periods and working days."""

from datetime import date

import pytest

from kaohe.national_calendar import national_calendar
from kaohe.scheme.calendar import Calendar
from kaohe.scheme.periods import containing, parse


@pytest.mark.parametrize(
    ("text", "kind", "start", "end"),
    [
        ("2026-03", "month", "2026-03-01", "2026-03-31"),
        ("2024-02", "month", "2024-02-01", "2024-02-29"),
        ("2026-Q4", "quarter", "2026-10-01", "2026-12-31"),
        ("2026-H1", "half", "2026-01-01", "2026-06-30"),
        ("2026", "year", "2026-01-01", "2026-12-31"),
        ("2026-W10", "week", "2026-03-02", "2026-03-08"),
        ("2026-W01", "week", "2025-12-29", "2026-01-04"),
        ("2026-W53", "week", "2026-12-28", "2027-01-03"),
    ],
)
def test_period_has_its_days(text: str, kind: str, start: str, end: str) -> None:
    period = parse(text)
    assert (period.type, str(period.start), str(period.end), str(period)) == (kind, start, end, text)
    assert containing(period.start, period.type) == containing(period.end, period.type) == period


@pytest.mark.parametrize(
    "text", ["2026-13", "2026-00", "2026-Q5", "2026-H3", "2025-W53", "26-03", "2026-3", "", "0000"]
)
def test_anything_else_is_no_period(text: str) -> None:
    with pytest.raises(ValueError, match=r"^[-\w]*"):
        parse(text)


def test_month_from_the_26th_to_the_25th() -> None:
    march = parse("2026-03", first_day=26)
    assert (str(march.start), str(march.end)) == ("2026-02-26", "2026-03-25")
    assert containing(date(2026, 3, 26), "month", 26).text == "2026-04"
    assert containing(date(2026, 12, 26), "year", 26).text == "2027"
    assert [str(part) for part in parse("2026-Q1", 26).parts("month", 26)] == ["2026-01", "2026-02", "2026-03"]


def test_year_has_its_months_in_order() -> None:
    assert [part.text for part in parse("2026").parts("month")] == [f"2026-{n:02}" for n in range(1, 13)]


def test_working_days_follow_the_holidays_and_the_shifted_weekends() -> None:
    calendar = Calendar(frozenset({date(2026, 3, 5)}), frozenset({date(2026, 3, 7)}))
    assert calendar.add_workdays(date(2026, 3, 4), 2) == date(2026, 3, 7)
    assert calendar.workdays_between(date(2026, 3, 4), date(2026, 3, 9)) == 3


def test_national_calendar_knows_announced_years_and_says_which_are_provisional() -> None:
    calendar = national_calendar()
    assert not calendar.is_workday(date(2024, 10, 1))
    assert calendar.is_workday(date(2024, 9, 29))
    assert not calendar.is_provisional(date(2024, 5, 1))
    assert calendar.is_provisional(date(2099, 5, 1))
