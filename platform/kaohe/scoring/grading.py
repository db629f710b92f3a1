"""What a scheme declares about its sheets: ranks, grades, flags, honours, awards."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Any

from kaohe.scheme.formula import Formula, NoData, round_half_up
from kaohe.scheme.model import Grade, Grading, Scheme
from kaohe.scoring.environment import places
from kaohe.scoring.finished import SheetNames
from kaohe.scoring.honours import give_honours
from kaohe.scoring.points import POINT, Units, whole
from kaohe.scoring.sheets import Award, Sheet, Sheets


def grade(scheme: Scheme, sheets: Sheets) -> None:
    """Fills the sheets in place."""
    names = SheetNames(sheets)
    kind = sheets.cohort.period.type
    _rank(scheme, sheets, names)
    for rule in scheme.grading:
        if not rule.periods or kind in rule.periods:
            _grade(rule, _for(rule.kinds, sheets), names)
    for flag in scheme.flags:
        if flag.periods and kind not in flag.periods:
            continue
        for sheet in _for(flag.kinds, sheets):
            names.sheet = sheet
            if flag.when.holds(names):
                sheet.flags = sorted({*sheet.flags, flag.flag})
                sheet.remarks += [flag.remark] if flag.remark else []
    give_honours(scheme, sheets, names)
    _award(scheme, sheets, names)


def _for(kinds: tuple[str, ...], sheets: Iterable[Sheet]) -> Iterable[Sheet]:
    return [sheet for sheet in sheets if not kinds or sheet.kind in kinds]


def _rank(scheme: Scheme, sheets: Sheets, names: SheetNames) -> None:
    """Highest first in each group; equals share the rank and the next is skipped."""
    ranking, kind = scheme.ranking, sheets.cohort.period.type
    if ranking.periods and kind not in ranking.periods:
        return
    groups: dict[str, list[tuple[Any, Sheet]]] = {}
    by_total = ranking.by.text == "total"
    for sheet in sheets:
        if sheet.status is not None and not sheet.item_units:
            continue
        if ranking.minimum is not None and not _enough(ranking.minimum, sheet, names):
            sheet.remarks.append("样本不足，列出而不排名")
            continue
        key = sheet.total_units if by_total else _value(ranking.by, sheet, names)
        if key is not None:
            groups.setdefault(sheet.group, []).append((key, sheet))
    for members in groups.values():
        keys = [key for key, _ in members]
        first, last = places(keys, highest_first=True), places(keys, highest_first=False)
        for key, sheet in members:
            sheet.rank, names.from_last[sheet.subject] = first[key], last[key]


def _enough(formula: Formula, sheet: Sheet, names: SheetNames) -> bool:
    names.sheet = sheet
    return formula.holds(names)


def _value(formula: Formula, sheet: Sheet, names: SheetNames) -> Any:
    """None without data: such a sheet has no rank."""
    names.sheet = sheet
    try:
        return formula(names)
    except NoData:
        return None


def _grade(rule: Grading, sheets: Iterable[Sheet], names: SheetNames) -> None:
    grades = _thresholds(rule, names)
    for sheet in sheets:
        names.sheet = sheet
        if sheet.status is not None:
            sheet.grade = sheet.status
            continue
        sheet.grade = rule.otherwise
        for threshold, given in grades:
            reached = threshold is None or sheet.total_units >= threshold
            if reached and (given.when is None or given.when.holds(names)):
                sheet.grade = given.name
                break
        apply_grade_flags(rule, sheet)


def _thresholds(rule: Grading, names: SheetNames) -> list[tuple[Units | None, Grade]]:
    """In units, highest first, wherever they are written."""
    if rule.parameter is not None:
        declared = {grade.name: grade for grade in rule.grades}
        table = names.cohort.parameters[rule.parameter]
        found: list[tuple[Fraction | None, Grade]] = [
            (Fraction(v), declared.get(name, Grade(name))) for name, v in table.items()
        ]
    else:
        found = [
            (None if g.min is None else g.min.number(names), g)
            for g in rule.grades
            if g.name != rule.otherwise or g.min is not None
        ]
    ordered = sorted(found, key=lambda pair: (pair[0] is None, -(pair[0] or 0)))
    return [(None if threshold is None else whole(threshold * POINT), given) for threshold, given in ordered]


def apply_grade_flags(rule: Grading, sheet: Sheet) -> None:
    """The flags that follow a grade; also used when a body confirmed another one."""
    for given in rule.grades:
        if given.name == sheet.grade and given.flags:
            sheet.flags = sorted({*sheet.flags, *given.flags})


def _award(scheme: Scheme, sheets: Sheets, names: SheetNames) -> None:
    kind = sheets.cohort.period.type
    for award in scheme.awards:
        if award.periods and kind not in award.periods:
            continue
        for sheet in _for(award.kinds, sheets):
            names.sheet = sheet
            if award.when is not None and not award.when.holds(names):
                continue
            try:
                cents = round_half_up(award.amount.number(names) * 100)
            except NoData:
                continue
            sheet.awards.append(Award(award.name, Decimal(cents).scaleb(-2), award.unit))
