"""From a spreadsheet to a tree that scores."""

from __future__ import annotations

import io

import pytest
import xlsxwriter

from kaohe.designs import building, importing, starting
from kaohe.designs.checking import look
from kaohe.designs.document import Document

SHEET = (
    "项目,内容,分值,评分标准,佐证材料\n"
    "工作纪律,出勤,20,迟到每次扣1分,考勤记录\n,服务态度,,与群众争吵扣3-5分,\n"
    "业务,制度,10,酌情给分,制度文件、记录\n,台账,5,按时建立得满分，未建立不得分,\n"
    "投诉,,10,每起扣2分,\n信息,,,每篇加0.5分，最高加4分,\n合计,,45,,\n"
)


def imported(text: str) -> Document:
    rows, problems, _ignored = importing.read_rows(text.encode("gb18030"), "评分表.csv")
    assert problems == []
    document = starting.blank("own-x-a", "考核", ["year"], [("window", "窗口")])
    building.put_into(document, importing.plan_of(rows).lines, replacing=True, window="year")
    return document


def test_rows_become_branches_and_leaves_that_can_be_published() -> None:
    document = imported(SHEET)
    looked = look(document)
    assert looked.checks == ()
    assert [(node["title"], node.get("rule", "sum"), node.get("points")) for node in document["indicators"]] == [
        ("工作纪律", "deduct-from-full", 20), ("业务", "sum", 15), ("投诉", "deduct-from-full", 10), ("信息", "bonus", None),
    ]  # fmt: skip
    assert document["indicators"][3]["caps"] == {"year": 4}
    assert document["articles"]["评分标准·出勤"] == "迟到每次扣1分"


def test_merged_cells_of_a_workbook_continue_the_row_above() -> None:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        sheet = book.add_worksheet("表")
        sheet.merge_range("A1:C1", "2026年考核评分表")
        for column, head in enumerate(("考核项目", "考核标准", "分值")):
            sheet.write(1, column, head)
        sheet.merge_range("A3:A4", "纪律")
        sheet.merge_range("C3:C4", 10)
        sheet.write("B3", "迟到每次扣1分")
        sheet.write("B4", "旷工每次扣3分")
    rows, problems, _ignored = importing.read_rows(target.getvalue(), "表.xlsx")
    lines = importing.plan_of(rows).lines
    assert problems == []
    assert [(line.project, line.points, line.proposal.rule) for line in lines] == [
        ("纪律", 10, "deduct"),
        ("纪律", None, "deduct"),
    ]


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("项目,评分标准,分值\n纪律,每次扣1分,十\n", "评分表!C2", "不是分值"),
        ("项目,评分标准,分值\n纪律,酌情给分,\n", "评分表!C2", "没有分值不能导入"),
        ("项目,评分标准,计分方式\n纪律,每次扣1分,抽签\n", "评分表!C2", "不在可选值中"),
        ("项目,评分标准,计分方式\n纪律,每次扣1分,加分\n", "评分表!C2", "没有读到"),
        ("项目,评分标准\n,每次扣1分\n", "评分表!A2", "第一行没有写项目"),
        ("项目,分值\n纪律,10\n", "评分表", "缺少列「评分标准」"),
    ],
)
def test_wrong_rows_are_told_by_cell(text: str, place: str, words: str) -> None:
    _rows, problems, _ignored = importing.read_rows(text.encode(), "评分表.csv")
    assert [problem.place for problem in problems] == [place]
    assert words in problems[0].message


def test_total_that_does_not_add_up_is_remarked() -> None:
    rows, problems, _ignored = importing.read_rows(SHEET.replace("合计,,45", "合计,,50").encode(), "评分表.csv")
    assert problems == []
    assert importing.plan_of(rows).remarks == ["第 8 行写的合计是 50，各行分值加起来是 45，请核对。"]


REAL = (
    "序号,考核项目,考核内容,分值,评分标准,佐证材料,得分\n"
    "1,组织领导（15分）,分工,5,未明确分管领导扣5分,,\n2,,计划,5,每少一次扣1分，扣完为止,,\n,,小计,10,,,\n"
    "3,服务质量（满分：15分）,满意度,15,满意率×15分,,\n"
    "4,加分项,经验,,被国家、省、市采用的分别加4分、2分、1分，同一事项不重复加分，最高8分,,\n"
    "5,扣分项,舆情,,发生重大负面舆情的实行一票否决,,\n,合计,,100,,,\n,备注：1.各项不倒扣。,,,,,\n考核人（签字）：,,,,,,\n"
)


def test_real_score_sheet_with_points_in_names_notes_and_columns_to_be_filled_in() -> None:
    rows, problems, ignored = importing.read_rows(REAL.encode(), "评分表.csv")
    plan = importing.plan_of(rows)
    assert (problems, ignored) == ([], ("序号", "得分"))
    assert [(line.project, line.item, line.proposal.rule) for line in plan.lines] == [
        ("组织领导", "分工", "deduct"),
        ("组织领导", "计划", "deduct"),
        ("服务质量", "满意度", "target"),
        ("加分项", "经验", "bonus-by-level"),
        ("扣分项", "舆情", "counter"),
    ]
    assert plan.remarks == [
        "第 8 行写的合计是 100，各行分值加起来是 25，请核对。",
        "第 9 行没有读入：备注：1.各项不倒扣。",
        "第 10 行没有读入：考核人（签字）：",
        "「组织领导」写着 15 分，各行分值加起来是 10，请核对。",
    ]
    document = imported(REAL)
    assert look(document).checks == ()
    assert document["indicators"][2]["children"][0]["highest_only"] == document["indicators"][2]["children"][0]["code"]


def test_points_of_a_project_may_stand_in_its_name_alone() -> None:
    document = imported("项目,评分标准\n纪律（20分）,迟到每次扣1分\n,旷工每次扣3分\n")
    assert (document["indicators"][0]["title"], document["indicators"][0]["points"]) == ("纪律", 20)
