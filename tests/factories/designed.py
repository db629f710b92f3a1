"""Schemes as people draw them up in the browser: from a score sheet, and as a copy of a shipped one."""

from __future__ import annotations

from kaohe.designs import building, importing, starting
from kaohe.designs.document import write_document
from kaohe.plugins import registry
from kaohe.scheme import Scheme
from kaohe.scheme.loading import read_scheme

SHEET = """项目,内容,分值,评分标准
工作纪律（20分）,出勤,,迟到每次扣1分，旷工每次扣3分
,服务态度,,视情节扣3-5分
业务办理,制度,10,酌情给分
,台账,5,按时建立得满分，未建立不得分
,按时率,10,达到95%得满分，每降低1个百分点扣1分
,满意度,15,满意率×15分
,办结率,20,98%以上得20分，90%-98%得12分
投诉,,20,每起扣2分
加分,经验,,被国家、省、市采用的分别加4分、2分、1分，同一事项不重复加分，最高8分
,信息,,每篇加0.5分，每月最多加2分
"""


def from_a_sheet() -> Scheme:
    document = starting.blank("own-x-sheet", "考核", ["month", "year"], [("unit", "单位")])
    document["rollup"] = "month"
    rows, problems, _ignored = importing.read_rows(SHEET.encode(), "评分表.csv")
    assert problems == []
    building.put_into(document, importing.plan_of(rows).lines, replacing=True, window="year")
    return read_scheme(write_document(document))


def copied(scheme_id: str) -> Scheme:
    begun = starting.copy_of(registry().scheme(scheme_id), "own-x-copy", "1", "副本")
    return read_scheme(write_document(begun.document))
