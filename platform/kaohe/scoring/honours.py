"""Titles under a quota: who is proposed, ties and bars included."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import islice, takewhile
from typing import Any

from kaohe.scheme.formula import NoData
from kaohe.scheme.model import Honour, Scheme
from kaohe.scoring.finished import SheetNames
from kaohe.scoring.sheets import Sheet, Sheets

BARS = {"quarter": ("no-honour:quarter",), "year": ("no-honour:year",)}


def give_honours(scheme: Scheme, sheets: Sheets, names: SheetNames) -> None:
    kind = sheets.cohort.period.type
    tie_break = str(sheets.cohort.parameters.get("tie_break", "deduction,bonus")).split(",")
    for honour in scheme.honours:
        if honour.decision or (honour.periods and kind not in honour.periods):
            continue
        groups: dict[str, list[Sheet]] = {}
        for sheet in sheets:
            if not honour.kinds or sheet.kind in honour.kinds:
                groups.setdefault(sheet.group, []).append(sheet)
        for members in groups.values():
            for sheet in _winners(honour, members, names, tie_break):
                sheet.honours = sorted({*sheet.honours, honour.name})


def _winners(honour: Honour, members: Sequence[Sheet], names: SheetNames, tie_break: Sequence[str]) -> Sequence[Sheet]:
    bars = honour.bars or BARS.get(names.cohort.period.type, ())
    able = [s for s in members if not any(bar in s.flags for bar in bars) and s.rank is not None]
    able = [sheet for sheet in able if _holds(honour, sheet, names)]
    keyed = [(key, sheet) for sheet in able if (key := _key(honour, sheet, names)) is not None]
    if honour.shared:
        best = max((key for key, _ in keyed), default=None)
        return [sheet for key, sheet in keyed if key == best]
    places = _places(honour, members, names)
    if places is None:
        return [sheet for _, sheet in keyed]
    return _take([((key, *_ties(sheet, tie_break)), sheet) for key, sheet in keyed], places)


def _take(keyed: list[tuple[Any, Sheet]], places: int) -> list[Sheet]:
    """Best first; a tie that would overrun the quota gets nothing and ends the list."""
    ordered = sorted(keyed, key=lambda pair: pair[0], reverse=True)
    taken: list[Sheet] = []
    while len(taken) < len(ordered):
        key = ordered[len(taken)][0]
        rest = islice(ordered, len(taken), None)
        tied = [sheet for _, sheet in takewhile(lambda pair: pair[0] == key, rest)]  # noqa: B023
        if len(taken) + len(tied) > places:
            break
        taken += tied
    return taken


def _places(honour: Honour, members: Sequence[Sheet], names: SheetNames) -> int | None:
    """floor(ratio × size), everyone counted; None: no quota."""
    names.sheet = members[0]
    if honour.count is not None:
        return int(honour.count.number(names))
    if honour.ratio is None:
        return None
    size = Fraction(len(members)) if honour.base is None else honour.base.number(names)
    return int(honour.ratio.number(names) * size)


def _holds(honour: Honour, sheet: Sheet, names: SheetNames) -> bool:
    names.sheet = sheet
    return honour.when is None or honour.when.holds(names)


def _key(honour: Honour, sheet: Sheet, names: SheetNames) -> Any:
    by = honour.by if honour.by is not None else names.cohort.scheme.ranking.by
    if by.text == "total":
        return sheet.total_units
    names.sheet = sheet
    try:
        return by(names)
    except NoData:
        return None


def _ties(sheet: Sheet, tie_break: Sequence[str]) -> list[int]:
    """`deduction`: the smaller wins; `bonus` or an item's code: the larger."""
    found = []
    for name in (part.strip() for part in tie_break):
        if name == "deduction":
            found.append(-sheet.deduction_units)
        elif name == "bonus":
            found.append(sheet.bonus_units)
        elif name:
            found.append(sheet.item_units.get(name, 0))
    return found
