"""Targets, things counted, steps, tables."""

from decimal import Decimal

import pytest

from tests.unit.scoring.kit import problems, sheet, totals, units


def leaf(rule: str, head: str = "") -> str:
    return f"{head}\nindicators: [{{code: a.x, title: 甲, {rule}}}]\n"


def rows(*rows: str) -> str:
    listed = ", ".join(f"{{subject: a, leaf: a.x, date: 2026-05-01, {row}}}" for row in rows)
    return f"records: [{listed}]"


TARGET = leaf("points: 5, rule: target, target: 60, unit: percent")


@pytest.mark.parametrize(("value", "given"), [("60", "5"), ("59.99", "5.00"), ("45", "3.75"), ("0", "0"), ("100", "5")])
def test_target_is_proportional_below(value: str, given: str) -> None:
    assert sheet(TARGET, rows(f"value: {value}")).total == Decimal(given)


def test_target_all_or_nothing() -> None:
    body = leaf("points: 2.5, rule: target, target: 99.5, proportional: false, unit: percent")
    assert sheet(body, rows("value: 99.5")).total == Decimal("2.5")
    assert sheet(body, rows("value: 99.49")).total == Decimal(0)


def test_percent_and_second_value_are_refused() -> None:
    assert problems(TARGET, rows("value: 101")) == ["records[0].value: 101 is outside 0 to 100 (test a.x)"]
    assert problems(TARGET, rows("value: 50", "value: 50")) == [
        "records[1].value: 50 is there twice, one record a period (test a.x)"
    ]


def test_counting_target_adds_up_with_one_target() -> None:
    body = leaf("points: 10, rule: target, accumulates: true")
    assert sheet(body, rows("value: 3, target: 10", "value: 5, target: 10")).total == Decimal(8)
    assert problems(body, rows("value: 3, target: 10", "value: 5, target: 9")) == [
        "records[1].target: 9 contradicts target 10 (test a.x)"
    ]
    assert problems(body, rows("value: 3")) == ["records[0].target: is missing, expected a number (test a.x)"]


def test_target_zero_is_full_even_without_record() -> None:
    body = "kinds: [{id: unit, title: 单位, attributes: {targets: {type: map}}}]\n" + leaf(
        "points: 4, rule: target, accumulates: true, target: \"targets['a.x']\""
    )
    body = body.replace("kinds: [{id", "kinds:\n  - {id").replace("}}]\n\n", "}}\n\n", 1)
    made = sheet(body, "{}", subjects=[{"id": "a", "kind": "unit", "attributes": {"targets": {"a.x": 0}}}])
    assert (made.total, made.missing, made.remarks) == (Decimal(4), [], ["a.x 目标为 0，按满分计"])


THINGS = leaf(
    "points: 2, rule: target, target: 4, accumulates: true,"
    " fields: {area: {type: decimal, required: true, min: 0}, marked: {type: boolean, required: true}},"
    " qualifies: {area: area >= least, marked: marked}",
    "parameters: {least: {default: 5000, min: 0}}",
)


def test_things_that_qualify_are_counted_and_the_others_remarked() -> None:
    made = sheet(
        THINGS,
        rows(
            "fields: {area: 5000, marked: true}",
            "fields: {area: 4999.9, marked: true}",
            "fields: {area: 6000, marked: false}",
        ),
    )
    assert made.total == Decimal("0.5")
    assert made.remarks == ["a.x #1 不计：area 4999.9", "a.x #3 不计：marked 否"]


def test_things_need_every_measure_and_no_number_beside() -> None:
    assert problems(THINGS, rows("fields: {area: 5000}")) == [
        "records[0].fields.marked: is missing, expected boolean (test a.x)"
    ]
    assert problems(THINGS, rows("value: 2", "fields: {area: 5000, marked: true}")) == [
        "records[0].value: 2 contradicts fields (test a.x)"
    ]
    assert problems(THINGS, rows("fields: {area: -1, marked: 3, high: 2}")) == [
        "records[0].fields.high: high is unknown, expected area, marked (test a.x)",
        "records[0].fields.area: -1 is outside at least 0 (test a.x)",
        "records[0].fields.marked: 3 is not true or false (test a.x)",
    ]


STEPS = leaf("rule: steps, line: bonus, steps: {2000: 0.3, 3000: 0.5}")


@pytest.mark.parametrize(("value", "given"), [("1999.99", "0"), ("2000", "0.3"), ("2999", "0.3"), ("3000", "0.5")])
def test_highest_step_reached(value: str, given: str) -> None:
    assert sheet(STEPS, rows(f"value: {value}")).bonus == Decimal(given)


def test_steps_without_record_are_not_missing() -> None:
    assert sheet(STEPS, "records: []").missing == []


def test_table_where_lower_is_better() -> None:
    body = leaf("points: 10, rule: steps, lower_is_better: true, steps: {1: 10, 3: 6, 5: 2}")
    found = [sheet(body, rows(f"value: {v}")).total for v in ("0", "1", "1.5", "3", "5", "5.01")]
    assert found == [Decimal(n) for n in (10, 10, 6, 6, 2, 0)]


def test_straight_lines_between_points_with_a_floor() -> None:
    body = leaf("points: 10, rule: steps, interpolate: true, steps: {80: 2, 90: 6, 100: 10}")
    found = [sheet(body, rows(f"value: {v}")).total for v in ("50", "80", "85", "97.5", "120")]
    assert found == [Decimal(n) for n in ("2", "2", "4", "9", "10")]


def test_rate_rounded_before_use() -> None:
    body = leaf("points: 5, rule: target, target: 98, proportional: false, places: 1")
    assert sheet(body, rows("value: 97.95")).total == Decimal(5)
    assert sheet(body, rows("value: 97.94")).total == Decimal(0)


PEERS = """
indicators:
  - {code: v, title: 数值, item: false, rule: sum, children: [{code: v.n, title: 办件, rule: steps, steps: {0: 0}}]}
  - {code: p, title: 得分, points: 10, rule: formula, formula: "FORMULA", stand_in: 0}
"""


def peers(formula: str, **values: int) -> dict[str, Decimal]:
    listed = ", ".join(f"{{subject: {s}, leaf: v.n, date: 2026-05-01, value: {n}}}" for s, n in values.items())
    return totals(PEERS.replace("FORMULA", formula), f"records: [{listed}]", subjects=units(*"abcd"))


def test_share_of_the_best() -> None:
    found = peers("10 * value(v.n) / best(v.n)", a=40, b=30, c=10)
    assert found == {"a": Decimal(10), "b": Decimal("7.5"), "c": Decimal("2.5"), "d": Decimal(0)}


def test_ranks_to_points() -> None:
    found = peers("max(0, 10 - 2 * (peers_rank(v.n) - 1))", a=40, b=40, c=10, d=5)
    assert found == {"a": Decimal(10), "b": Decimal(10), "c": Decimal(6), "d": Decimal(4)}


def test_mean_of_the_peers_as_target() -> None:
    found = peers("10 * min(1, value(v.n) / peers_mean(v.n))", a=40, b=10, c=10)
    assert found == {"a": Decimal(10), "b": Decimal(5), "c": Decimal(5), "d": Decimal(0)}


def test_mean_of_the_peers_stands_in_for_a_missing_rating() -> None:
    body = leaf("points: 10, rule: target, target: 10, stand_in: peers_mean(a.x), stand_in_remark: 以同组平均代")
    listed = ", ".join(f"{{subject: {s}, leaf: a.x, date: 2026-05-01, value: {v}}}" for s, v in (("b", 4), ("c", 9)))
    found = sheet(body, f"records: [{listed}]", subjects=units(*"abc"))
    assert (found.total, found.missing, found.remarks) == (Decimal("6.5"), [], ["以同组平均代"])


def test_rank_of_a_computed_part() -> None:
    body = """
indicators:
  - {code: w, title: 扣分, points: 10, rule: deduct-from-full, children: [{code: .x, title: 甲, rule: deduct, amount: 1}]}
  - {code: r, title: 名次分, points: 3, rule: formula, formula: 4 - peers_rank(w)}
"""
    listed = ", ".join(f"{{subject: {s}, leaf: w.x, date: 2026-05-01, count: {n}}}" for s, n in (("a", 2), ("b", 1)))
    assert totals(body, f"records: [{listed}]", subjects=units(*"abc")) == {
        "a": Decimal(9),
        "b": Decimal(11),
        "c": Decimal(13),
    }


def test_mean_of_the_rated_peers_stands_in_for_the_same_rating() -> None:
    body = "indicators: [{code: j, title: 测评, rule: judged, points: 10, stand_in: peers_mean(j)}]"
    given = "records: [{subject: a, leaf: j, date: 2026-06-01, rating: 6}, {subject: b, leaf: j, date: 2026-06-01, rating: 9}]"
    assert totals(body, given, subjects=units("a", "b", "c"))["c"] == Decimal("7.5")


@pytest.mark.parametrize(("value", "given"), [(59, "3"), (60, "5"), (70, "6.5"), (120, "10")])
def test_below_the_first_point_of_a_line_its_floor_holds(value: int, given: str) -> None:
    body = leaf("rule: steps, interpolate: true, floor: 3, steps: {60: 5, 80: 8, 100: 10}")
    assert sheet(body, rows(f"value: {value}")).total == Decimal(given)


def test_value_worked_out_from_the_measures_of_its_record() -> None:
    fields = "fields: {good: {required: true}, all: {required: true, min: 1}}"
    body = leaf(
        f"rule: steps, places: 0, value: \"100 * measure(a.x, 'good') / measure(a.x, 'all')\", {fields}, steps: {{98: 5, 99: 10}}"
    )
    assert sheet(body, rows("fields: {good: 197, all: 200}")).total == Decimal(10)
    assert sheet(body, rows("fields: {good: 984, all: 1000}")).total == Decimal(5)
