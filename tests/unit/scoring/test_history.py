"""What earlier periods gave: how often, and how often without a break."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.unit.scoring.kit import result, totals, units

BOARDS = """
periods: [month, year]
rollup: month
indicators:
  - {code: work, title: 工作, rule: judged, points: 100}
  - code: board
    title: 红黑榜
    periods: [year]
    children:
      - {code: .red, title: 进红榜, line: bonus, rule: formula, formula: 0.5 * times('红榜')}
      - {code: .last, title: 末位, rule: formula, formula: -0.5 * times('last')}
grading: [{periods: [month], grades: [{name: 优秀, min: 90}], otherwise: 合格}]
honours: [{name: 红榜, periods: [month], count: 1}]
flags:
  - {flag: last, periods: [month], when: rank_from_last == 1}
  - {flag: talk, periods: [month], when: flag('last') and in_a_row('last') >= 1}
  - {flag: praised, periods: [year], when: in_a_row('优秀') >= 2}
"""


def rated(*months: tuple[int, int]) -> str:
    lines = [
        f"- {{subject: {name}, leaf: work, date: 2026-{month:02}-15, rating: {rating}}}"
        for month, ratings in enumerate(months, 1)
        for name, rating in zip("ab", ratings, strict=True)
    ]
    return "records:\n" + "\n".join(lines)


YEAR = rated(*[(90, 80)] * 3, *[(80, 90)] * 9)


def test_year_counts_the_months_that_gave_an_honour_and_a_flag() -> None:
    found = result(BOARDS, YEAR, subjects=units("a", "b"))
    assert {one.subject: one.items for one in found.sheets} == {
        "a": {"work": Decimal("82.50"), "board": Decimal("-3.00")},  # 3 × 0.5 − 9 × 0.5
        "b": {"work": Decimal("87.50"), "board": Decimal("3.00")},
    }
    assert [one.flags for one in found.sheets] == [[], ["praised"]]


def test_flags_of_the_months_themselves_do_not_enter_the_year() -> None:
    """They are counted where a formula asks, and the year's own rules give its flags."""
    assert "last" not in result(BOARDS, YEAR, subjects=units("a", "b")).sheet("a").flags


@pytest.mark.parametrize(("month", "flags"), [("01", ["last"]), ("02", ["last", "talk"]), ("04", []), ("05", [])])
def test_month_looks_back_at_the_months_before_it(month: str, flags: list[str]) -> None:
    assert result(BOARDS, YEAR, subjects=units("a", "b"), period=f"2026-{month}").sheet("b").flags == flags


def test_last_place_again_after_a_break_is_no_row() -> None:
    facts = rated((90, 80), (80, 90), (90, 80))
    assert result(BOARDS, facts, subjects=units("a", "b"), period="2026-03").sheet("b").flags == ["last"]


def test_month_in_which_a_subject_was_not_there_gives_it_nothing() -> None:
    late = [{"id": "a", "kind": "unit"}, {"id": "b", "kind": "unit", "active_from": "2026-02-01"}]
    facts = rated((90, 0), (90, 80), (90, 80)).replace("- {subject: b, leaf: work, date: 2026-01-15, rating: 0}\n", "")
    assert result(BOARDS, facts, subjects=late, period="2026-02").sheet("b").flags == ["last"]
    assert result(BOARDS, facts, subjects=late, period="2026-03").sheet("b").flags == ["last", "talk"]


def test_order_of_the_records_does_not_matter() -> None:
    head, *lines = YEAR.splitlines()
    turned = "\n".join([head, *reversed(lines)])
    assert totals(BOARDS, turned, subjects=units("b", "a")) == totals(BOARDS, YEAR, subjects=units("a", "b"))
