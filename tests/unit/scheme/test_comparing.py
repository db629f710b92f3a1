"""Whatever changes between two versions is told, in words."""

from __future__ import annotations

import msgspec
import pytest

from kaohe import i18n
from kaohe.catalogue.wording import differences
from kaohe.scheme import indicators, kinds, outcomes
from kaohe.scheme.comparing import compare
from kaohe.scheme.comparing_words import MEMBERS
from kaohe.scheme.model import Scheme
from kaohe.scheme.parameters import Parameter
from tests.unit.scoring.kit import scheme

BODY = """
periods: [quarter, year]
kinds:
  - {id: unit, title: 单位}
  - {id: person, title: 人员}
honours:
  - {name: 先进, periods: [quarter], count: 1}
  - {name: 先进, periods: [year], count: 2}
indicators:
  - {code: a, title: 甲, rule: function, function: f}
  - {code: b, title: 乙, rule: judged, points: 5}
"""


def built(body: str = BODY, give: int = 1) -> Scheme:
    return scheme(body, f=(lambda view: 1) if give == 1 else (lambda view: 2))


def test_same_scheme_is_the_same() -> None:
    assert compare(built(), built()) == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("periods: [year], count: 2", "periods: [year], count: 3", ["荣誉 先进（第 2 条）：名额由 2 改为 3"]),
        ("periods: [quarter], count: 1", "periods: [quarter], count: 4", ["荣誉 先进：名额由 1 改为 4"]),
        (
            "rule: judged, points: 5",
            "rule: judged, points: 5, optional: true",
            ["指标 b「乙」 5 分：可缺由 否 改为 是"],
        ),
        (
            "periods: [quarter, year]\n",
            "periods: [quarter, year]\nonly: {quarter: [4]}\n",
            ["只有的周期由 无 改为 季 4"],
        ),
    ],
)
def test_change_is_told_in_words(old: str, new: str, told: list[str]) -> None:
    assert compare(built(), built(BODY.replace(old, new, 1))) == told


def test_order_of_indicators_is_told() -> None:
    head, _, leaves = BODY.partition("indicators:\n")
    turned = "".join(reversed(leaves.splitlines(keepends=True)))
    assert compare(built(), built(f"{head}indicators:\n{turned}")) == ["指标的次序变了，从 b 起"]


def test_changed_function_is_told() -> None:
    assert compare(built(), built(give=2)) == ["函数 f 的程序变了"]


@pytest.mark.parametrize(
    "struct",
    [
        indicators.Indicator, indicators.Level, indicators.Field, indicators.Effect, indicators.PartCap, kinds.Kind,
        kinds.Attribute, Parameter, outcomes.Channel, outcomes.Honour, outcomes.Award, outcomes.FlagRule, outcomes.Stage,
        outcomes.Grading, outcomes.Consequence, outcomes.Ranking,
    ],
    ids=lambda struct: struct.__name__,
)  # fmt: skip
def test_every_member_has_a_word(struct: type[msgspec.Struct]) -> None:
    names = {member.name for member in msgspec.structs.fields(struct)} - {"children", "code"}
    assert names - set(MEMBERS) == set()


def test_differences_are_told_in_the_readers_language() -> None:
    new = BODY.replace("title: 乙", "title: {zh: 乙, en: B}").replace("points: 5", "points: 6, optional: true")
    before, after = built(), msgspec.structs.replace(built(new), version="2")
    token = i18n.locale.set("en")
    told = differences(before, after)
    i18n.locale.reset(token)
    assert told == [
        "Indicator b “B” 6 points: Name: “乙” → “B”",
        "Indicator b “B” 6 points: Points: 5 → 6",
        "Indicator b “B” 6 points: Optional: No → Yes",
    ]
    assert compare(before, after)[0] == "版本由 1 改为 2"
