"""What offices write under 评分标准, read into rules."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from kaohe.designs.proposing import propose

READ: list[tuple[str, int | None, str, dict[str, Any], dict[str, Any], bool]] = [
    ("每次扣2分", None, "deduct", {"amount": 2}, {}, True),
    ("每发现一起扣两分，扣完为止", 10, "deduct", {"amount": 2}, {}, True),
    ("视情节扣３～５分", None, "deduct-range", {"min": 3, "max": 5}, {}, True),
    ("每篇加0.5分，最高加4分", None, "bonus", {"amount": Decimal("0.5")}, {"": 4}, True),
    ("每月最高加2分，每条加0.2分", None, "bonus", {"amount": Decimal("0.2")}, {"month": 2}, True),
    ("市级加1分、省级加2分", None, "bonus-by-level", {"levels": {"市级": 1, "省级": 2}}, {}, True),
    ("迟到、早退每次扣1分，旷工每次扣3分", 20, "deduct-by-level", {"levels": {"迟到、早退": 1, "旷工": 3}}, {}, True),
    ("达到95%以上得满分", 10, "target", {"points": 10, "target": 95, "unit": "percent", "proportional": False}, {}, False),
    ("达到95%以上得满分，未达到的按比例得分", 10, "target", {"points": 10, "target": 95, "unit": "percent"}, {}, True),
    ("按时报送得满分，未报送不得分", 5, "check", {"points": 5}, {}, True),
    ("满意率×15分", 15, "target", {"points": 15, "target": 100, "unit": "percent"}, {}, True),
    ("被国家、省、市采用的分别加4分、3分、2分", None, "bonus-by-level", {"levels": {"国家": 4, "省": 3, "市": 2}}, {}, True),
    ("获市、区表彰的，分别加2分、1分、0.5分", None, "bonus", {"amount": 2}, {}, False),
    ("迟到每人次扣1分，旷工每人次扣2分", 10, "deduct-by-level", {"levels": {"迟到": 1, "旷工": 2}}, {}, True),
    ("有责投诉每起扣2分，造成恶劣影响的本项不得分", 10, "deduct", {"amount": 2}, {}, False),
    ("每篇加1分，同一稿件就高不就低", None, "bonus", {"amount": 1, "highest_only": True}, {}, True),
    ("发生重大负面舆情的，实行一票否决", None, "counter", {}, {}, False),
    ("组织领导有力，酌情给分", 10, "judged", {"points": 10}, {}, False),
    ("通报批评的每次扣2分；受表扬的每次加1分", 10, "judged", {"points": 10}, {}, False),
]  # fmt: skip


@pytest.mark.parametrize(("text", "points", "rule", "members", "caps", "sure"), READ, ids=[row[0] for row in READ])
def test_standard_becomes_a_rule_or_is_left_to_people(
    text: str, points: int | None, rule: str, members: dict[str, Any], caps: dict[str, Any], sure: bool
) -> None:
    found = propose(text, points)
    assert (found.rule, found.members, found.caps, found.sure) == (rule, members, caps, sure)


def test_steps_are_read_from_the_lowest() -> None:
    found = propose("90%以上得10分，80%-90%得8分，80%以下得0分", 10)
    assert found.members == {"steps": [{"at": 80, "points": 8}, {"at": 90, "points": 10}], "unit": "percent"}


def test_rate_that_falls_becomes_a_formula_between_0_and_the_points() -> None:
    found = propose("达到95%得满分，每降低1个百分点扣0.5分", 10)
    assert found.members["formula"] == "max(0, min(10, 10 - 0.5 * (95 - value_given)))"
