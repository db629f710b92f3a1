"""Why a line gives what it gives, as an official reads it."""

from __future__ import annotations

import msgspec
import pytest

from kaohe.plugins import registry
from kaohe.scoring.formula_words import formula_words
from kaohe.scoring.wording import group_words, remark_words, why_words


@pytest.mark.parametrize(
    ("scheme", "leaf", "why", "told"),
    [
        ("service-hall", "hall.publicity.articles_media", "2 / 4", "完成 2 篇，目标 4 篇"),
        ("county-targets", "dept.efficiency.limits.onsite", "99.2 / 99.5", "完成 99.2%，目标 99.5%"),
        ("window-staff", "window.bonus.volume", "1475", "1475 件"),
        ("open-gov-bureau", "bureau.proactive.content", "3 人平均 4.666667", "3 人平均 4.67 分"),
        (
            "six-dimensions",
            "dim.policy",
            "self 95 × 0.2，expert 93.833333 × 0.4",
            "自评 95 × 20%，专家评审 93.83 × 40%",
        ),
        ("open-gov-county", "opengov.forms.board", "部分完成", "部分达到"),
        ("window-staff", "window.attendance", "由数据得出", "15 × 所属各对象「工作考勤」的平均 ÷ 20"),
    ],
)
def test_a_reason_is_told_in_words(scheme: str, leaf: str, why: str, told: str) -> None:
    assert why_words(why, registry().schemes[scheme], leaf) == told


def test_a_group_is_called_as_the_scheme_says() -> None:
    centre = registry().schemes["district-circles"].kind("centre")
    assert group_words(centre, "circle-1", {"circle": 1}) == "第一圈层"
    assert group_words(centre, "circle-2", {"circle": 2}, lambda title: title.en) == "Second circle"
    assert group_words(msgspec.structs.replace(centre, groups={}), "circle-1", {"circle": 1}) == "圈层 1"


def test_a_poll_is_told_by_how_it_is_reckoned() -> None:
    scheme = registry().schemes["open-gov-county"]
    told = why_words("满意（%） 86，基本满意（%） 10", scheme, "opengov.effect.survey")
    assert told == "（满意 86 + 基本满意折算系数 × 基本满意 10） ÷ 100"


def test_an_award_is_told_with_the_numbers_that_hold() -> None:
    scheme = registry().schemes["information-points"]
    values = scheme.resolve_parameters({})[0]
    told = formula_words(scheme.awards[0].amount, scheme, values)
    assert told == "400 + 30 × 取整（信息积分 − 全年积分任务）"


def test_more_than_arithmetic_is_not_told() -> None:
    scheme = registry().schemes["information-points"]
    assert formula_words(scheme.flags[0].when, scheme) == ""


def test_a_measure_that_fails_is_told_with_its_unit() -> None:
    scheme = registry().schemes["ecommerce-targets"]
    told = remark_words("ecom.incubator f1 不计：area 4800", scheme, {"f1": "「青创园」"})
    assert told == "孵化园区 「青创园」 不计：建筑面积 4800 平方米"
