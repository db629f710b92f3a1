"""How what follows from a result is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kaohe.i18n import _, said
from kaohe.scheme.formula import exact
from kaohe.scheme.model import Consequence, Scheme

_WHOLE = {"result": "每次结果", "ranking": "排名", "month-result": "每月结果"}


@dataclass(frozen=True, slots=True)
class ConsequenceRow:
    """`flag`: what it follows from, where that is a grade, an honour, an award or a flag; else `every` says it."""

    title: str
    flag: str
    every: str
    by: str
    within: str
    article: str


def consequence_rows(scheme: Scheme, values: Mapping[str, Any]) -> list[ConsequenceRow]:
    return [
        ConsequenceRow(
            said(one.title), "" if one.on in _WHOLE else one.on, _(_WHOLE.get(one.on, "")),
            said(one.by) if one.by else "", within(one, values), one.article,
        )
        for one in scheme.consequences
    ]  # fmt: skip


def within(one: Consequence, values: Mapping[str, Any]) -> str:
    """By when, counted from the release; '' where the regulation leaves it open."""
    days = one.days({name: exact(value) for name, value in values.items()}) if one.days else None
    if days is None:
        return ""
    return (_("发布后 {n} 个工作日内") if one.workdays else _("发布后 {n} 天内")).format(n=int(days))
