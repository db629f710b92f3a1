"""The dates that a regulation asks of a cycle: proposed, and refused or told where they do not fit."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest

from kaohe.catalogue.service import installed_scheme
from kaohe.cycles import agenda
from kaohe.cycles.agenda import Dates
from kaohe.cycles.calendar import calendar_hurdles, proposed_dates
from kaohe.cycles.setup import Setup
from kaohe.scheme import periods


def draft(scheme_id: str, day: date, period: str = "2026") -> Setup:
    scheme = installed_scheme(scheme_id)
    values: Any = SimpleNamespace(values=scheme.resolve_parameters({})[0])
    cycle: Any = SimpleNamespace(period=period, draft={})
    return Setup(cycle, scheme, values, day=day)


def test_the_circles_are_proposed_in_the_months_of_the_regulation() -> None:
    found = {
        one.phase: (one.opens_on, one.closes_on) for one in proposed_dates(draft("district-circles", date(2026, 9, 1)))
    }
    assert found == {
        "report:self-check": (date(2026, 9, 1), date(2026, 11, 30)),
        "self_assessment": (date(2026, 11, 2), date(2026, 11, 16)),
        "grading": (date(2026, 12, 1), date(2026, 12, 14)),
        "confirmation": (date(2026, 12, 15), date(2026, 12, 21)),
    }


def test_months_that_are_past_give_way() -> None:
    """In the next January the assessment of the year begins as soon as it can; the report is due before it."""
    found = {one.phase: one for one in proposed_dates(draft("district-circles", date(2027, 1, 11)))}
    assert found["self_assessment"].opens_on == date(2027, 1, 12)
    assert found["report:self-check"].closes_on < found["grading"].opens_on


def test_the_disclosure_review_keeps_its_ten_days_and_is_confirmed_in_january() -> None:
    setup = draft("open-gov-county", date(2026, 12, 20))
    found = {one.phase: one for one in proposed_dates(setup)}
    assert found["grading"].opens_on >= date(2026, 12, 30)
    assert found["confirmation"].opens_on.month == 1
    assert [hurdle for hurdle in calendar_hurdles(setup, list(found.values())) if hurdle.blocks] == []


@pytest.mark.parametrize(("scheme", "days"), [("open-gov-county", 10), ("open-gov-bureau", 15)])
def test_a_notice_that_is_too_late_is_refused_on_the_day_after_the_last(scheme: str, days: int) -> None:
    start = date(2026, 12, 1)

    def blocked(day: date) -> bool:
        setup = draft(scheme, day)
        moved = [one._replace(opens_on=start) if one.phase == "grading" else one for one in proposed_dates(setup)]
        return any("提前" in hurdle.message for hurdle in calendar_hurdles(setup, moved) if hurdle.blocks)

    assert [blocked(date.fromordinal(start.toordinal() - days + late)) for late in (0, 1)] == [False, True]


def test_a_report_after_the_assessment_has_begun_is_refused() -> None:
    setup = draft("county-targets", date(2026, 11, 2))
    dates = {one.phase: one for one in proposed_dates(setup)}
    late = dates["grading"].opens_on
    dates["report:self_check"] = Dates("report:self_check", late, late)
    said = [hurdle.message for hurdle in calendar_hurdles(setup, list(dates.values())) if hurdle.blocks]
    assert said == [f"自查并报送自查报告应在评分开始（{late}）之前交，现在定在 {late}。"]


def test_the_halls_hand_in_twice_a_year() -> None:
    found = {one.phase: one.closes_on for one in proposed_dates(draft("service-hall", date(2026, 3, 2)))}
    assert (found["report:half_year"], found["report:year_check"]) == (date(2026, 6, 30), date(2026, 11, 30))


def test_channels_follow_each_other_within_the_grading() -> None:
    setup = draft("service-eval-weighted", date(2026, 11, 2))
    dates = proposed_dates(setup)
    staged = [one for one in dates if one.phase.startswith(agenda.CHANNEL)]
    assert [one.phase for one in staged] == ["channel:peer", "channel:survey", "channel:expert"]
    assert [before.closes_on < after.opens_on for before, after in pairwise(staged)] == [
        True,
        True,
    ]
    swapped = [one._replace(opens_on=staged[0].opens_on) if one.phase == "channel:survey" else one for one in dates]
    assert any("评分：问卷调查应在评分：互评" in hurdle.message for hurdle in calendar_hurdles(setup, swapped))


def test_rounds_belong_to_their_periods() -> None:
    scheme = installed_scheme("ecommerce-targets")
    found = {text: [one.id for one in agenda.rounds(scheme, periods.parse(text))] for text in ("2026", "2026-H1")}
    assert found == {"2026": ["daily", "year_end"], "2026-H1": ["daily", "half_year"]}


def test_a_date_outside_the_month_is_only_told() -> None:
    setup = draft("ecommerce-targets", date(2026, 5, 6), "2026-H1")
    dates = [
        one._replace(opens_on=date(2026, 8, 3)) if one.phase == "grading" else one for one in proposed_dates(setup)
    ]
    told = [hurdle for hurdle in calendar_hurdles(setup, dates) if "办法规定" in hurdle.message]
    assert [(hurdle.blocks, hurdle.message) for hurdle in told] == [
        (False, "办法规定半年考核在 2026 年 7 月，现在定在 2026-08-03。")
    ]
