"""评分标准 as offices write them, read into a rule of the kit.

Only what is said is taken. What is not understood is rated by people, with the text kept beside it; what is understood
but leaves something open is `unsure`, so that somebody looks at it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

Number = int | Decimal


@dataclass(frozen=True, slots=True)
class Proposal:
    """`members` are the rule's; `caps` holds the most in a window, `""` where none is named."""

    rule: str
    members: dict[str, Any] = field(default_factory=dict)
    caps: dict[str, Number] = field(default_factory=dict)
    sure: bool = True


_N = r"(\d+(?:\.\d+)?)"
_R = rf"{_N}分?-{_N}"
_EACH = r"(?:每|一|1)(?:发现|出现|发生|有|缺|少|迟|逾期|延误|超)?(?:一|1)?"
_DIGITS = {
    "一": "1",
    "二": "2",
    "两": "2",
    "三": "3",
    "四": "4",
    "五": "5",
    "六": "6",
    "七": "7",
    "八": "8",
    "九": "9",
    "十": "10",
}
_WIDE = str.maketrans("０１２３４５６７８９．％，；：（）", "0123456789.%,;:()")
_WINDOWS = {"周": "week", "月": "month", "季": "quarter", "季度": "quarter", "半年": "half", "年": "year"}
_CAP = re.compile(
    rf"[,;。(]?(?:每|全|单|当|本|一个)?(?P<window>季度|半年|周|月|季|年)?(?:度)?(?:内)?(?:累计|合计|总计|本项|该项|此项)*"
    rf"(?:最高|最多|不超过|不得超过|不高于|上限|封顶)(?:为|是)?(?:可)?(?:加|得|奖励|扣|计)?(?:分)?(?:至|到)?{_N}分\)?"
)
_ALL_GONE = re.compile(
    r"[,;。(]?(?:直至|直到)?扣完(?:本项|该项|此项)?(?:分值?)?为止\)?|[,;。(]?不计负分\)?|[,;。(]?不倒扣分?\)?"
)


_ONCE = re.compile("就高|取最高|只[加计取]最高|不(?:得)?(?:重复|累计)(?:加|计|奖)")
_MORE = re.compile("不得分|不计分|得0分|一票否决|取消|加倍|翻倍|减半")  # a deduction or a bonus that is not all of it


def normal(text: str) -> str:
    """One spelling: narrow digits and signs, ranges with a hyphen, Chinese numerals before 分 as digits."""
    text = re.sub(r"\s+", "", text.translate(_WIDE)).replace("百分之", "%%").replace("、", "、")
    text = re.sub(rf"%%{_N}", r"\1%", text)
    text = re.sub(r"(?<=[\d%分])(?:~|～|—+|–|－|至|到|﹣|-)(?=\d)", "-", text)
    return re.sub(r"([一二两三四五六七八九十])(?=分)", lambda found: _DIGITS[found[1]], text)


def number(text: str) -> Number:
    value = Decimal(text)
    return int(value) if value == value.to_integral_value() else value


def propose(text: str, points: Number | None) -> Proposal:
    said = normal(text)
    caps = {_WINDOWS.get(found["window"] or "", ""): number(found[2]) for found in _CAP.finditer(said)}
    said = _ALL_GONE.sub("", _CAP.sub("", said)).rstrip("。,;")
    for look in _LOOKS:
        if found := look(said, points):
            adds = found.rule.startswith("bonus")
            once = {"highest_only": True} if adds and _ONCE.search(said) else {}
            told_all = not (found.rule.startswith(("bonus", "deduct")) and _MORE.search(said))
            return Proposal(found.rule, found.members | once, caps, found.sure and told_all)
    return _by_people(points)


def _by_people(points: Number | None) -> Proposal:
    return Proposal("judged", {"points": points} if points is not None else {}, sure=False)


def _falling(said: str, points: Number | None) -> Proposal | None:
    """达到95%得满分，每低1个百分点扣0.5分."""
    found = re.search(rf"每(?:降低|下降|减少|低于?|少)(?:目标)?{_N}?个?(?:百分点|%)[,]?扣{_N}分", said)
    goal = re.search(rf"{_N}%", said)
    if not found or not goal or points is None or goal.start() > found.start():
        return None
    step = number(found[1] or "1")
    each = f"{found[2]} / {step}" if step != 1 else found[2]
    formula = f"max(0, min({points}, {points} - {each} * ({goal[1]} - value_given)))"
    return Proposal("judged", {"points": points, "formula": formula, "unit": "percent"})


_STEP = re.compile(
    rf"(?:达到|达|在|为|满意度|率)?{_N}(?P<unit>%|[件篇次个条户人元天])?(?:\(含\)|及)?"
    rf"(?:(?:以上|及以上)?(?:\(含\)|\(含\d+%?\))?|-{_N}%?(?:\(不含\))?(?:之间)?)(?:\(不含\d+%?\))?(?:的)?,?(?:得|计){_N}?(?P<full>满分)?分?"
)


def _steps(said: str, points: Number | None) -> Proposal | None:
    """90%以上得10分，80%-90%得8分."""
    rows: dict[Number, Number] = {}
    unit = ""
    for found in _STEP.finditer(said):
        worth = number(found[4]) if found[4] else points if found["full"] else None
        if worth is not None:
            rows[number(found[1])] = worth
            unit = found["unit"] or unit
    if len(rows) < 2:
        return None
    rest = re.search(rf"(?:以下|低于{_N}%?|不足{_N}%?)(?:的)?,?得{_N}分", said)
    if rest and number(rest[3]):
        rows.setdefault(0, number(rest[3]))
    table = [{"at": at, "points": worth} for at, worth in sorted(rows.items())]
    return Proposal("steps", {"steps": table, "unit": "percent" if unit == "%" else unit or None})


_LEVEL = re.compile(
    rf"([^,;。:\d]{{1,30}}?)(?:的|者)?(?:,)?(?:{_EACH}(?:人次|[次起件篇条项人天])?)?(?:分别)?(扣|加|奖励|减)(?:计|除|记)?{_N}分"
)


def _levels(said: str, points: Number | None) -> Proposal | None:
    """市级加1分、省级加2分; 一般扣1分，较重扣3分."""
    found = [(_label(each[1]), each[2], number(each[3])) for each in _LEVEL.finditer(said)]
    labels = {label for label, _verb, _amount in found}
    verbs = {"扣" if verb in "扣减" else "加" for _label, verb, _amount in found}
    if len(found) < 2 or len(labels) < len(found) or len(verbs) != 1 or "" in labels or re.search(_R + "分", said):
        return _of_ranks(said)
    rule = "deduct-by-level" if verbs == {"扣"} else "bonus-by-level"
    return Proposal(rule, {"levels": {label: amount for label, _verb, amount in found}})


def _label(text: str) -> str:
    text = text.strip("、")
    return re.sub(r"^(?:被|在|获得?|受到?|其中|对|凡|经|按|和|及|或)|(?:每|的|,|:|一|有)+$", "", text)


def _respectively(said: str, points: Number | None) -> Proposal | None:
    """被国家、省、市采用的分别加4分、2分、1分."""
    found = re.search(rf"((?:[^,;。、:]+、)+[^,;。、:]+?)的?,?分别(扣|加|奖励?)((?:{_N}分?、)+{_N}分)", said)
    if not found:
        return None
    names = [_label(name) for name in found[1].split("、")]
    names[-1] = re.sub(r"(?<=.)(?:采用|采纳|刊发|刊登|表彰|表扬|通报|批示|肯定|推广).*$", "", names[-1])
    amounts = [number(amount) for amount in re.findall(_N, found[3])]
    if len(set(names)) < len(names) or len(names) != len(amounts):
        return None
    rule = "deduct-by-level" if found[2] == "扣" else "bonus-by-level"
    return Proposal(rule, {"levels": dict(zip(names, amounts, strict=True))})


def _product(said: str, points: Number | None) -> Proposal | None:
    """满意率×15分."""
    found = re.fullmatch(rf"(?:得分=|按)?[^,;。]{{0,12}}率[×xX*]{_N}分?(?:计分|得分)?", said)
    if not found or points is None or number(found[1]) != points:
        return None
    return Proposal("target", {"points": points, "target": 100, "unit": "percent"})


def _veto(said: str, points: Number | None) -> Proposal | None:
    """Only noted here; what follows from it is set among the outcomes."""
    return Proposal("counter", sure=False) if "一票否决" in said and points is None else None


def _of_ranks(said: str) -> Proposal | None:
    """按国家级3分、省级2分、市级1分加分."""
    found = re.findall(rf"((?:国家|全国|省|市|区|县|乡镇|街道|部|厅|州|镇)(?:级|部|委|厅)?)(?:级)?(?:的)?{_N}分", said)
    if len(found) < 2 or "扣" in said or not re.search("加|奖|表彰|表扬|采用", said):
        return None
    return Proposal("bonus-by-level", {"levels": {name: number(amount) for name, amount in found}})


def _range(said: str, points: Number | None) -> Proposal | None:
    found = re.findall(rf"(扣|减|加|奖励?)(?:除|计)?{_R}分", said)
    if not found:
        return None
    verb, low, high = found[0]
    rule = "deduct-range" if verb in "扣减" else "bonus-range"
    return Proposal(
        rule, {"min": number(low), "max": number(high)}, sure=len(found) == 1 and number(low) <= number(high)
    )


def _each(said: str, points: Number | None) -> Proposal | None:
    found = re.findall(rf"(扣|减|加|奖励?|得|计)(?:除|计)?{_N}分", said)
    if len(found) != 1:
        return None
    verb, amount = found[0]
    every = re.search(r"每|一(?:次|起|件|项|处|人|例|篇)|1(?:次|起|件|项|处|人|例|篇)", said)
    if verb in ("得", "计") and not every:
        return None
    rule = "deduct" if verb in "扣减" else "bonus"
    return Proposal(rule, {"amount": number(amount)}, sure=bool(every))


def _target(said: str, points: Number | None) -> Proposal | None:
    """达到95%以上得满分；未达到的按比例得分."""
    found = re.search(
        rf"(?:达到?|不低于|完成|超过|大于)?{_N}(%|[件篇次个条户人万元]+)(?:\(含\)|及)?(?:以上)?(?:的)?,?(?:得|计)(?:满分|{_N}分)",
        said,
    )
    if not found or points is None:
        return None
    share = re.search("按比例|相应比例|按完成率|按实际", said)
    nothing = re.search("不得分|得0分|0分|不计分", said)
    members: dict[str, Any] = {
        "points": points,
        "target": number(found[1]),
        "unit": "percent" if found[2] == "%" else found[2],
    }
    if not share:
        members["proportional"] = False
    return Proposal("target", members, sure=bool(share or nothing))


def _check(said: str, points: Number | None) -> Proposal | None:
    """按时完成得满分，部分完成得2分，未完成不得分."""
    nothing = re.search(r"(?:未|没有|无|不|缺)[^,;。]{0,14}?(?:不得分|得0分|计0分|0分)", said)
    full = re.search(rf"得(?:满分|{_N}分)|(?:计|记)满分", said)
    if not nothing or not full or points is None or "扣" in said or "%" in said:
        return None
    if full[1] and number(full[1]) != points:
        return None
    partial = re.search(rf"(?:部分|基本)[^,;。]{{0,10}}?得{_N}分", said)
    members: dict[str, Any] = {"points": points}
    if partial:
        members["partial"] = number(partial[1])
    return Proposal("check", members)


_LOOKS: tuple[Callable[[str, Number | None], Proposal | None], ...] = (
    _veto, _falling, _product, _steps, _respectively, _levels, _range, _check, _target, _each,
)  # fmt: skip
