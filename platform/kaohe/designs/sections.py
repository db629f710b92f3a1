"""The tabs beside the tree: what each asks for of the scheme as a whole."""

from __future__ import annotations

from dataclasses import dataclass

from kaohe.designs.members import Member
from kaohe.designs.rules import PERIODS


@dataclass(frozen=True, slots=True)
class Section:
    name: str
    label: str
    intro: str
    members: tuple[Member, ...]


_KINDS_HINT = "对象类别的代码；不填为全部"
_TYPES = (
    ("decimal", "数"),
    ("integer", "整数"),
    ("text", "文字"),
    ("choice", "选项"),
    ("boolean", "是否"),
    ("map", "名称和数的表"),
)
_PARAMETER_TYPES = (("decimal", "数"), ("integer", "整数"), ("choice", "选项"), ("text", "文字"), ("boolean", "是否"),
                    ("map", "名称和数的表"))  # fmt: skip
_ROLLUPS = (
    ("week", "由各周平均得出"),
    ("month", "由各月平均得出"),
    ("quarter", "由各季度平均得出"),
    ("half", "由各半年平均得出"),
)
_ATTRIBUTES = Member("attributes", "要填的属性", "rows", key="name", cards=True, columns=(
    Member("title", "名称", "title"), Member("name", "代码", "code"), Member("type", "类型", "choice", choices=_TYPES),
    Member("required", "必填", "yes"), Member("default", "默认值", "value"), Member("min", "最小", "formula"),
    Member("max", "最大", "formula"), Member("choices", "选项", "value", "写「代码 名称」，用逗号隔开", rare=True),
    Member("required_in", "只在这些周期必填", "checks", choices=PERIODS),
))  # fmt: skip
_WHO = (
    Member("kinds", "对象类别", "words", _KINDS_HINT),
    Member("periods", "周期", "checks", "不选为全部", choices=PERIODS),
)

SECTIONS = (
    Section("identity", "基本信息", "办法叫什么、谁发的、管到什么时候、考核谁、多久一次。", (
        Member("title", "方案名称", "title", required=True), Member("regulation", "办法全称", required=True),
        Member("issuer", "发文机关"), Member("interpreter", "解释机关"), Member("effective", "施行日期", "date"),
        Member("expires", "有效期至", "date"),
        Member("periods", "考核周期", "checks", choices=PERIODS, required=True),
        Member("rollup", "更长的周期", "choice", "不选为每个周期各自计分。", choices=_ROLLUPS),
        Member("kinds", "考核对象的类别", "rows", cards=True, required=True, columns=(
            Member("title", "名称", "title"), Member("id", "代码", "code"),
            Member("parent", "上级类别的代码"), Member("group", "排名分组", "formula", "不填为同类一组"),
            Member("groups", "分组的名称", "rows", key="id", scalar="zh", rare=True, columns=(
                Member("id", "分组", "code", "公式得出的"), Member("zh", "名称"), Member("en", "英文名称"))),
            Member("after", "先算哪几类", "words", "要用到它们的得分时，写它们的代码"), _ATTRIBUTES,
        )),
        Member("channels", "评分渠道", "rows", "有几方分别打分时填，如自评、互评、专家。权重在参数里。", columns=(
            Member("title", "名称", "title"), Member("id", "代码", "code"), Member("self_rating", "可以评自己", "no"),
        )),
        Member("month_starts", "每月从几号起", "number", "不填为 1 号。", rare=True),
        Member("item_places", "项目得分的小数位数", "number", "不填为 2。", rare=True),
        Member("normalise", "加权分支折算到", "formula", "如 100", rare=True, unit="分"),
        Member("uses_calendar", "用到工作日", "yes", rare=True),
    )),
    Section("articles", "条款", "条款的原文。登记、自评、评分时显示在指标旁边。", (
        Member("articles", "条款", "rows", key="article", scalar="text", cards=True,
               columns=(Member("article", "条款号"), Member("text", "原文", "long"))),
    )),
    Section("parameters", "参数", "办法留给本级定的数。启用后由管理员在范围内设定，公式里用代码引用。", (
        Member("parameters", "参数", "rows", key="name", cards=True, columns=(
            Member("title", "名称"), Member("name", "代码", "code"),
            Member("type", "类型", "choice", choices=_PARAMETER_TYPES), Member("default", "默认值", "value", "表写成「优秀 95，良好 85」"),
            Member("min", "最小", "number"), Member("max", "最大", "number"), Member("unit", "单位"), Member("choices", "选项", "words"),
            Member("silent", "办法未规定，由本级确定", "yes"), Member("nullable", "可以留空，表示不限", "yes"), Member("article", "条款"),
        )),
    )),
    Section("outcomes", "等次与荣誉", "总分怎样变成名次、等次、荣誉、奖励和标记。", (
        Member("ranking.by", "按什么排名", "formula", "不填为总分；可写 item(指标代码)"),
        Member("ranking.minimum", "参加排名的条件", "formula", "不成立则列出，不排名", rare=True),
        Member("total_cap", "总分上限", "formula", unit="分"), Member("total_floor", "总分下限", "formula", "不填则允许负分", unit="分"),
        Member("grading", "等次", "rows", cards=True, columns=(
            Member("grades", "等次和分数线", "rows", "从高到低。", columns=(
                Member("name", "等次", required=True), Member("min", "不低于", "formula"), Member("when", "并且", "formula"), Member("flags", "标记", "words"))),
            Member("otherwise", "其余为"), Member("parameter", "或：分数线在哪个参数里", hint="名称和数的表"),
            *_WHO, Member("confirmed", "由领导小组确认", "yes"),
        )),
        Member("honours", "荣誉", "rows", cards=True, columns=(
            Member("name", "名称", required=True), Member("count", "名额", "formula"), Member("ratio", "或比例", "formula", "如 0.15"),
            Member("when", "条件", "formula", "如 grade == '优秀'"), *_WHO, Member("bars", "带这些标记的不评", "words"),
            Member("by", "按什么评", "formula", "不填为排名所用；可写 item(指标代码)"), Member("shared", "并列第一的都评上", "yes"),
            Member("decision", "由会议决定，计分不提名", "yes"),
        )),
        Member("awards", "奖励", "rows", cards=True, columns=(
            Member("name", "名称", required=True), Member("amount", "数额", "formula", required=True), Member("unit", "单位", "choice", choices=(("分", "分"), ("元", "元"))),
            Member("when", "条件", "formula"), *_WHO,
        )),
        Member("flags", "标记", "rows", cards=True, columns=(
            Member("flag", "标记", required=True), Member("when", "条件", "formula", required=True), Member("remark", "说明"), *_WHO,
        )),
        Member("stages", "一票否决等提前结束", "rows", cards=True, columns=(
            Member("status", "结果叫什么", required=True), Member("when", "条件", "formula", required=True), Member("total", "总分定为", "formula", "不填则没有得分"),
            Member("flags", "标记", "words"), *_WHO,
        )),
    )),
    Section("calendar", "日程与后果", "办法规定的环节，和结果出来以后要做的事。", (
        Member("demands.notice_days", "提前几个工作日通知", "formula"),
        Member("demands.self_check_report", "要交自查报告", "yes"), Member("demands.self_check_before", "自查报告在什么之前交"),
        Member("demands.scope", "分普遍考核和重点考核", "yes"), Member("demands.staged", "各渠道先后评，各有日期", "yes"),
        Member("demands.bulletin", "通报", "choice", "按周期发通报", choices=PERIODS), Member("demands.article", "依据的条款"),
        Member("demands.rounds", "环节", "rows", columns=(
            Member("title", "名称", "title"), Member("id", "代码", "code"), Member("month", "月份", "number"),
            Member("phase", "从这个月开始的阶段", "choice", choices=(("self_assessment", "自评"), ("grading", "评分"), ("confirmation", "确认"))),
            Member("report", "要交报告", "yes"), Member("periods", "只用于这些周期", "words", "如 year、half；不填为全部"), Member("article", "条款"))),
        Member("consequences", "后果", "rows", cards=True, columns=(
            Member("title", "后果", "title"), Member("on", "等次、荣誉、奖励或标记", hint="每次结果都有的写 result"),
            Member("action", "代码", hint="限期整改写 rectify：对象要交整改报告，考核办验收"), Member("by", "由谁办", "title"),
            Member("days", "发布后几天内办", "formula", "办法没有规定的不填，由考核办定"),
            Member("workdays", "按工作日算", "yes"), Member("bulletin", "发布后提供通报文稿", "yes"),
            Member("copies", "抄送", "words"), Member("article", "条款"))),
    )),
)  # fmt: skip


def section_of(name: str) -> Section | None:
    return next((each for each in SECTIONS if each.name == name), None)
