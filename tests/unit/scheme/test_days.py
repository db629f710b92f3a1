"""By when something follows, and to whom it is copied: read, checked, told and compared."""

from __future__ import annotations

import pytest

from kaohe.catalogue.consequence_views import consequence_rows
from kaohe.scheme.comparing import compare
from kaohe.scheme.model import Scheme
from kaohe.scheme.problems import BadScheme
from tests.unit.scoring.kit import scheme

BODY = """
parameters: {limit: {type: integer, default: 20, min: 1, max: 90, title: 整改天数}}
indicators:
  - {code: a, title: 甲, rule: judged, points: 5}
consequences:
  - {on: result, action: rectify, title: 限期整改, %s}
"""


def built(members: str) -> Scheme:
    return scheme(BODY % members)


@pytest.mark.parametrize(
    ("members", "told"),
    [
        ("days: 0", "期限 0 应为 1 到 1000 的整数"),
        ("days: 2.5", "期限 2.5 应为 1 到 1000 的整数"),
        ("days: total", "公式「total」里的「total」在这里没有"),
        ("workdays: true", "写了 workdays，没有写几天"),
        ("copies: [县委办]", "写了抄送，没有通报文稿"),
    ],
)
def test_what_cannot_be_is_refused_when_it_is_read(members: str, told: str) -> None:
    with pytest.raises(BadScheme, match=told):
        built(members)


@pytest.mark.parametrize(
    ("members", "told"),
    [("days: 30", "发布后 30 天内"), ("days: limit, workdays: true", "发布后 15 个工作日内"), ("article: 一", "")],
)
def test_the_catalogue_tells_it_in_words(members: str, told: str) -> None:
    (row,) = consequence_rows(built(members), {"limit": 15})
    assert (row.title, row.cause, row.within) == ("限期整改", "每次结果", told)


def test_a_change_is_told() -> None:
    before, after = built("days: 30"), built("days: 20, workdays: true, bulletin: true, copies: [县委办]")
    assert compare(before, after) == [
        "后果 result「限期整改」：期限（天）由 30 改为 20", "后果 result「限期整改」：按工作日算由 否 改为 是",
        "后果 result「限期整改」：通报由 否 改为 是", "后果 result「限期整改」：抄送由 无 改为 县委办",
    ]  # fmt: skip
