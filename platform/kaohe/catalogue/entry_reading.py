"""One input of an entry, from the text that somebody typed or a spreadsheet's cell holds."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

from kaohe.catalogue.entry_inputs import Input
from kaohe.i18n import _
from kaohe.scheme.numbers import plain
from kaohe.scheme.typed import number_text, yes_or_no

_NUMBER = re.compile(r"[+-]?(\d{1,12}(\.\d{0,6})?|\.\d{1,6})")


def read_input(one: Input, text: str) -> tuple[Any, str]:
    """The value, or what is wrong with it."""
    if one.kind == "boolean" and (text or not one.required):
        return _read_yes_or_no(one, text)
    if not text:
        return None, _("请填写{label}").format(label=one.label) if one.required and not one.default else ""
    if one.kind in {"integer", "decimal"}:
        return _read_number(one, text)
    if one.kind in {"choice", "subject"} and one.choices and text not in dict(one.choices):
        allowed = _("、").join(label for _value, label in one.choices)
        return None, _("{label}「{value}」不在可选值中：{allowed}").format(label=one.label, value=text, allowed=allowed)
    if one.kind == "date":
        return _read_date(one, text)
    return text, ""


def _read_yes_or_no(one: Input, text: str) -> tuple[Any, str]:
    """A box that is not ticked says nothing."""
    said = yes_or_no(text)
    if text and said is None:
        return None, _("{label}「{value}」应为「是」或「否」").format(label=one.label, value=text)
    return said, ""


def _read_number(one: Input, text: str) -> tuple[Any, str]:
    plainly = number_text(text, one.unit)
    if not _NUMBER.fullmatch(plainly):
        return None, _("{label}「{value}」应为数字").format(label=one.label, value=text)
    number = Decimal(plainly)
    if one.kind == "integer" and number != number.to_integral_value():
        return None, _("{label}「{value}」应为整数").format(label=one.label, value=text)
    if (one.low is not None and number < one.low) or (one.high is not None and number > one.high):
        return None, _("{label}「{value}」{allowed}").format(label=one.label, value=text, allowed=_span(one))
    return plain(number), ""


def _span(one: Input) -> str:
    if one.low is not None and one.high is not None:
        return _("应在 {low} 至 {high} 之间").format(low=plain(one.low), high=plain(one.high))
    if one.low is not None:
        return _("不能小于 {low}").format(low=plain(one.low))
    return _("不能大于 {high}").format(high=plain(one.high)) if one.high is not None else ""


def _read_date(one: Input, text: str) -> tuple[Any, str]:
    try:
        return date.fromisoformat(text).isoformat(), ""
    except ValueError:
        return None, _("{label}「{value}」应为日期，如 2026-03-31").format(label=one.label, value=text)
