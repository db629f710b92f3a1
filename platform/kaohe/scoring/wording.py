"""What a sheet says with codes, in words.

`said` and `_` bring titles and sentences into the reader's language; without them they stay Chinese.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from kaohe.scheme.flags import FLAGS
from kaohe.scheme.formula import plain, round_half_up
from kaohe.scheme.model import Attribute, Indicator, Kind, Scheme
from kaohe.scheme.titles import Text, measure_words, parted
from kaohe.scoring.formula_words import formula_words

_EACH = re.compile(r"(?P<amount>[\d.]+) × (?P<times>\d+)(?![\d.])")
_SHARE = re.compile(r"(?P<mean>[\d.]+) × (?P<weight>[\d.]+)")
_AGAINST = re.compile(r"(?P<value>-?[\d.]+) / (?P<target>-?[\d.]+)")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_RATERS = re.compile(r"(?P<count>\d+) 人(?P<how>平均|中位数|去高去低平均) (?P<points>[\d.]+)")
_ONE = re.compile(r"评 (?P<points>[\d.]+)")
_MEASURE = re.compile(r"(?P<title>[^：，\s]+（[^（）]{1,8}）) (?P<value>-?[\d.]+)")
_WORD = re.compile(r"[A-Za-z][\w.-]*\w")
Said = Callable[[Text], str]
Told = Callable[[str], str]


def why_words(why: str, scheme: Scheme, code: str, said: Said = str, _: Told = str) -> str:
    """Channels and levels are told by their titles, numbers by their units, a formula by what it reckons with."""
    leaf = scheme.leaves.get(code)
    titles = _common(scheme, said)
    if told := _common_whys(_).get(why):
        return told
    if leaf is None:
        return _replaced(why, titles)
    if {"count", "amount", "level"} & set(leaf.members):
        why = _EACH.sub(lambda found: _each(found, _), why)
    return _replaced(_by_rule(why, leaf, scheme, said, _), titles | _levels(leaf, said))


def _by_rule(why: str, leaf: Indicator, scheme: Scheme, said: Said, _: Told) -> str:
    if leaf.rule == "judged":
        return _rated(why, _)
    if leaf.rule == "target" and (found := _AGAINST.fullmatch(why)):
        held, asked = with_unit(found["value"], leaf), with_unit(found["target"], leaf)
        return _("完成 {value}，目标 {target}").format(value=held, target=asked)
    if leaf.rule == "steps" and _NUMBER.fullmatch(why):
        return with_unit(why, leaf)
    if why == "由数据得出" or leaf.rule == "check":
        return _reckoned(why, leaf, scheme, said, _)
    return why


def _rated(why: str, _: Told) -> str:
    if one := _ONE.fullmatch(why):
        return _("评 {points} 分").format(points=shortened(one["points"]))
    if several := _RATERS.fullmatch(why):
        told = {
            "平均": _("{count} 人平均 {points} 分"),
            "中位数": _("{count} 人，取中位数 {points} 分"),
            "去高去低平均": _("{count} 人，去掉最高、最低各一个后平均 {points} 分"),
        }[several["how"]]
        return told.format(count=several["count"], points=shortened(several["points"]))
    told = _SHARE.sub(lambda found: f"{shortened(found['mean'])} × {percent(found['weight'])}", why)
    return told.replace("，", _("，"))


def _common_whys(_: Told) -> dict[str, str]:
    return {
        "完成": _("达到"), "部分完成": _("部分达到"), "未完成": _("未达到"), "满分": _("满分"), "舍入": _("舍入"),
        "折合": _("折合"), "归零": _("归零"), "无任务": _("无任务"),
    }  # fmt: skip


def _reckoned(why: str, leaf: Indicator, scheme: Scheme, said: Said, _: Told) -> str:
    measures = {name: one.title for name, one in leaf.fields.items()}
    given = {found["title"]: found["value"] for found in _MEASURE.finditer(why)}
    figures = {
        name: f"{parted(said(title))[0]} {given[title.zh]}" for name, title in measures.items() if title.zh in given
    }
    told = formula_words(leaf.formula, scheme, None, measures, said, _, figures) if leaf.formula else ""
    return told or _(why)


def with_unit(number: str, leaf: Indicator) -> str:
    if leaf.unit in {"percent", "%"}:
        return f"{number}%"
    return f"{number} {leaf.unit}".rstrip()


def weighted(why: str) -> Decimal | None:
    """The mean that channels give together; None where the line rests on no channels."""
    parts = [(Fraction(found["mean"]), Fraction(found["weight"])) for found in _SHARE.finditer(why)]
    total = sum((weight for _mean, weight in parts), Fraction(0))
    if not total:
        return None
    return Decimal(plain(sum((mean * weight for mean, weight in parts), Fraction(0)) / total))


def percent(share: str) -> str:
    return f"{plain(Fraction(share) * 100)}%"


def shortened(number: str) -> str:
    """To two decimals, none of them needless."""
    return plain(Fraction(round_half_up(Fraction(number) * 100), 100))


def remark_words(text: str, scheme: Scheme, records: Mapping[str, str], said: Said = str) -> str:
    """A remark names leaves, records, measures, levels and channels by their codes. `records`: words for their ids."""
    known = _common(scheme, said)
    for code, leaf in scheme.leaves.items():
        if code in text:
            known |= {code: said(leaf.title)} | _levels(leaf, said)
            known |= {name: said(one.title) or name for name, one in leaf.fields.items()}
    told = _replaced(text, {**known, **records})
    return _MEASURE.sub(lambda found: measure_words(found["title"], found["value"]), told)


def group_words(kind: Kind, group: str, attributes: Mapping[str, Any], said: Said = str) -> str:
    """A ranking group as the scheme calls it, by the kind's title, or by the attributes that tell it."""
    if called := kind.groups.get(group):
        return said(called)
    if group == kind.id:
        return said(kind.title)
    asked = [(name, one) for name, one in kind.attributes.items() if kind.group and name in kind.group.names]
    shown = [_attribute(one, attributes[name]) for name, one in asked if name in attributes]
    return " ".join(shown) or group


def _attribute(declared: Attribute, value: Any) -> str:
    return declared.choices.get(str(value)) or f"{declared.title} {value}"


def _common(scheme: Scheme, said: Said) -> dict[str, str]:
    known = {flag: said(word) for flag, word in {**FLAGS, **scheme.words}.items()}
    return known | {channel.id: said(channel.title) for channel in scheme.channels}


def _levels(leaf: Indicator, said: Said) -> dict[str, str]:
    return {name: said(level.title) or name for name, level in leaf.levels.items()}


def _replaced(text: str, known: Mapping[str, str]) -> str:
    return _WORD.sub(lambda found: known.get(found[0], found[0]), text)


def _each(found: re.Match[str], _: Told) -> str:
    if found["times"] == "1":
        return _("{points} 分").format(points=found["amount"])
    return _("每次 {points} 分 × {times} 次").format(points=found["amount"], times=found["times"])
