"""What follows from a result: for whom, by which article, and who has to act."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from kaohe.i18n import flag_words, said
from kaohe.scheme.model import Consequence, Scheme
from kaohe.scheme.periods import PeriodType

WHOLE = {"result": None, "ranking": None, "month-result": "month"}


@dataclass(frozen=True, slots=True)
class Following:
    """`on`: what it follows from, in words. `names` is empty where it concerns everybody."""

    on: str
    title: str
    by: str
    article: str
    names: tuple[str, ...]


def names_in(scheme: Scheme) -> list[str]:
    """What a sheet must carry for something to follow."""
    return sorted({one.on for one in scheme.consequences} - set(WHOLE))


def whole(scheme: Scheme, period: PeriodType) -> list[Following]:
    return [
        _following(scheme, one) for one in scheme.consequences if one.on in WHOLE and WHOLE[one.on] in {None, period}
    ]


def following(scheme: Scheme, carrying: Iterable[tuple[str, Sequence[str]]]) -> list[Following]:
    """`carrying`: subjects, each with the grade, honours, flags and awards it has. In the order of the scheme."""
    held = [(name, set(carried)) for name, carried in carrying]
    found = [
        _following(scheme, one, tuple(name for name, carried in held if one.on in carried))
        for one in scheme.consequences
        if one.on not in WHOLE
    ]
    return [one for one in found if one.names]


def carried(sheet: Row[Any]) -> list[str]:
    awards = [award["name"] for award in sheet.payload["awards"]]
    return [*([sheet.grade] if sheet.grade else []), *sheet.honours, *sheet.flags, *awards]


def _following(scheme: Scheme, one: Consequence, names: tuple[str, ...] = ()) -> Following:
    return Following(flag_words(one.on, scheme), said(one.title), said(one.by) if one.by else "", one.article, names)
