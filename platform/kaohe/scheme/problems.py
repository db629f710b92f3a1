"""What is wrong with an input: always the place, the value, what is allowed, the scheme and leaf."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from msgspec import Struct

from kaohe.scheme.formula import plain

_BREAKS = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")  # a problem is one line
_BEFORE_CHINESE = re.compile(r"应为 (?=[\u4e00-\u9fff])")
_ALLOWED = (
    (r" to ", " 至 "), (r"^at least ", "不小于 "), (r"^at most ", "不大于 "), (r" for each of (.+)$", r"（各项：\1）"),
    (r", ", "、"), (r" or fields$", "，或填写各项数据"),
    (r"^decimal\b", "数"), (r"^integer\b", "整数"), (r"^text$", "文字"), (r"^boolean$", "true 或 false"), (r"^map\b", "数的表"),
)  # fmt: skip
# code: (the line of the command line, the text on a page). `value` and `allowed` are filled in.
_WORDS = {
    "range": ("{value} is outside {allowed}", "{value} 不在 {allowed} 之间"),
    "choice": ("{value} is not one of {allowed}", "{value} 不在可选值中：{allowed}"),
    "unknown": ("{value} is unknown, expected {allowed}", "{value} 不存在，应为 {allowed}"),
    "missing": ("is missing, expected {allowed}", "缺少，应为 {allowed}"),
    "unwanted": ("{value} is not taken here, allowed are {allowed}", "{value} 此处不能填，可填 {allowed}"),
    "unreadable": ("cannot be read: {value}, expected {allowed}", "读不出来：{value}；应为{allowed}"),
    "type": ("{value} is not {allowed}", "{value} 不是{allowed}"),
    "date": ("{value} is not a date, expected {allowed}", "{value} 不是有效日期，应为 {allowed}"),
    "inactive": ("{value} is outside the activity {allowed}", "{value} 不在考核对象的在岗期间 {allowed} 内"),
    "duplicate": ("{value} is there twice, {allowed}", "{value} 重复，{allowed}"),
    "conflict": ("{value} contradicts {allowed}", "{value} 与 {allowed} 相矛盾"),
    "rule": ("{value} breaks the rule: {allowed}", "{value} 不符合规定：{allowed}"),
}


class Problem(Struct, frozen=True):
    """`str()` is the command line's form, `message` the Chinese text for a page."""

    place: str
    code: str
    value: str = ""
    allowed: str = ""
    scheme: str = ""
    leaf: str = ""
    allowed_zh: str = ""

    @property
    def message(self) -> str:
        allowed = self.allowed_zh or in_chinese(self.allowed)
        text = _WORDS[self.code][1].format(value=self.value, allowed=allowed)
        return _BEFORE_CHINESE.sub("应为", text)

    @property
    def message_en(self) -> str:
        return _WORDS[self.code][0].format(value=self.value, allowed=self.allowed)

    def __str__(self) -> str:
        where = " ".join(filter(None, (self.scheme, self.leaf)))
        line = f"{self.place}: {self.message_en}" + (f" ({where})" if where else "")
        return _BREAKS.sub(lambda found: found[0].encode("unicode_escape").decode(), line)


def in_chinese(allowed: str) -> str:
    """A range or a list of choices."""
    for word, said in _ALLOWED:
        allowed = re.sub(word, said, allowed)
    return allowed


class BadFacts(Exception):
    """Nothing was scored; `problems` are all of them, in the order of the facts."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


class BadScheme(Exception):
    """The scheme itself is wrong; every message names file, line and the mend."""

    def __init__(self, messages: Iterable[str]) -> None:
        self.messages = tuple(messages)
        super().__init__("\n".join(self.messages))


_MOST_SHOWN = 200
_DEEPEST_SHOWN = 8


def shown(value: Any) -> str:
    """A value as a person wrote it: no Decimal('…'), no quotes, no lost zeros; what is too long is cut."""
    text = _shown(value, 0)
    return text if len(text) <= _MOST_SHOWN else text[:_MOST_SHOWN] + "…"


def _shown(value: Any, depth: int) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and value.bit_length() > 4 * _MOST_SHOWN:
        return f"a number of some {value.bit_length() * 3 // 10} digits"
    if isinstance(value, Decimal):
        return format(value, "f") if value.is_finite() and abs(value.adjusted()) < _MOST_SHOWN else str(value)
    if isinstance(value, Fraction):
        return plain(value)
    if value is None:
        return "null"
    if isinstance(value, Mapping | list | tuple):
        return _members_shown(value, depth + 1) if depth < _DEEPEST_SHOWN else "…"
    return str(value)


def _members_shown(value: Mapping[Any, Any] | Sequence[Any], depth: int) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name}: {_shown(member, depth)}" for name, member in value.items()) + "}"
    return "[" + ", ".join(_shown(member, depth) for member in value) + "]"
