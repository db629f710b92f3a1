"""Rules, caps and conditions in one another's way: worked out by hand, in the order of work."""

from decimal import Decimal
from typing import Any

import pytest

from tests.unit.scoring.kit import problems, result, sheet, totals, units
from tests.unit.scoring.test_around_rules import give

MONTHS = "periods: [month, year]\nrollup: month\n"


def told(body: str, rows: str, **members: Any) -> list[tuple[str, str, Decimal]]:
    return [(line.kind, line.leaf, line.amount) for line in sheet(body, rows, **members).lines]


def test_cap_of_deductions_absorbs_the_rest() -> None:
    body = """
indicators:
  - code: d
    title: 扣分
    line: deduction
    caps: {year: 5}
    children: [{code: .x, title: 甲, rule: deduct, amount: 3}, {code: .y, title: 乙, rule: deduct, amount: 1}]
"""
    rows = give("d.x, date: 2026-02-01, count: 2", "d.y, date: 2026-03-01")
    assert told(body, rows)[-1] == ("absorbed", "d", Decimal(2))
    assert (sheet(body, rows).total, sheet(body, rows).deduction) == (Decimal(-5), Decimal(5))


def test_cap_of_a_branch_from_full_points_limits_what_is_deducted() -> None:
    body = """
indicators:
  - code: d
    title: 纪律
    rule: deduct-from-full
    points: 20
    caps: {month: 4}
    children: [{code: .x, title: 甲, rule: deduct, amount: 3}]
"""
    assert sheet(body, give("d.x, date: 2026-02-01, count: 2", "d.x, date: 2026-03-01")).total == Decimal(13)
    assert sheet(body, give("d.x, date: 2026-02-01")).total == Decimal(17)


def test_cap_of_a_part_counts_deductions_too() -> None:
    body = """
indicators:
  - code: d
    title: 扣分
    line: deduction
    part_caps: [{of: [d.x], cap: 4}]
    children: [{code: .x, title: 甲, rule: deduct, amount: 3}, {code: .y, title: 乙, rule: deduct, amount: 1}]
"""
    assert sheet(body, give("d.x, date: 2026-02-01, count: 2", "d.y, date: 2026-03-01")).total == Decimal(-5)


def test_longer_cap_counts_what_passed_the_branch_below() -> None:
    body = """
indicators:
  - code: b
    title: 加分
    line: bonus
    caps: {quarter: 5}
    children:
      - {code: .s, title: 甲, caps: {year: 2}, children: [{code: .x, title: 子, rule: bonus, amount: 7}]}
      - {code: .t, title: 乙, rule: steps, steps: {1: 4}}
"""
    assert sheet(body, give("b.s.x, date: 2026-02-01", "b.t, date: 2026-12-01, value: 3")).total == Decimal(6)
    assert sheet(body, give("b.t, date: 2026-12-01, value: 3", "b.s.x, date: 2026-11-01")).total == Decimal(5)


def test_longer_cap_counts_what_passed_the_cap_of_a_part() -> None:
    body = """
indicators:
  - code: b
    title: 加分
    line: bonus
    caps: {quarter: 3}
    part_caps: [{of: [b.x], cap: 2}]
    leaves: {rule: bonus-range, min: 0, max: 9}
    children: [{code: .x, title: 甲}, {code: .y, title: 乙}]
"""
    assert sheet(body, give("b.x, date: 2026-01-05, amount: 5", "b.y, date: 2026-01-06, amount: 0.5")).total == Decimal(
        "2.5"
    )
    assert sheet(body, give("b.x, date: 2026-01-05, amount: 5", "b.y, date: 2026-01-06, amount: 2")).total == Decimal(3)


@pytest.mark.parametrize(
    ("period", "total"), [("2026-01", "2"), ("2026-02", "0"), ("2026-03", "2"), ("2026-06", "0"), ("2026", "0.33")]
)
def test_yearly_cap_of_a_measured_leaf_counts_its_earlier_months(period: str, total: str) -> None:
    body = (
        MONTHS
        + """
indicators:
  - code: b
    title: 加分
    line: bonus
    children: [{code: .t, title: 办件, rule: steps, steps: {1: 2, 5: 3}, caps: {year: 4}}]
"""
    )
    rows = ("b.t, date: 2026-01-05, value: 1", "b.t, date: 2026-03-05, value: 5", "b.t, date: 2026-06-05, value: 5")
    assert sheet(body, give(*rows), period=period).total == Decimal(total)


@pytest.mark.parametrize(("period", "total"), [("2026-02", "3"), ("2026-03", "0"), ("2026-04", "0"), ("2027-01", "2")])
def test_yearly_cap_of_a_branch_counts_what_nobody_records(period: str, total: str) -> None:
    body = """
periods: [month]
indicators:
  - code: b
    title: 加分
    line: bonus
    caps: {year: 5}
    children:
      - {code: .t, title: 由数据, rule: formula, formula: 2 * count(c.x)}
      - {code: .y, title: 甲, rule: bonus, amount: 1}
  - {code: c, title: 数据, item: false, children: [{code: .x, title: 次, rule: counter}]}
"""
    days = ("2026-01-05", "2026-02-05", "2026-04-05", "2027-01-05")
    rows = [f"c.x, date: {day}" for day in days] + ["b.y, date: 2026-02-06"]
    assert sheet(body, give(*rows), period=period).total == Decimal(total)


def test_zeroed_branch_leaves_nothing_to_a_cap_above_it() -> None:
    body = """
indicators:
  - code: b
    title: 加分
    line: bonus
    caps: {quarter: 3}
    children:
      - code: .s
        title: 甲
        effects: [{when: count(v.x) >= 1, keep: KEEP}]
        children: [{code: .x, title: 子, rule: bonus, amount: 8}]
  - {code: v, title: 否决, item: false, children: [{code: .x, title: 次, rule: counter}]}
"""
    rows = give("b.s.x, date: 2026-02-01", "v.x, date: 2026-02-02")
    assert [sheet(body.replace("KEEP", keep), rows).total for keep in ("0", "0.25", "1")] == [0, 2, 3]


def test_weighted_branch_weighs_branches_and_takes_deductions_beside() -> None:
    body = """
indicators:
  - code: w
    title: 评价
    points: 60
    rule: weighted
    children:
      - code: .a
        title: 甲
        rule: weighted
        weight: 2
        leaves: {rule: judged, max: 100}
        children: [{code: .p, title: 子一, weight: 1}, {code: .q, title: 子二, weight: 3}]
      - {code: .b, title: 乙, rule: judged, max: 100, weight: 1}
      - {code: .e, title: 丙, rule: check}
      - {code: .c, title: 扣分, rule: deduct, amount: 2}
"""
    rows = ("w.a.p, date: 2026-01-05, rating: 80", "w.a.q, date: 2026-01-05, rating: 100")
    rows += ("w.b, date: 2026-01-05, rating: 50", "w.e, date: 2026-01-05, done: partial", "w.c, date: 2026-01-06")
    assert sheet(body, give(*rows)).total == Decimal("41.5")  # 6 + 22.5 + 7.5 + 7.5 − 2


def test_made_up_points_of_what_does_not_apply_stay_under_the_cap() -> None:
    body = """
indicators:
  - code: p
    title: 分项
    points: 30
    rule: rescaled
    caps: {year: 25}
    leaves: {rule: check, done: [full, partial, none, not_applicable]}
    children: [{code: .a, title: 甲, points: 10}, {code: .b, title: 乙, points: 20}]
"""
    rows = give("p.a, date: 2026-01-01, done: not_applicable, note: 无此事项", "p.b, date: 2026-01-01, done: full")
    assert sheet(body, rows).total == Decimal(25)


BOUNDED = """
total_floor: 0
total_cap: 110
indicators:
  - {code: k, title: 工作, rule: judged, points: 100}
  - {code: b, title: 加分, line: bonus, children: [{code: .x, title: 甲, rule: bonus, amount: 30}]}
  - {code: d, title: 扣分, line: deduction, children: [{code: .x, title: 乙, rule: deduct, amount: 150}]}
"""


def test_cap_of_the_total_cuts_bonus_and_its_floor_absorbs_deductions() -> None:
    high = sheet(BOUNDED, give("k, date: 2026-01-01, rating: 90", "b.x, date: 2026-01-01"))
    assert (high.total, high.base, high.bonus, high.lines[-1].kind) == (110, 90, 20, "cut")
    low = sheet(BOUNDED, give("k, date: 2026-01-01, rating: 90", "d.x, date: 2026-01-01"))
    assert (low.total, low.base, low.deduction, low.lines[-1].kind) == (0, 90, 90, "absorbed")


def test_bounds_of_the_total_see_the_year_as_a_whole() -> None:
    body = (
        MONTHS
        + """
total_floor: 3
indicators:
  - {code: m, title: 月度, points: 10, rule: deduct-from-full, children: [{code: .x, title: 甲, rule: deduct, amount: 6}]}
  - {code: y, title: 年度, periods: [year], line: deduction, children: [{code: .z, title: 乙, rule: deduct, amount: 8}]}
"""
    )
    assert sheet(body, give("y.z, date: 2026-06-05"), period="2026").total == Decimal(3)
    assert sheet(body, give("m.x, date: 2026-06-05", "y.z, date: 2026-06-05"), period="2026").items["y"] == Decimal(
        "-6.5"
    )


def test_yearly_adjustment_sees_averages_and_the_rank_among_them() -> None:
    body = (
        MONTHS
        + """
indicators:
  - {code: m, title: 月度, points: 10, rule: deduct-from-full, children: [{code: .x, title: 甲, rule: deduct, amount: 6}]}
  - {code: y, title: 年度, periods: [year], line: bonus, rule: formula, formula: FORMULA}
"""
    )
    body = body.replace("FORMULA", "(5 if peers_rank(m) == 1 else 1) if item(m) > 9 else 0")
    who = ("b, leaf: m.x, date: 2026-01-01", "b, leaf: m.x, date: 2026-02-01", "c, leaf: m.x, date: 2026-02-01")
    rows = f"records: [{', '.join(f'{{subject: {one}}}' for one in who)}]"
    found = totals(body, rows, subjects=units(*"abc"), period="2026")
    assert found == {"a": Decimal(15), "b": Decimal(9), "c": Decimal("10.5")}


def test_stage_of_the_year_is_told_by_its_periods() -> None:
    body = (
        MONTHS
        + """
stages: [{status: 否决, when: "count(v.x, 'year') >= 2", periods: [year]}]
grading: [{grades: [{name: 合格, min: 6}], otherwise: 不合格}]
indicators:
  - {code: m, title: 月度, points: 9, rule: deduct-from-full, children: [{code: .x, title: 甲, rule: deduct, amount: 6}]}
  - {code: v, title: 否决, item: false, children: [{code: .x, title: 乙, rule: counter}]}
"""
    )
    rows = ("v.x, date: 2026-02-05", "v.x, date: 2026-03-05")
    assert sheet(body, give(*rows), period="2026-03").total == Decimal(9)
    assert sheet(body, give(*rows[:1]), period="2026").grade == "合格"
    ended = result(body, give(*rows), period="2026", subjects=units("a", "b"))
    assert [(one.grade, one.rank, one.items) for one in ended.sheets] == [("否决", None, {}), ("合格", 1, {"m": 9})]


def test_floor_of_a_line_lies_beyond_its_worst_point() -> None:
    body = (
        "indicators: [{code: s, title: 时长, rule: steps, interpolate: true, floor: 1, steps: {5: 10, 10: 4}, EXTRA}]\n"
    )
    slow = body.replace("EXTRA", "lower_is_better: true")
    values = {"4": "10", "5": "10", "7.5": "7", "10": "4", "10.1": "1"}
    for value, points in values.items():
        assert sheet(slow, give(f"s, date: 2026-01-01, value: {value}")).total == Decimal(points)
    assert sheet(body.replace(", EXTRA", ""), give("s, date: 2026-01-01, value: 4.9")).total == Decimal(1)


def test_coefficient_without_data_is_told() -> None:
    body = """
indicators:
  - {code: k, title: 工作, rule: judged, points: 100, coefficient: value(z) / 100}
  - {code: z, title: 数据, item: false, rule: steps, steps: {0: 0}}
"""
    made = sheet(body, give("k, date: 2026-01-01, rating: 90"))
    assert (made.total, made.remarks) == (Decimal(90), ["k 的系数取不到数据，按 1 计"])
    assert sheet(body, give("k, date: 2026-01-01, rating: 90", "z, date: 2026-01-01, value: 50")).total == Decimal(45)


def test_value_of_which_nothing_can_be_made_is_missing() -> None:
    body = "indicators: [{code: k, title: 效率, rule: judged, points: 10, formula: 10 / value_given}]\n"
    assert sheet(body, give("k, date: 2026-01-01, value: 0")).missing == ["k"]
    assert sheet(body, give("k, date: 2026-01-01, value: 4")).total == Decimal("2.5")
    assert problems(body, give("k, date: 2026-01-01, value: -1")) == [
        "records[0].value: -1 is outside at least 0 (test k)"
    ]
