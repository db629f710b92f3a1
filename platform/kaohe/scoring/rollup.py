"""A longer period of a monthly scheme: the months' items, averaged."""

from __future__ import annotations

from collections.abc import Sequence

from kaohe.scheme.model import Indicator, Scheme
from kaohe.scheme.periods import Period
from kaohe.scoring.cohort import Cohort
from kaohe.scoring.ending import Ending
from kaohe.scoring.environment import SheetEnvironment, group_of
from kaohe.scoring.facts import Subject
from kaohe.scoring.plan import Plan, passes
from kaohe.scoring.points import divided, rounded
from kaohe.scoring.rules.node import Setting, line_kind
from kaohe.scoring.sheets import CENT, Line, Sheet
from kaohe.scoring.work import Work

Part = tuple[Period, Sheet]


def roll_up(scheme: Scheme, cohort: Cohort, parts: dict[str, list[Part]]) -> list[Sheet]:
    """`parts` holds each subject's sheets of the months in which it was active."""
    work = Work(cohort)
    names = {kind.id: Setting(work, kind.id).names for kind in scheme.kinds}
    endings = {kind: Ending(scheme, kind, cohort.period.type, held) for kind, held in names.items()}
    ending_kinds = {kind for kind, ending in endings.items() if ending}
    averages, sheets = Averages(cohort), []
    standing = _standing(scheme, cohort) - ending_kinds
    for subject in cohort.subjects:
        if subject.id in parts:
            work.subject = subject
            months = parts[subject.id]
            sheet = cohort.past.sheet(subject, months) if cohort.past and subject.kind in standing else None
            sheets.append(sheet or _sheet(scheme, cohort, subject, months, names[subject.kind], averages))
    _adjust(scheme, cohort, sheets)
    for sheet in sheets if ending_kinds else ():
        if sheet.kind in ending_kinds:
            ending = endings[sheet.kind]
            work.subject, work.parts = cohort.all_subjects[sheet.subject], dict(sheet.item_units)
            ending.close(sheet)
    return sheets


def _standing(scheme: Scheme, cohort: Cohort) -> set[str]:
    """The kinds whose sheets are what their months make of them, so that equal months make the same as before."""
    if cohort.past is None:
        return set()
    kind, reached = cohort.period.type, cohort.past.reach.items
    own = [
        node
        for node in scheme.indicators
        if kind in node.periods or (node.code in reached and any(kind in effect.rollup for effect in node.effects))
    ]
    return {each.id for each in scheme.kinds if not _any_of(own, each.id)}


def _adjust(scheme: Scheme, cohort: Cohort, sheets: Sequence[Sheet]) -> None:
    """Items that a scheme has only in the longer period join those that were averaged, which they may look at."""
    own = [node for node in scheme.indicators if cohort.period.type in node.periods]
    plans = {kind.id: Plan(cohort, kind.id, own) for kind in scheme.kinds if _any_of(own, kind.id)}
    for kind, plan in plans.items():
        mine = [sheet for sheet in sheets if sheet.kind == kind]
        given = {sheet.subject: dict(sheet.item_units) for sheet in mine}
        cohort.sheets.update({sheet.subject: sheet for sheet in mine})
        for sheet, more in zip(mine, passes(plan, [cohort.all_subjects[s.subject] for s in mine], given), strict=True):
            _join(scheme, sheet, more)


def _any_of(nodes: Sequence[Indicator], kind: str) -> bool:
    return any(kind in node.kinds for node in nodes)


def _join(scheme: Scheme, sheet: Sheet, more: Sheet) -> None:
    items = sheet.item_units | more.item_units
    sheet.item_units = {node.code: items[node.code] for node in scheme.indicators if node.code in items}
    sheet.lines += more.lines
    sheet.total_units += more.total_units
    sheet.bonus_units += more.bonus_units
    sheet.deduction_units += more.deduction_units
    sheet.flags = sorted({*sheet.flags, *more.flags})
    sheet.missing = sorted({*sheet.missing, *more.missing})
    sheet.remarks += more.remarks


def _sheet(
    scheme: Scheme, cohort: Cohort, subject: Subject, parts: list[Part], names: SheetEnvironment, averages: Averages
) -> Sheet:
    months = [sheet for _, sheet in parts]
    sheet = Sheet(subject.id, subject.kind, subject.name, group_of(cohort, subject))
    given = _given([month.item_units for month in months])
    for node in scheme.indicators:
        if node.code in given:
            averages.add(sheet, node, parts, given[node.code])
    sheet.bonus_units = _mean([month.bonus_units for month in months])
    sheet.deduction_units = _mean([month.deduction_units for month in months])
    flags, missing = set(), set()
    for period, month in parts:
        flags.update(month.flags)
        missing.update(month.missing)
        if month.remarks:
            sheet.remarks += [f"{period.text} {remark}" for remark in month.remarks]
    sheet.flags, sheet.missing = sorted(flags), sorted(missing)
    for node in scheme.indicators:
        if node.effects and node.code in sheet.item_units:
            _whole_branch(sheet, node, cohort, names)
    sheet.total_units = sum(sheet.item_units.values())
    return sheet


def _given(months: list[dict[str, int]]) -> dict[str, tuple[int, ...]]:
    """By item what each month gave; 0 where a month lacks it."""
    first = tuple(months[0])
    if all(tuple(month) == first for month in months):
        return dict(zip(first, zip(*(month.values() for month in months), strict=True), strict=True))
    codes = {code for month in months for code in month}
    return {code: tuple(month.get(code, 0) for month in months) for code in codes}


class Averages:
    """Items of the longer period with a line a month; equal months have equal lines, which all sheets share."""

    def __init__(self, cohort: Cohort) -> None:
        self.step = 10 ** (6 - cohort.scheme.item_places)
        self.with_lines = cohort.with_lines
        self.lines: dict[tuple[str, str, int, int], Line] = {}

    def add(self, sheet: Sheet, node: Indicator, parts: Sequence[Part], given: tuple[int, ...]) -> None:
        code, count = node.code, len(given)
        item = sheet.item_units[code] = divided(sum(given), count, self.step)
        if not self.with_lines:
            return
        shown = 0
        for (period, _), units in zip(parts, given, strict=True):
            key = (code, period.text, units, count)
            line = self.lines.get(key)
            if line is None:
                line = self.lines[key] = _month(node, period, units, count)
            shown += line.units
            sheet.lines.append(line)
        if shown != item:
            sheet.lines.append(Line("adjust", code, node.article, item - shown, (), "舍入"))


def _month(node: Indicator, period: Period, units: int, count: int) -> Line:
    why = f"{period.text} 得 {_cents(units)}"
    return Line(line_kind(node), node.code, node.article, divided(units, count), (), why)


def _cents(units: int) -> str:
    sign, size = ("-", -units) if units < 0 else ("", units)
    return f"{sign}{size // 10**6}.{size // 10**4 % 100:02}"


def _mean(values: Sequence[int]) -> int:
    return divided(sum(values), len(values), CENT)


def _whole_branch(sheet: Sheet, node: Indicator, cohort: Cohort, names: SheetEnvironment) -> None:
    """Some effects take the whole branch of the longer period, whatever its months gave."""
    for effect in node.effects:
        if cohort.period.type in effect.rollup and effect.when.holds(names):
            left = sheet.item_units[node.code]
            lost = rounded(left * (1 - effect.keep.number(names)))
            why = "年度不得分" if cohort.period.type == "year" else "整期不得分"
            if lost > 0:
                sheet.lines.append(Line("deduction", node.code, node.article, -lost, (), why))
                sheet.item_units[node.code] = left - lost
                sheet.deduction_units += lost
            sheet.flags = sorted({*sheet.flags, *effect.flags})
            return
