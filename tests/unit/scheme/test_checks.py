"""Each check finds what it is for, in its line, and is quiet about the rest."""

from __future__ import annotations

import pytest

from kaohe.scheme import BadScheme
from kaohe.scheme.checks import NAMES, Finding, findings
from kaohe.scheme.loading import read_scheme

HEAD = """id: test
version: "1"
title: 试验
regulation: 试验办法
kinds: [{id: unit, title: 单位}]
periods: [year]
"""
LEAF = "indicators: [{code: a, title: 甲, article: 一, rule: judged, points: 10}]\n"


def found(body: str, covered: set[str] | None = None) -> list[Finding]:
    text = HEAD + body
    return findings(read_scheme(text), text, covered)


def told(body: str, covered: set[str] | None = None) -> list[tuple[int, str, str]]:
    return [(one.line, one.check, one.at) for one in found(body, covered)]


def branch(members: str, *children: str) -> str:
    lines = "".join(f"    - {{title: 子, {child}}}\n" for child in children)
    return f"indicators:\n- code: a\n  title: 甲\n  article: 一\n  {members}\n  children:\n{lines}"


def test_sound_scheme_is_quiet() -> None:
    assert told(LEAF, {"a"}) == []


def test_points_that_do_not_add_up() -> None:
    children = ["code: .x, rule: judged, points: 3", "code: .y, rule: judged, points: 4"]
    assert told(branch("points: 8", *children)) == [(11, "points-add-up", "a")]
    assert told(branch("points: 7", *children)) == []


def test_points_add_up_for_each_kind() -> None:
    two = HEAD.replace("[{id: unit, title: 单位}]", "[{id: unit, title: 单位}, {id: town, title: 镇}]")
    text = two + branch(
        "points: 6", "code: .x, rule: judged, points: 3", "code: .y, rule: judged, points: 3, kinds: [unit]"
    )
    assert [one.message for one in findings(read_scheme(text), text)] == ["「a」分值 6，下列各项合计 3（town）"]


def test_cap_that_can_never_be_reached() -> None:
    small = ["code: .x, rule: bonus, amount: 1, caps: {year: 2}", "code: .y, rule: judged, points: 1, line: bonus"]
    assert told(branch("caps: {year: 4}", *small)) == [(11, "cap-unreachable", "a")]
    assert told(branch("caps: {year: 3}", *small)) == []


def test_cap_of_a_year_above_its_months() -> None:
    child = "code: .x, rule: bonus, amount: 1, caps: {month: 2, year: YEAR}"
    assert told(branch("line: bonus", child.replace("YEAR", "25"))) == [(13, "cap-unreachable", "a.x")]
    assert told(branch("line: bonus", child.replace("YEAR", "24"))) == []


def test_cap_of_what_counts_once() -> None:
    child = "code: .x, rule: bonus, amount: 1, once: month, caps: {year: YEAR}"
    assert told(branch("line: bonus", child.replace("YEAR", "13"))) == [(13, "cap-unreachable", "a.x")]
    assert told(branch("line: bonus", child.replace("YEAR", "12"))) == []


def test_caps_that_sum_above_their_group_are_a_remark() -> None:
    capped = [
        "code: .x, rule: bonus, amount: 1, caps: {year: 14}",
        "code: .y, rule: bonus, amount: 1, caps: {year: 12}",
    ]
    (one,) = found(branch("caps: {year: 20}", *capped))
    assert (one.degree, one.check) == ("remark", "caps-above-group")
    assert one.message == "「a」下列各项上限合计 26，高于每年上限 20"
    assert told(branch("caps: {year: 26}", *capped)) == []


def test_amount_above_its_cap_is_a_remark() -> None:
    child = "code: .x, rule: bonus-by-level, levels: {low: 1, high: 5}, caps: {year: 4}"
    (one,) = found(branch("line: bonus", child))
    assert (one.degree, one.check, one.at) == ("remark", "amount-above-cap", "a.x")


@pytest.mark.parametrize(
    ("table", "checks"),
    [
        ("steps: [{at: 10, points: 1}, {at: 20, points: 2}]", []),
        ("steps: [{at: 20, points: 2}, {at: 10, points: 1}]", ["table-order"]),
        ("steps: [{at: 10, points: 1}, {at: 10, points: 2}]", ["table-gap"]),
        ("steps: [{at: 10, points: 2}, {at: 20, points: 1}]", ["table-order"]),
        ("lower_is_better: true, steps: [{at: 10, points: 2}, {at: 20, points: 1}]", []),
        ("unit: percent, steps: [{at: 90, points: 1}, {at: 101, points: 2}]", ["table-gap"]),
        ("max: 50, steps: [{at: 51, points: 1}]", ["table-gap"]),
    ],
)
def test_tables_of_steps(table: str, checks: list[str]) -> None:
    body = f"indicators: [{{code: a, title: 甲, article: 一, rule: steps, {table}}}]\n"
    assert [check for _, check, _ in told(body)] == checks


def test_range_without_numbers() -> None:
    body = "indicators: [{code: a, title: 甲, article: 一, rule: deduct-range, min: 5, max: 3}]\n"
    assert told(body) == [(7, "table-gap", "a")]


def grades(*thresholds: int, otherwise: str = ", otherwise: 差") -> str:
    names = "甲乙丙丁"
    listed = ", ".join(f"{{name: {name}, min: {at}}}" for name, at in zip(names, thresholds, strict=False))
    return LEAF + f"grading: [{{grades: [{listed}]{otherwise}}}]\n"


def test_thresholds_in_order_are_quiet() -> None:
    assert told(grades(9, 8, 6)) == []


def test_thresholds_out_of_order() -> None:
    assert told(grades(6, 9)) == [(8, "threshold-order", "乙")]
    assert told(grades(9, 9)) == [(8, "threshold-order", "乙")]


def test_threshold_that_no_total_reaches() -> None:
    assert told(grades(11, 8)) == [(8, "threshold-unreachable", "甲")]
    assert told(grades(10, 8)) == []


def test_totals_without_a_grade() -> None:
    assert told(grades(9, 6, otherwise="")) == [(8, "table-gap", "grading")]


def test_thresholds_of_a_parameter() -> None:
    body = "parameters:\n  g: {type: map, default: {甲: 5, 乙: 8}, min: 0, max: 10, title: 等次}\n" + LEAF
    assert told(body + "grading: [{parameter: g, otherwise: 差}]\n") == [(10, "threshold-order", "乙")]


def test_indicator_without_article() -> None:
    assert told("indicators: [{code: a, title: 甲, rule: judged, points: 10}]\n") == [(7, "article-missing", "a")]


def test_articles_and_indicators_that_do_not_meet() -> None:
    body = "articles: {第一条: 总则, 第二条: 评分}\n" + LEAF.replace("article: 一", "article: ARTICLE")
    assert told(body.replace("ARTICLE", "第二条(一)")) == [(7, "article-unused", "第一条")]
    assert [check for _, check, _ in told(body.replace("ARTICLE", "第三条"))] == [
        "article-unused", "article-unused", "article-unknown",
    ]  # fmt: skip


def test_parameters_unused_and_unbounded() -> None:
    body = "parameters:\n  full: {default: 10, min: 0, title: 满分}\n  idle: {default: 1, min: 0, max: 2, title: 闲}\n"
    body += LEAF.replace("points: 10", "points: full")
    assert told(body) == [(8, "parameter-unbounded", "full"), (9, "parameter-unused", "idle")]


def test_parameter_of_a_function_is_used() -> None:
    def half(view: object) -> object:
        return view.name("full") / 2  # type: ignore[attr-defined]

    text = HEAD + "parameters:\n  full: {default: 10, min: 0, max: 20, title: 满分}\n"
    text += "indicators: [{code: a, title: 甲, article: 一, rule: function, function: half}]\n"
    assert findings(read_scheme(text, functions={"half": half}), text) == []


def test_leaf_without_a_case() -> None:
    assert told(LEAF, set()) == [(7, "leaf-without-case", "a")]


def test_derived_leaf_is_tried_with_what_it_reads() -> None:
    body = LEAF + "- {code: b, title: 乙, article: 一, rule: formula, formula: count(a)}\n"
    body = body.replace("indicators: [", "indicators:\n- ").replace("}]", "}")
    assert told(body, {"a"}) == []
    assert told(body, set()) == [(8, "leaf-without-case", "a"), (9, "leaf-without-case", "b")]


def test_computed_leaf_is_tried_where_its_item_is_expected() -> None:
    body = branch("line: bonus", "code: .x, rule: formula, formula: 0.5 * 2")
    assert told(body, set()) == [(13, "leaf-without-case", "a.x")]
    assert told(body, {"a"}) == []


def test_numbers_that_others_read_as_binary_fractions() -> None:
    (one,) = found(LEAF.replace("10", "0.1"))
    assert (one.degree, one.check, one.line) == ("remark", "binary-fraction", 7)
    assert told(LEAF.replace("10", "0.25")) == []
    (one,) = found(LEAF.replace("10", "1e1"))
    assert (one.degree, one.check, one.at) == ("warning", "binary-fraction", "1e1")


def test_acknowledged_with_a_reason() -> None:
    body = "acknowledged: [{check: article-missing, at: a, reason: 办法无此条}]\n"
    (one,) = found(body + LEAF.replace("article: 一, ", ""))
    assert (one.degree, one.reason) == ("acknowledged", "办法无此条")


def test_acknowledging_nothing_is_told() -> None:
    assert told("acknowledged: [{check: article-missing, at: a, reason: 无}]\n" + LEAF) == [
        (7, "acknowledged-nothing", "a")
    ]


def test_every_check_has_a_name_for_people() -> None:
    assert all(NAMES.values())
    assert len(NAMES) == len(set(NAMES.values()))


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ("rule: deduct, amount: -2", "「a」的 amount 是 -2，是负数"),
        ("rule: judged, points: 10000000", "「a」的 points 是 10000000，超过 1000000"),
        ("rule: deduct-by-level, levels: {轻: -1, 重: 2}", "「a」的 轻 是 -1，是负数"),
        ("rule: target, points: 5, target: 195, unit: percent", "「a」的目标 195 高于数值的最大 100，永远达不到"),
    ],
)
def test_number_that_makes_no_sense(members: str, message: str) -> None:
    (one,) = found(f"indicators: [{{code: a, title: 甲, article: 一, {members}}}]\n")
    assert (one.line, one.check, one.message) == (7, "number-odd", message)


def test_share_above_one() -> None:
    assert told(LEAF + "honours: [{name: 先进, ratio: 1.5}]\n") == [(8, "number-odd", "先进")]
    assert told(LEAF + "honours: [{name: 先进, ratio: 0.5}]\n") == []


GRADED = LEAF + "grading: [{grades: [{name: 优秀, min: 9}], otherwise: 合格}]\n"


def test_grade_and_flag_that_nothing_gives() -> None:
    body = (
        GRADED
        + "honours: [{name: 先进, when: grade == '优异', bars: [late]}]\nflags: [{flag: 提醒, when: flag('c')}]\n"
    )
    never = "在方案里没有给出它的地方，这里永远不成立"
    assert [(one.line, one.check, one.message) for one in found(body)] == [
        (9, "outcome-unknown", f"标记「late」{never}"),
        (9, "outcome-unknown", f"等次「优异」{never}"),
        (10, "outcome-unknown", f"标记「c」{never}"),
    ]
    assert told(GRADED + "flags: [{flag: 提醒, when: times('优异') > 0}]\n") == [(9, "outcome-unknown", "优异")]
    assert told(GRADED + "honours: [{name: 先进, when: \"grade in ('优秀', '合格')\"}]\n") == []


def test_thresholds_are_told_in_their_own_lines() -> None:
    body = LEAF + "grading:\n- grades:\n  - {name: 合格, min: 6}\n  - {name: 优秀, min: 9}\n  otherwise: 差\n"
    assert told(body) == [(11, "threshold-order", "优秀")]


def test_acknowledging_a_check_that_is_none_tells_the_near_one() -> None:
    (one,) = found(LEAF + "acknowledged: [{check: points-addup, reason: 试}]\n")
    assert one.mend == "没有这种检查，是不是「points-add-up」？"


PEERS = """indicators:
- {code: a, title: 甲, article: 一, rule: formula, formula: peers_rank(WHAT)}
- code: b
  title: 乙
  article: 一
  children:
    - {code: .x, title: 子, rule: judged, points: 1}
    - {code: .y, title: 丑, rule: formula, formula: peers_mean(OTHER)}
    - {code: .z, title: 寅, rule: steps, steps: {0: 0}}
"""


@pytest.mark.parametrize(
    ("what", "other", "line", "message"),
    [
        ("a", "b.z", 8, "「a」不能用自己在同组的得分"),
        ("b.x", "a", 8, "「b.x」自己也要等同组的得分，把「b」移到「a」前面"),
        (
            "b.z",
            "b.x",
            14,
            "「b.x」和「b.y」在同一个顶层项目里，同组的得分要等整个项目算完：把「b.y」移成另一个顶层项目",
        ),
    ],
)
def test_peers_that_are_not_known_yet(what: str, other: str, line: int, message: str) -> None:
    with pytest.raises(BadScheme) as refused:
        found(PEERS.replace("WHAT", what).replace("OTHER", other))
    assert refused.value.messages[0].split("：", 1) == [
        f"scheme.yaml:{line}: 公式「peers_{'rank' if line == 8 else 'mean'}({what if line == 8 else other})」",
        message,
    ]
