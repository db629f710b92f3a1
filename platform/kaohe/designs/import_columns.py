"""The columns of a spreadsheet that a tree is read from, and what offices call them."""

from __future__ import annotations

import re

from kaohe.spreadsheets import Column

RULE_WORDS = {
    "评分": "judged", "由人评分": "judged", "打分": "judged", "扣分": "deduct", "每次扣分": "deduct", "扣一个范围": "deduct-range",
    "按档扣分": "deduct-by-level", "加分": "bonus", "每次加分": "bonus", "加一个范围": "bonus-range", "按档加分": "bonus-by-level",
    "完成得分": "check", "目标": "target", "与目标比": "target", "分档": "steps", "只登记": "counter",
}  # fmt: skip
COLUMNS = (
    Column("project", "项目", aliases=("考核项目", "一级指标", "指标类别", "类别"), note="大项的名称；合并的或空着的格子算作与上一行相同"),
    Column("item", "内容", aliases=("指标", "二级指标", "考核内容", "考核指标", "具体内容", "指标名称", "具体指标", "考核要点"),
           note="小项的名称，没有小项就不要这一列"),
    Column("points", "分值", aliases=("满分", "分数", "标准分", "分值（分）", "标准分值"), note="大项的分值写在第一行，或每行各写各的"),
    Column("standard", "评分标准", aliases=("计分标准", "评分细则", "考核标准", "评分办法", "计分办法", "评分说明", "考核评分标准", "评分标准及办法"),
           note="如 每次扣2分；扣3-5分；每篇加0.5分，最高加4分；达到95%以上得满分；市级加1分、省级加2分"),
    Column("article", "条款", aliases=("依据", "条款依据", "依据条款"), note="如 第五条(一)"),
    Column("evidence", "佐证材料", aliases=("材料", "证明材料", "佐证", "材料清单"), note="几种材料用顿号隔开"),
    Column("rule", "计分方式", note="不填由系统从评分标准里读", choices=tuple(RULE_WORDS)),
)  # fmt: skip
EXAMPLES = (
    ("工作纪律", "出勤", "20", "迟到、早退每次扣1分", "第五条(一)", "考勤记录", ""),
    ("", "工作态度", "", "与群众争吵，视情节扣3-5分", "第五条(二)", "", ""),
    ("信息报送", "", "", "每篇加0.5分，最高加4分", "第六条", "稿件", ""),
)
POINTS = re.compile(r"(\d{1,5}(?:\.\d{1,4})?)\s*分?", re.ASCII)
STATED = re.compile(r"(.+?)[（(](?:共|满分|分值)?[:：]?(\d{1,5}(?:\.\d{1,4})?)分[)）]", re.ASCII)
NOTES = re.compile(r"(?:备注|说明|注|填表说明|考核人|签字|日期)(?:\d*[:：.、]|$)|注[:：]")
TOTALS = {"合计", "总计", "总分", "小计", "合计得分"}
RECORDS = (
    Column("subject", "考核对象", aliases=("对象", "姓名", "对象编号", "单位"), required=True),
    Column("leaf", "指标", aliases=("条款", "指标编号", "条款编号", "项目"), required=True),
    Column("date", "日期", aliases=("发生日期",), required=True, kind="date"), Column("count", "次数"),
    Column("amount", "分值", aliases=("扣分", "加分")), Column("level", "档次", aliases=("情形", "级别")),
    Column("value", "数值", aliases=("完成值",)), Column("target", "目标值", aliases=("目标",)), Column("rating", "评分"),
    Column("done", "完成情况"), Column("channel", "渠道"), Column("matter", "事项"), Column("note", "说明", aliases=("备注",)),
    Column("fields.*", "指标项"),
)  # fmt: skip
