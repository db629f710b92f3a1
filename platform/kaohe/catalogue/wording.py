"""A scheme's rules and parameters in the words an official reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from kaohe.catalogue.entry_inputs import Names, entry_form, sign_of, signed, unit_of
from kaohe.i18n import _, said
from kaohe.scheme.comparing import compare
from kaohe.scheme.comparing_words import Words
from kaohe.scheme.formula import plain
from kaohe.scheme.model import Indicator, Scheme
from kaohe.scheme.parameters import Parameter

ACTORS = {"unit_reporter": "填报员", "unit_lead": "单位负责人", "organiser": "考核办", "approver": "领导小组"}
PERIODS = {"week": "周", "month": "月", "quarter": "季度", "half": "半年", "year": "年"}
_BRANCHES = {
    "sum": "各项相加", "deduct-from-full": "从满分扣起，扣完为止", "weighted": "按权重合成",
    "rescaled": "不适用的不计，其余按比例折算",
}  # fmt: skip
_LEAVES = {
    "check": "按完成情况给分：达到得满分，部分达到得部分分，未达到不得分", "judged": "由考核人员评分",
    "target": "达到目标得满分，未达到按比例计分", "counter": "只计次数，不直接计分",
    "formula": "由其他对象或记录计算得出", "function": "由专门规则计算得出",
}  # fmt: skip
# What every scheme has, or what stands for it in many; a scheme's own words come with it.
_CHOICES = {
    "mean": "平均", "median": "取中位数", "trimmed": "去掉最高、最低各一个后平均", "deduction,bonus": "扣分少者在前，再比加分",
    "bonus,deduction": "加分多者在前，再比扣分", "deduction": "扣分少者在前", "bonus": "加分多者在前",
}  # fmt: skip


def differences(before: Scheme, after: Scheme) -> list[str]:
    """Of two versions, beside their numbers."""
    words = Words(_, said, _("{what} {name}："), _("{name}「{title}」"), _("「{title}」"))
    return compare(before, after, words, with_version=False)


def rule_words(scheme: Scheme, node: Indicator, kind: str, values: Mapping[str, Any]) -> list[str]:
    """One sentence a line; bounds that are parameters show the value that holds."""
    names = Names(scheme, kind, values, None)
    return [words for words in _sentences(scheme, node, kind, names, values) if words]


def _sentences(scheme: Scheme, node: Indicator, kind: str, names: Names, values: Mapping[str, Any]) -> Iterator[str]:
    yield _(_BRANCHES.get(node.rule, "")) if node.children else _(_LEAVES.get(node.rule, ""))
    form = entry_form(scheme, node, kind=kind, parameters=values)
    full = names.number(node.points_for(kind))
    yield form.rule_words.replace(_("满分 {points} 分").format(points=plain(full)), "") if full else form.rule_words
    sign = sign_of(node)
    levels = [(said(level.title) or code, names.number(level.amount)) for code, level in node.levels.items()]
    yield _("；").join(title if amount is None else f"{title} {signed(sign, amount)}" for title, amount in levels)
    steps = [(names.number(step.at), names.number(step.points)) for step in node.steps]
    yield _("；").join(
        f"≥ {plain(at)}{unit_of(node)} +{plain(points)}" for at, points in steps if at is not None and points
    )
    if (target := names.number(node.target)) is not None:
        yield _("目标 {target} {unit}").format(target=plain(target), unit=unit_of(node)).strip()
    for effect in node.effects:
        yield effect.why
    if node.note == "required":
        yield _("须写说明")
    if node.approval:
        yield _("由领导小组在确认结果时逐条审定")


def points_of(scheme: Scheme, node: Indicator, kind: str, values: Mapping[str, Any]) -> Decimal | None:
    return Names(scheme, kind, values, None).number(node.points_for(kind))


def parameter_title(parameter: Parameter) -> str:
    return parameter.title or parameter.name


def allowed_words(parameter: Parameter) -> str:
    """What may be filled in."""
    if parameter.type == "choice":
        return _("、").join(choice_words(parameter, choice) for choice in parameter.choices)
    words = _span(parameter.min, parameter.max)
    if parameter.type == "integer":
        words = _("整数，{span}").format(span=words) if words else _("整数")
    if parameter.type == "map":
        words = _("每行写「名称 数」，数{span}").format(span=words or _("不限"))
    if parameter.nullable:
        words = _("{span}；留空表示不限").format(span=words or _("不限"))
    return words


def _span(low: Decimal | None, high: Decimal | None) -> str:
    if low is not None and high is not None:
        return _("{low} 至 {high}").format(low=plain(low), high=plain(high))
    if low is not None:
        return _("不小于 {low}").format(low=plain(low))
    return _("不大于 {high}").format(high=plain(high)) if high is not None else ""


def choice_words(parameter: Parameter, choice: str) -> str:
    """The scheme's own words for a choice, else those that every scheme shares."""
    title = parameter.choices.get(choice)
    return said(title) if title and title.zh != choice else _(_CHOICES.get(choice, choice))


def value_words(parameter: Parameter, value: Any) -> str:
    if value is None:
        return _("不限")
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, Mapping):
        return "，".join(f"{name} {plain(Decimal(number))}" for name, number in value.items()) or _("（空）")
    if isinstance(value, int | Decimal):
        share = isinstance(value, Decimal) and parameter.max == 1 and not parameter.unit
        return f"{plain(value)}（{plain(value * 100)}%）" if share else f"{plain(value)} {parameter.unit}".strip()
    return choice_words(parameter, str(value))
