"""The tabs beside the tree: what each asks for of the scheme as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kaohe.designs.members import Member
from kaohe.designs.rules import CHOICES, PERIODS


@dataclass(frozen=True, slots=True)
class Section:
    name: str
    label: str
    intro: str
    members: tuple[Member, ...]


_ACTORS = (
    ("unit_reporter", "本单位填报员"),
    ("unit_lead", "本单位负责人"),
    ("organiser", "考核办"),
    ("approver", "领导小组"),
)
_CODE_HINT = "不填由系统拟定。"


def _code(kind: Literal["code", "id"]) -> Member:
    """`code`: one that formulas and parameters may name."""
    return Member("id", "代码", kind, _CODE_HINT, proposed=True)


_TYPES = (
    ("decimal", "数"),
    ("integer", "整数"),
    ("text", "文字"),
    ("choice", "选项"),
    ("boolean", "是否"),
    ("map", "名称和数的表"),
)
_ROLLUPS = (
    ("month", "由各月平均得出"),
    ("quarter", "由各季度平均得出"),
    ("half", "由各半年平均得出"),
)
_ATTRIBUTES = Member("attributes", "要填的属性", "rows", key="name", cards=True, columns=(
    Member("title", "名称", "title"), Member("name", "代码", "code"), Member("type", "类型", "choice", choices=_TYPES),
    Member("required", "必填", "yes"), Member("default", "默认值", "value"), Member("min", "最小", "formula"),
    Member("max", "最大", "formula"), Member("above", "大于", "formula"), CHOICES,
    Member("required_in", "只在这些周期必填", "checks", choices=PERIODS),
))  # fmt: skip
_KINDS = Member("kinds", "对象类别", "checks", "不选为全部", offers="several kinds")
_WHO = (
    _KINDS,
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
            Member("title", "名称", "title"), _code("code"),
            Member("parent", "上级类别", "choice", "新的类别先保存，再来选。", offers="several kinds"),
            Member("parent_required", "必须有上级", "no"), Member("group", "排名分组", "formula", "不填为同类一组"),
            Member("groups", "分组的名称", "rows", "不填则用属性的名称和值。", key="id", scalar="title", columns=(
                Member("id", "分组", hint="公式得出的"), Member("title", "名称", "title", required=True))),
            Member("after", "先算哪几类", "checks", "要用到它们的得分时选。", offers="several kinds"), _ATTRIBUTES,
        )),
        Member("channels", "评分渠道", "rows", "有几方分别打分时填，如自评、互评、专家。权重在参数里。", columns=(
            Member("title", "名称", "title"), _code("code"), Member("self_rating", "可以评自己", "no"),
        )),
        Member("month_starts", "每月从几号起", "number", "不填为 1 号。", rare=True),
        Member("item_places", "项目得分的小数位数", "number", "不填为 2。", rare=True),
        Member("normalise", "加权分支折算到", "formula", "如 100", rare=True, unit="分"),
        Member("uses_calendar", "用到工作日", "yes", rare=True),
        Member("only", "某种周期只有其中几个", "rows", "如 半年 填 1：只有上半年，没有下半年。", rare=True, key="period", scalar="numbers",
               columns=(Member("period", "周期", "choice", choices=PERIODS), Member("numbers", "第几个", "numbers", required=True))),
        Member("leaf_points", "各项分值由哪个参数改写", "choice", "名称和数的表：指标代码和分值；启用后由管理员设定。", rare=True, offers="maps"),
    )),
    Section("articles", "条款", "条款的原文。登记、自评、评分时显示在指标旁边。", (
        Member("articles", "条款", "rows", key="article", scalar="text", cards=True,
               columns=(Member("article", "条款号"), Member("text", "原文", "long"))),
    )),
    Section("parameters", "参数", "办法留给本级定的数。启用后由管理员在范围内设定，公式里用代码引用。", (
        Member("parameters", "参数", "rows", key="name", cards=True, columns=(
            Member("title", "名称"), Member("name", "代码", "code"),
            Member("type", "类型", "choice", choices=_TYPES), Member("default", "默认值", "value", "表写成「优秀 95，良好 85」"),
            Member("min", "最小", "number"), Member("max", "最大", "number"), Member("unit", "单位"), CHOICES,
            Member("keys", "表里正好这些名称", "words", "类型为表时填；不填则名称不限。"),
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
            Member("otherwise", "其余为"), Member("parameter", "或：分数线在哪个参数里", "choice", "名称和数的表", offers="maps"),
            *_WHO, Member("confirmed", "由领导小组确认", "yes"),
        )),
        Member("honours", "荣誉", "rows", cards=True, columns=(
            Member("name", "名称", required=True), Member("count", "名额", "formula"), Member("ratio", "或比例", "formula", "如 0.15"), Member("base", "比例按什么数算", "formula", "不填为同组的个数"),
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
        Member("words", "标记和说明的说法", "rows", "用英文代码作标记或说明时，写页面上怎样显示；用中文的不必写。", key="word", scalar="said",
               columns=(Member("word", "标记或说明"), Member("said", "显示为", "title", required=True))),
    )),
    Section("calendar", "日程与后果", "办法规定的环节，和结果出来以后要做的事。", (
        Member("demands.notice_days", "提前几个工作日通知", "formula"),
        Member("demands.self_check_report", "要交自查报告", "yes"), Member("demands.self_check_before", "自查报告在什么之前交"),
        Member("demands.scope", "分普遍考核和重点考核", "yes"), Member("demands.staged", "各渠道先后评，各有日期", "yes"),
        Member("demands.bulletin", "通报", "choice", "按周期发通报", choices=PERIODS), Member("demands.article", "依据的条款"),
        Member("demands.rounds", "环节", "rows", cards=True, columns=(
            Member("title", "名称", "title"), _code("id"), Member("month", "月份", "number"),
            Member("phase", "从这个月开始的阶段", "choice", choices=(("self_assessment", "自评"), ("grading", "评分"), ("confirmation", "确认"))),
            Member("report", "要交报告", "yes"), Member("periods", "只用于这些周期", "checks", "不选为全部。", choices=PERIODS), Member("article", "条款"))),
        Member("consequences", "后果", "rows", cards=True, columns=(
            Member("title", "后果", "title"), Member("on", "等次、荣誉、奖励或标记", hint="每次结果都有的写 result"),
            Member("action", "代码", proposed=True, hint="不填由系统拟定；限期整改写 rectify：对象要交整改报告，考核办验收"), Member("by", "由谁办", "title"),
            Member("days", "发布后几天内办", "formula", "办法没有规定的不填，由考核办定"),
            Member("workdays", "按工作日算", "yes"), Member("bulletin", "发布后提供通报文稿", "yes"),
            Member("copies", "抄送", "words"), Member("article", "条款"))),
    )),
    Section("ways", "流程与登记册", "材料怎样逐级办理，各单位要登记谁。办法没有规定的不用填。", (
        Member("registers", "登记册", "rows", "如信息员名单：考核办登记，各单位看自己的。", cards=True, columns=(
            Member("title", "名称", "title", required=True), Member("who", "一条里写什么", "title", "如 姓名和职务", required=True),
            _KINDS, Member("least", "每个单位至少几条", "number", "不填为不限。"),
            Member("missing", "不足时建议登记哪一项", "choice", offers="leaves"), Member("evidence", "附什么材料"),
            Member("article", "条款"), _code("id"))),
        Member("ways", "流程", "rows", "如信息稿件：起草、审签、签发、编辑、发布。", cards=True, columns=(
            Member("title", "名称", "title", required=True), _KINDS, Member("article", "条款"), _code("id"),
            Member("steps", "步骤", "rows", "按先后写；第一步是起草。", cards=True, required=True, columns=(
                Member("title", "名称", "title", required=True),
                Member("by", "由谁办", "rows", "写了的对象类别才有这一步。", key="kind", scalar="actor", required=True,
                       columns=(Member("kind", "对象类别", "choice", offers="kinds"), Member("actor", "谁", "choice", choices=_ACTORS))),
                Member("another", "前面办过的人不能再办", "yes"), Member("edits", "可以改标题和正文", "yes"),
                Member("record", "办完后登记为哪一项", "choice", offers="leaves"), _code("id"))),
            Member("adds", "可以补记", "rows", "某一步之后，可以逐条补记的，如登记采用。", cards=True, columns=(
                Member("title", "名称", "title", required=True), Member("leaf", "登记为哪一项", "choice", offers="leaves", required=True),
                Member("by", "谁", "choice", choices=_ACTORS, required=True),
                Member("after", "在哪一步之后", "choice", "先保存步骤，再来选。", offers="way steps", required=True))))),
    )),
)  # fmt: skip


def section_of(name: str) -> Section | None:
    return next((each for each in SECTIONS if each.name == name), None)
