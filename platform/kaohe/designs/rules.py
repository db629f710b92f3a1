"""The rules kit as a form asks for it: each rule in plain words, with the members that belong to it.

The page of a node is made from these descriptions; a member that the kit gains is one line here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kaohe.designs.members import Member

PERIODS = (("week", "周"), ("month", "月"), ("quarter", "季度"), ("half", "半年"), ("year", "年"))
DONE = (("full", "达到"), ("partial", "部分达到"), ("none", "未达到"), ("not_applicable", "不适用"))
FIELD_TYPES = (("decimal", "数"), ("integer", "整数"), ("text", "文字"), ("choice", "选项"), ("boolean", "是否"),
               ("date", "日期"), ("subject", "考核对象"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class RuleForm:
    name: str
    label: str
    hint: str
    members: tuple[Member, ...] = ()
    branch: bool = False


POINTS = Member("points", "分值", "formula", "满分。写数，或参数的名字。", unit="分")
UNIT = Member("unit", "数值的单位", hint="如 件、天；百分比写 percent")
FORMULA = "写数，或公式；公式里可用参数名、对象的属性名、count(指标代码) 等"
LEVELS = Member("levels", "档次", "rows", "每档一行：名称和分值。", key="key", scalar="amount", required=True, columns=(
    Member("title", "名称", "title"), Member("amount", "分值", "formula", required=True), Member("flags", "标记", "words"),
    Member("key", "代码", hint="可不填，就用名称"),
))  # fmt: skip
STEPS = Member("steps", "分档", "rows", "达到左边的数，得右边的分。", required=True, columns=(
    Member("at", "达到", "formula", required=True), Member("points", "得分", "formula", required=True),
))  # fmt: skip
DEFAULT_LEVEL = Member("default_level", "不写档次时按", rare=True)
LOW, HIGH = Member("min", "数值最小", "formula", rare=True), Member("max", "数值最大", "formula", rare=True)
STAND_IN = Member(
    "stand_in", "没有数据时按", "formula", "得几分；如 peers_mean(代码, 'points') 为同组的平均得分", rare=True
)
STAND_IN_REMARK = Member("stand_in_remark", "代替时的说明", rare=True)
VALUE = Member("value", "数值由公式得出", "formula", "不填为登记的数值；如 peers_rank(代码) 按名次得分", rare=True)
PLACES = Member("places", "数值先四舍五入到几位", "number", rare=True)
CHOICES = Member("choices", "选项", "rows", "类型为选项时填。", key="value", scalar="title",
                 columns=(Member("title", "显示为", "title", required=True), Member("value", "代码（可不填）")))  # fmt: skip
FIELDS = Member("fields", "另外登记的数据", "rows", key="name", cards=True, rare=True, columns=(
    Member("title", "名称", "title"), Member("name", "代码", "code"), Member("type", "类型", "choice", choices=FIELD_TYPES),
    Member("required", "必填", "yes"), Member("min", "最小", "formula"), Member("max", "最大", "formula"),
    CHOICES, Member("kinds", "哪类对象", "checks", "类型为考核对象时选；不选为全部。", offers="several kinds"),
    Member("required_if", "何时必填", "formula"),
))  # fmt: skip
MUST = Member("must", "各项数据之间的要求", "rows", rare=True, columns=(
    Member("holds", "应成立的条件", "formula", required=True), Member("why", "不成立时的提示", required=True),
))  # fmt: skip

RULES = (
    RuleForm("judged", "由人评分", "考核人员在 0 到满分之间打分。", (
        POINTS, Member("max", "打分用的满分", "formula", "打分时用别的满分（如百分制），再折算。", rare=True),
        Member("target", "按数值打分：目标值", "formula", "填数值，按数值÷目标值给分。", rare=True),
        Member("formula", "按数值打分：公式", "formula", "value_given 是填报的数值，如 10 - 0.5 * (95 - value_given)", rare=True), UNIT,
        STAND_IN, STAND_IN_REMARK,
    )),
    RuleForm("check", "完成得分", "达到得满分，部分达到得部分分，未达到不得分。", (
        POINTS, Member("partial", "部分达到得", "formula", "不填为一半。", unit="分"),
        Member("done", "可选的完成情况", "checks", "不选为前三种。", choices=DONE), FIELDS, MUST,
        Member("formula", "得分率公式", "formula", "用另外登记的数据算出 0 到 1 的得分率。", rare=True),
        STAND_IN, STAND_IN_REMARK,
    )),
    RuleForm("deduct", "每次扣固定的分", "每发生一次扣同样的分。", (Member("amount", "每次扣", "formula", unit="分", required=True),)),
    RuleForm("deduct-range", "每次扣一个范围内的分", "登记时在范围内填扣几分。", (
        Member("min", "最少扣", "formula", unit="分", required=True), Member("max", "最多扣", "formula", unit="分", required=True),
    )),
    RuleForm("deduct-by-level", "按档次扣分", "不同情形扣不同的分。", (LEVELS, DEFAULT_LEVEL)),
    RuleForm("bonus", "每次加固定的分", "每有一次加同样的分。", (Member("amount", "每次加", "formula", unit="分", required=True),)),
    RuleForm("bonus-range", "每次加一个范围内的分", "登记时在范围内填加几分。", (
        Member("min", "最少加", "formula", unit="分", required=True), Member("max", "最多加", "formula", unit="分", required=True),
    )),
    RuleForm("bonus-by-level", "按档次加分", "如市级加 1 分、省级加 2 分。", (LEVELS, DEFAULT_LEVEL)),
    RuleForm("target", "与目标比", "数值达到目标得满分，达不到按比例或不得分。", (
        POINTS, Member("target", "目标值", "formula", "不填则登记时自带目标值。"), UNIT,
        Member("proportional", "达不到目标时按比例得分（不勾为不得分）", "no"),
        Member("accumulates", "多次登记的数值累加", "yes"), LOW, HIGH, FIELDS,
        Member("qualifies", "怎样才算数", "rows", rare=True, key="name", scalar="holds",
               columns=(Member("name", "数据的代码"), Member("holds", "条件", "formula"))),
        Member("target_from", "目标取自对象的属性", "rows", rare=True, key="period", scalar="attribute",
               columns=(Member("period", "周期", "choice", choices=PERIODS), Member("attribute", "属性的代码"))),
        VALUE, PLACES, STAND_IN, STAND_IN_REMARK,
    )),
    RuleForm("steps", "按数值分档", "数值落在哪一档得哪一档的分。", (
        STEPS, UNIT, Member("lower_is_better", "数值越小越好", "yes"), Member("interpolate", "两档之间按直线折算", "yes", rare=True),
        Member("floor", "首档以下得", "formula", "不填为 0 分；按直线折算的为首档的分。", unit="分", rare=True),
        VALUE, PLACES, LOW, HIGH, FIELDS, MUST, STAND_IN, STAND_IN_REMARK,
    )),
    RuleForm("formula", "由公式算出", "不用登记，由其他指标、属性或下级的得分算出。", (
        Member("formula", "公式", "formula", FORMULA, required=True), POINTS, STAND_IN, STAND_IN_REMARK,
    )),
    RuleForm("counter", "只登记，不计分", "计次数、带标记，供别的公式使用。", (
        Member("levels", "档次", "rows", key="key", scalar="amount", rare=True, columns=(
            LEVELS.columns[0], Member("amount", "分值", "formula"), *LEVELS.columns[2:],
        )), FIELDS,
    )),
    RuleForm("imported", "取另一份方案的结果", "登记另一份方案已发布的得分。", (
        Member("source.scheme", "方案编号", required=True), Member("source.version", "方案版本", required=True),
        Member("source.item", "取哪一项", hint="不填为总分"), Member("formula", "折算公式", "formula", "value_given 是那份方案的得分。"),
    )),
    RuleForm("sum", "各项相加", "下级各项的得分相加。", (
        Member("points", "满分", "formula", unit="分"), Member("floor", "最低分", "formula", rare=True),
        Member("part_caps", "几项合计的上限", "rows", rare=True,
               columns=(Member("of", "哪几项（代码）", "words", "直接下级的代码，用顿号隔开", required=True), Member("cap", "上限", "formula", required=True))),
    ), branch=True),
    RuleForm("deduct-from-full", "从满分扣起", "从满分开始，按下级各项扣分，扣完为止。", (
        Member("points", "满分", "formula", unit="分", required=True), Member("floor", "最低扣到", "formula", "不填为 0。", rare=True),
    ), branch=True),
    RuleForm("weighted", "按权重合成", "满分按下级各项的权重分配。", (Member("points", "满分", "formula", unit="分", required=True),), branch=True),
    RuleForm("rescaled", "不适用的由其余项承担", "下级各项相加；不适用的项，分值由其余项承担。", (
        Member("points", "满分", "formula", unit="分"),
        Member("not_applicable", "怎样承担", "choice", choices=(("rescale", "按比例放大"), ("spread", "平均分摊"))),
    ), branch=True),
)  # fmt: skip

# What any node may have; `rare` ones stand under 更多.
AROUND = (
    Member("article", "依据的条款", hint="如 第五条(一)；登记和评分时显示条款表里的原文。"),
    Member("kinds", "只用于哪类对象", "checks", "不选与上级相同；最上一级不选为全部。", offers="several kinds"),
    Member("channels", "由哪几方评分", "checks", "不选与上级相同。", offers="channels"),
    Member("evidence", "要交的佐证材料", "rows", "自评时各有一个上传的位置。", scalar="name",
           columns=(Member("name", "材料"), Member("required", "必须交", "yes"))),
    Member("caps", "得分上限", "rows", "这一项（连同下级）在一段时间里最多得几分。", key="period", scalar="cap",
           columns=(Member("period", "每", "choice", choices=PERIODS), Member("cap", "最多", "formula", required=True))),
    Member("note", "说明", "choice", choices=(("required", "必须填"),)),
    Member("approval", "由领导小组审定", "yes", "确认结果时逐条列出，同意后才能确认。"),
    Member("matter", "事项名称", "choice", choices=(("required", "必须填"),)),
    Member("points_by_kind", "各类对象分值不同", "rows", rare=True, key="kind", scalar="points", offers="several kinds",
           columns=(Member("kind", "对象类别", "choice", offers="kinds"), Member("points", "分值", "formula", required=True))),
    Member("periods", "只在这些周期里有", "checks", choices=PERIODS, rare=True),
    Member("line", "算作", "choice", rare=True, choices=(("points", "基础分"), ("bonus", "加分"), ("deduction", "扣分"))),
    Member("weight", "权重", "formula", "上级按权重合成时用；不填为分值。", rare=True),
    Member("flags", "有记录就带的标记", "words", "如 no-honour:year（全年不评优）", rare=True),
    Member("highest_only", "就高不就低", hint="同一组名的加分项，同一事项只计最高的；写组名。", rare=True),
    Member("once", "每次只计一次", "choice", choices=PERIODS, rare=True),
    Member("at_most", "最多扣到哪一项的得分", "choice", rare=True, offers="items"),
    Member("only_when", "成立才计", "formula", "如 subtotal >= 60", rare=True),
    Member("only_when_remark", "不成立时的说明", rare=True),
    Member("coefficient", "难度系数", "formula", rare=True),
    Member("after_floor", "扣完以后再加（奖励）", "yes", rare=True),
    Member("optional", "没有登记也不算缺", "yes", rare=True),
    Member("counts", "一次登记可以写几次", "no", rare=True),
    Member("unique", "这些内容都相同的只能有一条", "words", "如 matter", rare=True),
    Member("shared", "几个对象共有的事项，分值平分", "yes", rare=True),
    Member("also", "同时记在这些指标下", "words", "指标的代码，用顿号隔开", rare=True),
    Member("to_parent", "同时记到上级对象的指标下", "choice", rare=True, offers="leaves"),
    Member("item", "得分表上单列", "no", rare=True),
    Member("effects", "归零、减半", "rows", rare=True, cards=True, columns=(
        Member("when", "成立的条件", "formula", "如 count(a.b, 'month') >= 2", required=True), Member("keep", "留下几成", "formula", "0 为归零，0.5 为减半"),
        Member("why", "说明"), Member("flags", "标记", "words"), Member("rollup", "这些周期末成立则整项不得分", "checks", choices=PERIODS),
    )),
)  # fmt: skip
NAME = (
    Member("title", "名称", "title", required=True),
    Member("code", "代码", "code", "系统拟好，一般不用改；改了，公式里的也跟着改。", required=True),
)

_OF_RULES = {member.name.split(".")[0] for rule in RULES for member in rule.members}


def form_of(rule: str, *, branch: bool) -> RuleForm:
    """The rule's form; of an unknown one, or one that does not fit, the usual one."""
    found = next((each for each in RULES if each.name == rule and each.branch == branch), None)
    return found or next(each for each in RULES if each.branch == branch)


def choices(*, branch: bool) -> list[RuleForm]:
    return [each for each in RULES if each.branch == branch]


def members_of(form: RuleForm) -> tuple[Member, ...]:
    """Of the rule and around it, none twice."""
    own = {member.name for member in form.members}
    return (*NAME, *form.members, *(member for member in AROUND if member.name not in own))


def drop_others(node: Mapping[str, Any], form: RuleForm) -> dict[str, Any]:
    """A node that changes its rule leaves behind what only the old one asked for."""
    own = {member.name.split(".")[0] for member in members_of(form)}
    return {name: value for name, value in node.items() if name in own or name not in _OF_RULES}
