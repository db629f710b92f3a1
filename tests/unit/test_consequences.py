"""What follows from results: by grade, honour, flag and award, and for everybody."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from kaohe.plugins import registry
from kaohe.results.consequences import following, whole


def _sheet(name: str, grade: str | None = None, flags: tuple[str, ...] = ()) -> Any:
    return SimpleNamespace(name=name, grade=grade, honours=[], flags=list(flags))


def test_grades_and_flags_lead_to_what_the_regulation_says() -> None:
    scheme = registry().schemes["open-gov-county"]
    failed = _sheet("甲局", "不合格", ("rectify", "criticised"))
    found = following(scheme, [(failed, []), (_sheet("乙局", "合格"), [])])
    assert [(one.on, one.article, one.names) for one in found] == [
        ("criticised", "十一", ("甲局",)), ("rectify", "十一", ("甲局",)), ("不合格", "十一", ("甲局",)),
    ]  # fmt: skip


def test_an_award_leads_to_its_pay_out() -> None:
    scheme = registry().schemes["information-points"]
    assert [one.on for one in following(scheme, [(_sheet("甲镇"), ["信息任务奖"])])] == ["信息任务奖"]


def test_what_follows_from_every_result_keeps_to_its_period() -> None:
    scheme = registry().schemes["information-points"]
    assert [one.on for one in whole(scheme, "month")] == ["month-result"]
    assert whole(scheme, "year") == []
