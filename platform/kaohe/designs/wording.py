"""What the loader says of a scheme that cannot be used, in Chinese and without the file's line."""

from __future__ import annotations

import re

from kaohe.i18n import _

# The loader speaks to authors in English; its sentences, and what they are here.
_SAID = (
    (r"「(?P<a>.*)」 is there twice; give one of them another code", "代码「{a}」重复，请给其中一个换一个代码"),
    (r"kind 「(?P<a>.*)」 is not declared under `kinds`", "没有对象类别「{a}」，请在基本信息里加上或改正"),
    (r"「(?P<a>.*)」 has rule `(?P<b>.*)`: a leaf needs a leaf's rule", "「{a}」没有下级，规则「{b}」只能用于有下级的指标"),
    (r"「(?P<a>.*)」 has rule `(?P<b>.*)`: a branch needs a branch's rule", "「{a}」有下级，规则「{b}」只能用于没有下级的指标"),
    (r"「(?P<a>.*)」 needs `(?P<b>.*)` for its rule `(?P<c>.*)`", "「{a}」的规则「{c}」还缺「{b}」"),
    (r"「(?P<a>.*)」 is not among the levels", "「{a}」不在各档次之中"),
    (r"no function `(?P<a>.*)` in the plugin's rules", "这里不能用程序函数「{a}」，请换一种规则"),
    (r"channel 「(?P<a>.*)」 is not declared under `channels`", "没有评分渠道「{a}」，请在基本信息里加上或改正"),
    (r"its weight is missing: declare the parameter `(?P<a>.*)`", "渠道的权重没有定：请加上参数 {a}"),
    (r"(?P<a>.*) is not allowed by its own bounds \((?P<b>.*)\)", "默认值 {a} 不在它自己的范围内（{b}）"),
    (r"「(?P<a>.*)」: `at_most` names 「(?P<b>.*)」, which is nowhere", "「{a}」的「最多扣到」写的「{b}」不存在"),
    (r"「(?P<a>.*)」 names 「(?P<b>.*)」, which is no parameter, attribute, field or function",
     "公式「{a}」里的「{b}」不是参数、属性、登记的数据或函数"),
    (r"「(?P<a>.*)」 names the indicator 「(?P<b>.*)」, which is nowhere", "公式「{a}」里的指标「{b}」不存在"),
    (r"「(?P<a>.*)」 is not a formula: .*", "「{a}」不是数，也不是可用的公式"),
    (r"「(?P<a>.*)」 cannot stand in a formula", "公式里不能用「{a}」"),
    (r"this operation cannot stand in 「(?P<a>.*)」", "公式「{a}」里有不能用的运算"),
    (r"(?P<a>\S*): Object missing required field `(?P<b>\w+)`", "{a} 还缺「{b}」"),
    (r"(?P<a>\S*): Object contains unknown field `(?P<b>\w+)`", "{a} 里有不认识的「{b}」"),
    (r"(?P<a>\S*): Expected `(?P<expected>.*)`, got `(?P<found>.*)`", "{a}应为{expected}，现在是{found}"),
    (r"(?P<a>\S*): Invalid RFC3339 encoded date", "{a}应为日期，如 2026-01-31"),
    (r"(?P<a>\S*): Invalid enum value '?(?P<b>.*?)'?", "{a} 的「{b}」不在可选值中"),
    (r"(?P<a>\S*): (?P<b>.*)", "{a}：{b}"),
)  # fmt: skip
# What the loader expects and finds, where a person writes it.
_TYPES = {
    "date": "日期，如 2026-01-31", "str": "文字", "int": "整数", "bool": "是或否", "array": "清单", "object": "几项内容",
    "null": "空的", "float": "小数", "decimal": "数",
}  # fmt: skip
_MEMBERS = {
    "effective": "施行日期", "expires": "有效期至", "issuer": "发文机关", "interpreter": "解释机关", "parameters": "参数",
    "amount": "每次的分值", "min": "最小", "max": "最大", "levels": "档次", "steps": "分档", "formula": "公式", "function": "函数",
    "source": "来源", "id": "代码", "code": "代码", "title": "名称", "version": "版本", "regulation": "办法全称", "kinds": "考核对象",
    "periods": "考核周期", "indicators": "指标", "name": "名称", "flag": "标记", "status": "结果", "when": "条件", "action": "代码",
    "points": "得分", "at": "达到", "cap": "上限", "of": "哪几项", "holds": "条件", "why": "说明", "on": "等次、荣誉或标记",
}  # fmt: skip


def fault_words(message: str) -> str:
    """What is not known is said as the loader said it."""
    for form, words in _SAID:
        if found := re.fullmatch(form, message, re.DOTALL):
            parts = {
                name: _typed(value) if name in ("expected", "found") else _member(value)
                for name, value in found.groupdict().items()
            }
            return _(words).format(**parts)
    return message


def _typed(expected: str) -> str:
    """「date | null」: what may be left out need not be told."""
    names = [name for name in expected.split(" | ") if name != "null"] or ["null"]
    return "、".join(_(_TYPES.get(name, name)) for name in names)


def _member(name: str) -> str:
    from kaohe.designs.rules import RULES

    rules = {rule.name: rule.label for rule in RULES}
    return _(_MEMBERS.get(name) or rules.get(name, "")) or name
