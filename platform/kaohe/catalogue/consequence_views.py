"""How what follows from a result is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kaohe.i18n import _, flag_words, said
from kaohe.scheme.formula import exact
from kaohe.scheme.model import Consequence, Scheme

_WHOLE = {"result": "每次结果", "ranking": "排名", "month-result": "每月结果"}


@dataclass(frozen=True, slots=True)
class ConsequenceRow:
    title: str
    cause: str
    by: str
    within: str
    article: str
    copies: tuple[str, ...]


def consequence_rows(scheme: Scheme, values: Mapping[str, Any]) -> list[ConsequenceRow]:
    return [
        ConsequenceRow(
            said(one.title), _(_WHOLE[one.on]) if one.on in _WHOLE else flag_words(one.on, scheme),
            said(one.by) if one.by else "", within(one, values), one.article, one.copies,
        )
        for one in scheme.consequences
    ]  # fmt: skip


def within(one: Consequence, values: Mapping[str, Any]) -> str:
    """By when, counted from the release; '' where the regulation leaves it open."""
    days = one.days({name: exact(value) for name, value in values.items()}) if one.days else None
    if days is None:
        return ""
    return (_("发布后 {n} 个工作日内") if one.workdays else _("发布后 {n} 天内")).format(n=int(days))
