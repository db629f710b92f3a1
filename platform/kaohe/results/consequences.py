"""What follows from a result: for whom, by which article, and who has to act."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from kaohe.i18n import said
from kaohe.scheme.model import Consequence, Scheme
from kaohe.scheme.periods import PeriodType

WHOLE = {"result": None, "ranking": None, "month-result": "month"}


class Outcome(Protocol):
    """A sheet's row as it was confirmed."""

    @property
    def name(self) -> str: ...
    @property
    def grade(self) -> str | None: ...
    @property
    def honours(self) -> Sequence[str]: ...
    @property
    def flags(self) -> Sequence[str]: ...


@dataclass(frozen=True, slots=True)
class Following:
    """`names` is empty where it concerns everybody."""

    on: str
    title: str
    by: str
    article: str
    names: tuple[str, ...]


def names_in(scheme: Scheme) -> list[str]:
    """What a sheet must carry for something to follow."""
    return sorted({one.on for one in scheme.consequences} - set(WHOLE))


def whole(scheme: Scheme, period: PeriodType) -> list[Following]:
    return [_following(one) for one in scheme.consequences if one.on in WHOLE and WHOLE[one.on] in {None, period}]


def following(scheme: Scheme, rows: Iterable[tuple[Outcome, Sequence[str]]]) -> list[Following]:
    """`rows`: sheets, each with the names of its awards. In the order of the scheme."""
    carried = [(row.name, {row.grade, *row.honours, *row.flags, *awards}) for row, awards in rows]
    found = [
        _following(one, tuple(name for name, held in carried if one.on in held))
        for one in scheme.consequences
        if one.on not in WHOLE
    ]
    return [one for one in found if one.names]


def award_names(payload: Mapping[str, Any]) -> list[str]:
    return [award["name"] for award in payload["awards"]]


def _following(one: Consequence, names: tuple[str, ...] = ()) -> Following:
    return Following(one.on, said(one.title), said(one.by) if one.by else "", one.article, names)
