"""Ranks, groups, ties, quotas, grades, awards."""

from decimal import Decimal
from typing import Any

from tests.unit.scoring.kit import problems, result, sheet, units

SCORE = "indicators: [{code: k, title: 得分, points: 100, rule: judged}, {code: b, title: 加分, line: bonus, BONUS}]\n".replace(
    "BONUS", "children: [{code: .x, title: 甲, rule: bonus-range, min: 0, max: 100}]"
)


def rated(**ratings: object) -> str:
    rows = ", ".join(f"{{subject: {s}, leaf: k, date: 2026-05-01, rating: {n}}}" for s, n in ratings.items())
    return f"records: [{rows}]"


def ranked(body: str, **ratings: object) -> dict[str, Any]:
    found = result(body + SCORE, rated(**ratings), subjects=units(*ratings))
    return {one.subject: (one.rank, one.honours) for one in found.sheets}


def test_equal_totals_share_a_rank_and_the_next_is_skipped() -> None:
    found = ranked("", a=90, b=80, c=80, d=70)
    assert [rank for rank, _ in found.values()] == [1, 2, 2, 4]


def test_quota_is_the_floor_of_the_share_of_everybody() -> None:
    body = "honours: [{name: 优, ratio: 0.4}]\n"
    assert [names for _, names in ranked(body, a=90, b=80, c=70, d=60).values()] == [["优"], [], [], []]
    assert [names for _, names in ranked(body, a=90, b=80, c=70, d=60, e=50).values()] == [["优"], ["优"], [], [], []]


def test_tie_that_would_overrun_the_quota_ends_the_list() -> None:
    body = "honours: [{name: 优, count: 2}]\n"
    assert [names for _, names in ranked(body, a=90, b=80, c=80, d=70).values()] == [["优"], [], [], []]
    assert [names for _, names in ranked(body, a=90, b=90, c=80, d=70).values()] == [["优"], ["优"], [], []]


def test_tie_breaker_may_be_an_item() -> None:
    body = (
        "parameters: {tie_break: {type: text, default: 'deduction,bonus'}}\nhonours: [{name: 优, count: 1}]\n" + SCORE
    )
    rows = "records: [" + ", ".join(
        f"{{subject: {s}, leaf: {leaf}, date: 2026-05-01, {given}}}"
        for s, leaf, given in (("a", "k", "rating: 80"), ("a", "b.x", "amount: 5"), ("b", "k", "rating: 85"))
    ) + "]"  # fmt: skip
    for tie_break, winner in (("deduction,bonus", "a"), ("k", "b")):
        found = result(body, rows, subjects=units("a", "b"), parameters={"tie_break": tie_break})
        assert [one.subject for one in found.sheets if one.honours] == [winner]


def test_shared_first_place_shares_the_honour() -> None:
    body = "honours: [{name: 红旗, by: item(k), shared: true}]\n"
    assert [names for _, names in ranked(body, a=90, b=90, c=80).values()] == [["红旗"], ["红旗"], []]


def test_honour_by_decision_is_not_proposed() -> None:
    assert ranked("honours: [{name: 先进个人, decision: true}]\n", a=90) == {"a": (1, [])}


def test_line_joined_with_a_place_from_the_end() -> None:
    body = "flags: [{flag: warned, when: total < 60 and rank_from_last <= 2}]\n" + SCORE
    found = result(body, rated(a=90, b=59, c=55, d=50), subjects=units(*"abcd"))
    assert [one.flags for one in found.sheets] == [[], [], ["warned"], ["warned"]]


def test_too_small_a_sample_is_listed_but_not_ranked() -> None:
    body = """
ranking: {minimum: value(n) >= 30}
indicators:
  - {code: n, title: 件数, rule: steps, steps: {0: 0}}
  - {code: k, title: 得分, points: 100, rule: judged}
"""
    rows = ", ".join(
        f"{{subject: {s}, leaf: n, date: 2026-05-01, value: {n}}}, {{subject: {s}, leaf: k, date: 2026-05-01, rating: {k}}}"
        for s, n, k in (("a", 29, 100), ("b", 30, 80))
    )
    found = result(body, f"records: [{rows}]", subjects=units("a", "b"))
    assert [(one.rank, one.remarks) for one in found.sheets] == [(None, ["样本不足，列出而不排名"]), (1, [])]


def test_groups_may_follow_from_the_periods_data() -> None:
    body = """
kinds:
  - {id: unit, title: 单位, group: "'large' if value(n) >= 100 else 'small'"}
indicators: [{code: n, title: 件数, rule: steps, steps: {0: 0}}]
"""
    rows = ", ".join(f"{{subject: {s}, leaf: n, date: 2026-05-01, value: {n}}}" for s, n in (("a", 99), ("b", 100)))
    found = result(body, f"records: [{rows}]", subjects=units("a", "b"))
    assert [one.group for one in found.sheets] == ["small", "large"]


def test_grades_are_read_highest_first_wherever_they_stand() -> None:
    body = "grading: [{grades: [{name: 合格, min: 60}, {name: 优秀, min: 90}], otherwise: 不合格}]\n" + SCORE
    found = result(body, rated(a=90, b="89.99", c=60, d="59.99"), subjects=units(*"abcd"))
    assert [one.grade for one in found.sheets] == ["优秀", "合格", "合格", "不合格"]


def test_points_handed_on_are_listed_even_when_zero_and_money_only_when_due() -> None:
    body = (
        "awards: [{name: 折算, amount: (100 - total) / 8, unit: 分}, "
        "{name: 奖金, amount: 400 + 30 * whole(total - 90), unit: 元, when: total >= 90}]\n" + SCORE
    )
    found = result(body, rated(a=100, b="92.5", c=80), subjects=units(*"abc"))
    assert [[(w.name, w.amount) for w in one.awards] for one in found.sheets] == [
        [("折算", Decimal("0.00")), ("奖金", Decimal("700.00"))],
        [("折算", Decimal("0.94")), ("奖金", Decimal("460.00"))],
        [("折算", Decimal("2.50"))],
    ]


def test_inactive_subject_has_no_place_in_the_group() -> None:
    body = "honours: [{name: 优, ratio: 0.5}]\n" + SCORE
    subjects = [*units("a"), {"id": "b", "kind": "unit", "active_to": "2025-12-31"}]
    found = result(body, rated(a=90), subjects=subjects)
    assert [(one.subject, one.honours) for one in found.sheets] == [("a", [])]


def test_rounding_is_half_up_away_from_zero_and_the_lines_still_add_up() -> None:
    body = "indicators: [{code: k, title: 得分, points: 1, max: 300, rule: judged}]\n"
    made = sheet(body, "records: [{subject: a, leaf: k, date: 2026-05-01, rating: 1.5}]")
    assert made.total == Decimal("0.01")
    assert [(line.kind, line.amount) for line in made.lines] == [
        ("points", Decimal("0.005")),
        ("adjust", Decimal("0.005")),
    ]
    thirds = sheet(body, "records: [{subject: a, leaf: k, date: 2026-05-01, rating: 100}]")
    assert [str(line.amount.normalize()) for line in thirds.lines] == ["0.333333", "-0.003333"]


def test_tie_is_broken_by_nothing_but_bonus_deduction_or_an_item() -> None:
    body = "parameters: {tie_break: {type: text, default: 'deduction,bonus'}}\n" + SCORE
    assert problems(body, rated(a=80), parameters={"tie_break": "bonus, luck"}) == [
        "parameters.tie_break: luck is not one of deduction, bonus, k, b (test)"
    ]


def test_subject_without_the_data_that_tells_its_group_stands_in_that_of_its_kind() -> None:
    body = """
kinds:
  - {id: unit, title: 单位, group: "'大' if value(n) >= 100 else '小'"}
indicators: [{code: n, title: 件, rule: steps, steps: {0: 1}}]
"""
    told = result(body, "records: [{subject: a, leaf: n, date: 2026-06-01, value: 100}]", subjects=units("a", "b"))
    assert [one.group for one in told.sheets] == ["大", "unit"]
