"""What the members of a scheme are called where two versions are compared, and the sentences that tell a difference."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from kaohe.scheme.titles import Text

REMOVED = "删去{what} {name}"
ADDED = "新增{what} {name}"
CHANGED = "{what}由 {old} 改为 {new}"
WORTH = "{name} {points} 分"
SAME_NAME = "{name}（第 {number} 条）"
GROUP = "第 {number} 组"
ORDER = "{what}的次序变了，从 {name} 起"
FUNCTION = "函数 {name} 的程序变了"
NONE, YES, NO, COMMA, LIST = "无", "是", "否", "，", "、"
PARAMETER, INDICATOR, GRADES, KIND = "参数", "指标", "等次", "考核对象"
SECTIONS = {"demands": "日历要求", "articles": "条款表", "words": "标记和说明的含义"}
HEAD = {
    "id": "编号", "version": "版本", "title": "名称", "regulation": "办法", "issuer": "发文机关", "interpreter": "解释机关",
    "effective": "施行日期", "expires": "失效日期", "dates_assumed": "日期为推定",
    "periods": "周期", "rollup": "汇总方式", "month_starts": "月度起始日",
    "normalise": "折算满分", "item_places": "小数位数", "leaf_points": "分值参数", "total_floor": "总分下限",
    "total_cap": "总分上限", "ranking": "排名", "only": "只有的周期", "uses_calendar": "用到工作日", "acknowledged": "承认的矛盾",
}  # fmt: skip
MEMBERS = {
    "title": "名称", "article": "条款", "rule": "规则", "kinds": "对象", "points": "分值", "points_by_kind": "各类对象分值",
    "amount": "每次分值", "min": "最低", "max": "最高", "levels": "档次", "steps": "分档", "target": "目标", "caps": "上限",
    "floor": "下限", "weight": "权重", "channels": "渠道", "flags": "标记", "evidence": "佐证", "formula": "公式",
    "value": "数值", "effects": "归零减半", "once": "只计一次", "highest_only": "就高不就低", "part_caps": "部分上限",
    "at_most": "以另一项为限", "only_when": "成立才计", "note": "说明", "approval": "审定", "matter": "事项", "done": "完成情况",
    "partial": "部分完成", "fields": "登记项", "stand_in": "缺数时代以", "parent": "上级", "unit": "单位", "type": "类型",
    "default": "默认", "silent": "办法未规定", "choices": "可选", "nullable": "可为空", "count": "名额", "ratio": "比例",
    "when": "条件", "by": "依据", "grades": "等次", "otherwise": "其余", "bars": "挡住荣誉的标记", "attributes": "属性",
    "adds": "可补记", "required": "必填", "required_in": "哪些周期必填", "required_if": "何时必填", "group": "排名分组",
    "groups": "分组名称",
    "record": "登记", "another": "换人", "edits": "可修改",
    "accumulates": "数值累计", "proportional": "按比例", "qualifies": "合格条件", "must": "各项要求", "unique": "不得重复",
    "counts": "可填次数", "optional": "可缺", "coefficient": "系数", "not_applicable": "不适用的处理", "item": "得分项目",
    "after_floor": "扣完后再加", "also": "同时记在", "to_parent": "同时记到上级", "shared": "共有平分或并列共享", "periods": "周期",
    "interpolate": "分段直线", "lower_is_better": "越小越好", "value_channel": "数值渠道", "places": "先舍入到几位",
    "stand_in_remark": "代替的说明", "target_from": "目标表", "function": "函数", "line": "行种类", "default_level": "默认档次",
    "source": "来源方案", "only_when_remark": "不成立的说明", "keep": "留下", "why": "理由", "rollup": "整期", "holds": "条件",
    "of": "其中", "cap": "上限", "at": "达到", "after": "排在其后",
    "parent_required": "上级必填", "above": "大于", "keys": "名称", "self_rating": "可评自己",
    "parameter": "等次参数", "confirmed": "须确认", "base": "基数", "decision": "会议决定", "flag": "标记",
    "status": "结果", "total": "定分", "remark": "说明", "on": "对象", "action": "后果", "minimum": "最少样本", "name": "名称",
    "check": "检查", "reason": "理由", "month": "月份", "notice_days": "通知天数", "rounds": "环节",
    "self_check_report": "自查报告", "self_check_before": "自查期限",
    "bulletin": "通报", "days": "期限（天）", "workdays": "按工作日算", "copies": "抄送",
    "id": "编号", "who": "写什么", "least": "至少",
    "missing": "不足时登记", "leaf": "指标", "quarter": "季", "half": "半年", "year": "年", "week": "周", "scheme": "方案",
    "version": "版本", "zh": "中文", "en": "英文", "kind": "对象",
}  # fmt: skip
LISTS = (
    ("kinds", "考核对象", "id"),
    ("channels", "渠道", "id"),
    ("honours", "荣誉", "name"),
    ("awards", "奖励", "name"),
    ("flags", "标记", "flag"),
    ("stages", "提前结束", "status"),
    ("consequences", "后果", "on"),
    ("ways", "流程", "id"),
    ("registers", "登记册", "id"),
)


class Words(Struct, frozen=True):
    """The reader's language: of a text of ours, of a title of the scheme, and how its parts are marked off."""

    say: Callable[[str], str] = str
    title: Callable[[Text], str] = str
    within: str = "{what} {name}："
    titled: str = "{name}「{title}」"
    quoted: str = "「{title}」"

    def tell(self, sentence: str, **members: object) -> str:
        return self.say(sentence).format(**members)
