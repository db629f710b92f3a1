"""What follows from results: by grade, honour, flag and award, and for everybody."""

from __future__ import annotations

from kaohe.plugins import registry
from kaohe.results.consequences import following, whole
from kaohe.results.sheet_views import remark_words, why_words


def test_grades_and_flags_lead_to_what_the_regulation_says() -> None:
    scheme = registry().schemes["open-gov-county"]
    found = following(scheme, [("甲局", ["不合格", "rectify", "criticised"]), ("乙局", ["合格"])])
    assert [(one.on, one.article, one.names) for one in found] == [
        ("通报批评", "十一", ("甲局",)), ("限期整改", "十一", ("甲局",)), ("不合格", "十一", ("甲局",)),
    ]  # fmt: skip


def test_an_award_leads_to_its_pay_out() -> None:
    scheme = registry().schemes["information-points"]
    assert [one.on for one in following(scheme, [("甲镇", ["信息任务奖"])])] == ["信息任务奖"]


def test_what_follows_from_every_result_keeps_to_its_period() -> None:
    scheme = registry().schemes["information-points"]
    assert [one.on for one in whole(scheme, "month")] == ["month-result"]
    assert whole(scheme, "year") == []


def test_remarks_and_channels_are_told_by_their_titles() -> None:
    scheme = registry().schemes["ecommerce-targets"]
    sources = {"finding-1a-1": {"kind": "finding", "at": "", "who": "", "entry": {"note": "河口云选"}}}
    told = remark_words("ecom.investment finding-1a-1 不计：top50 否", scheme, sources)
    assert told == "引进 50 强电商、物流企业 「河口云选」 不计：50 强企业 否"
    assert why_words("self 78 × 0.1", registry().schemes["service-eval-weighted"], "") == "自评 78 × 0.1"


def test_the_level_and_the_number_of_times_are_told_in_words() -> None:
    scheme, code = registry().schemes["district-circles"], "circle.bonus.media"
    assert why_words("province 1 × 1", scheme, code) == "省级 1 分"
    assert why_words("national 1.5 × 2", scheme, code) == "国家级 每次 1.5 分 × 2 次"
