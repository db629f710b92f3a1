"""What is written and never read is told with its line and mend."""

from __future__ import annotations

import pytest

from tests.unit.scheme.test_checks import LEAF, branch, found, told

DEDUCT = "rule: deduct, amount: 2"
GRADES = "grading: [{grades: [{name: 优秀, min: 9, flags: [表扬]}], otherwise: 合格}]\n"
ENDS = GRADES + "honours: [{name: 先进, count: 1}]\nawards: [{name: 奖金, amount: 5, unit: 元}]\n"


@pytest.mark.parametrize(
    "child",
    [
        f"{DEDUCT}, steps: {{10: 1}}",
        f"{DEDUCT}, points: 5",
        f"{DEDUCT}, levels: {{city: 1}}",
        f"{DEDUCT}, min: 1",
        f"{DEDUCT}, target: 5",
        f"{DEDUCT}, weight: 2",
        f"{DEDUCT}, after_floor: true",
        f"{DEDUCT}, optional: true",
        "rule: judged, points: 3, amount: 1",
        "rule: judged, points: 3, once: month",
        "rule: judged, points: 3, done: [full, none]",
        "rule: target, points: 3, target: 4, interpolate: true",
        "rule: check, points: 3, accumulates: true",
        "rule: counter, amount: 1",
    ],
)
def test_member_that_its_rule_ignores(child: str) -> None:
    ignored = [one for one in found(branch("rule: sum", f"code: .x, {child}")) if one.check == "member-ignored"]

    assert [(one.line, one.at, one.degree) for one in ignored] == [(13, "a.x", "warning")]
    assert ignored[0].mend.startswith("删去")


def test_member_is_told_on_its_own_line() -> None:
    body = "indicators:\n- code: a\n  title: 甲\n  article: 一\n  rule: judged\n  points: 3\n  lower_is_better: true\n"

    (one,) = found(body)

    assert (one.line, one.message) == (13, "「a」的规则 judged 用不上 lower_is_better，写了也不计")
    assert one.mend == "删去 lower_is_better，或改规则：steps 用它"


def test_defaults_of_a_branch_are_meant_for_those_that_use_them() -> None:
    children = ["code: .x", "code: .y, rule: deduct-range, min: 1, max: 2"]
    assert told(branch(f"rule: sum\n  leaves: {{{DEDUCT}}}", *children)) == []


def test_members_that_are_used_are_quiet() -> None:
    parts = [
        "code: .x, rule: judged, max: 100, weight: 2",
        "code: .y, rule: steps, weight: 1, steps: {0: 0.5}, floor: 0",
    ]
    assert told(branch("rule: weighted\n  points: 10", *parts)) == []


@pytest.mark.parametrize("on", ["优秀", "合格", "先进", "奖金", "表扬", "result", "ranking", "month-result"])
def test_consequence_of_what_the_scheme_has_is_quiet(on: str) -> None:
    assert told(LEAF + ENDS + f"consequences: [{{on: {on}, action: x, title: 后果}}]\n") == []


def test_consequence_of_what_can_never_happen() -> None:
    (one,) = found(LEAF + ENDS + "consequences:\n- on: 较差\n  action: commend\n  title: 表扬\n")

    assert (one.line, one.check, one.at) == (12, "consequence-unknown", "较差")
    assert one.mend.startswith("改 on，有：")


def test_flag_that_people_cannot_read() -> None:
    flagged = LEAF.replace("points: 10", "points: 10, flags: [talk, 提醒, rectify]")
    assert told(flagged) == [(1, "flag-untold", "talk")]
    assert told("words: {talk: 诫勉谈话}\n" + flagged) == []
