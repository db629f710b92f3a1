"""What follows from a result: for whom, by which article, who has to act, and by when."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row

from kaohe.followups.service import Concerned, Wanted
from kaohe.i18n import _, flag_words, official, said
from kaohe.national_calendar import national_calendar
from kaohe.scheme.formula import exact
from kaohe.scheme.model import Consequence, Scheme
from kaohe.scheme.periods import PeriodType

WHOLE = {"result": None, "ranking": None, "month-result": "month"}


@dataclass(frozen=True, slots=True)
class Following:
    """`key` as the followups are known by; `on`: what it follows from, in words. `names` is empty where it concerns
    everybody."""

    key: str
    on: str
    title: str
    by: str
    article: str
    names: tuple[str, ...]


def names_in(scheme: Scheme) -> list[str]:
    """What a sheet must carry for something to follow."""
    return sorted({one.on for one in scheme.consequences} - set(WHOLE))


def whole(scheme: Scheme, period: PeriodType) -> list[Following]:
    return [_following(scheme, key, one) for key, one in _keyed(scheme) if _is_whole(one, period)]


def following(scheme: Scheme, carrying: Iterable[tuple[str, Sequence[str]]]) -> list[Following]:
    """`carrying`: subjects, each with the grade, honours, flags and awards it has. In the order of the scheme."""
    held = [(name, set(carried)) for name, carried in carrying]
    found = [
        _following(scheme, key, one, tuple(name for name, carried in held if one.on in carried))
        for key, one in _keyed(scheme)
        if one.on not in WHOLE
    ]
    return [one for one in found if one.names]


def wanted(
    scheme: Scheme, parameters: Mapping[str, Any], period: PeriodType, sheets: Sequence[Any], day: date
) -> Iterator[Wanted]:
    """What a release of `day` opens. `sheets`: the released ones that carry anything at all."""
    values = scheme.resolve_parameters(parameters)[0]
    held = [(_concerned(row), set(carried(row))) for row in sheets]
    for position, (key, one) in enumerate(_keyed(scheme)):
        about: list[Concerned | None] = [who for who, names in held if one.on in names and one.on not in WHOLE]
        about += [None] * _is_whole(one, period)
        due, settled = due_on(one, values, day), _settled(one)
        for who in about:
            yield Wanted(
                key=key, position=position, cause=one.on, cause_title=scheme.word(one.on), action=one.action,
                title=one.title, by=one.by, article=one.article, due=due, concerned=who, settled=settled, bulletin=one.bulletin,
            )  # fmt: skip


def _keyed(scheme: Scheme) -> Iterator[tuple[str, Consequence]]:
    """Known by what it follows from and by its action; a second one of both by its number too."""
    seen: Counter[str] = Counter()
    for one in scheme.consequences:
        key = f"{one.on}/{one.action}"
        seen[key] += 1
        yield key if seen[key] == 1 else f"{key}/{seen[key]}", one


def consequence_of(scheme: Scheme, key: str) -> Consequence | None:
    return next((one for known, one in _keyed(scheme) if known == key), None)


def due_on(one: Consequence, values: Mapping[str, Any], day: date) -> date | None:
    days = one.days({name: exact(value) for name, value in values.items()}) if one.days else None
    if days is None:
        return None
    return national_calendar().add_workdays(day, int(days)) if one.workdays else day + timedelta(days=int(days))


def _settled(one: Consequence) -> str:
    """Flags `no-honour:…` bar honours while the points are worked out: nobody has to see to it."""
    with official():
        return _("计分时已自动挡住这一时期的荣誉") if one.action == "bar" and one.on.startswith("no-honour:") else ""


def carried(sheet: Any) -> list[str]:
    awards = [award["name"] for award in sheet.payload["awards"]]
    return [*([sheet.grade] if sheet.grade else []), *sheet.honours, *sheet.flags, *awards]


def _concerned(row: Row[Any]) -> Concerned:
    return Concerned(
        row.subject_id, row.party_id, row.name, row.group_id, row.group_name, row.sort_key, row.unit_id,
        row.person_id,
    )  # fmt: skip


def _is_whole(one: Consequence, period: PeriodType) -> bool:
    return one.on in WHOLE and WHOLE[one.on] in {None, period}


def _following(scheme: Scheme, key: str, one: Consequence, names: tuple[str, ...] = ()) -> Following:
    by = said(one.by) if one.by else ""
    return Following(key, flag_words(one.on, scheme), said(one.title), by, one.article, names)
