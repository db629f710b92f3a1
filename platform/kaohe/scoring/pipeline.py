"""Facts in, result out: check, order, score, grade."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import msgspec

from kaohe.scheme.formula import FormulaError, NoData
from kaohe.scheme.model import Indicator, Scheme
from kaohe.scheme.parameters import Values
from kaohe.scheme.periods import Period, parse
from kaohe.scheme.problems import BadFacts, BadScheme
from kaohe.scoring import grading
from kaohe.scoring.canonical import digest, name_records, sort_records, sort_subjects
from kaohe.scoring.checking import check
from kaohe.scoring.cohort import Cohort
from kaohe.scoring.facts import Facts
from kaohe.scoring.plan import Plan, passes
from kaohe.scoring.rollup import Part, roll_up
from kaohe.scoring.sheets import Result, Sheet, Sheets
from kaohe.scoring.spelling import spelled


class Engine(Protocol):
    """What scores and grades: the kit itself, or the hooks that a plugin may answer."""

    def indicators(self, scheme: Scheme, parameters: Values) -> tuple[Indicator, ...]: ...
    def score(self, scheme: Scheme, cohort: Cohort) -> list[Sheet]: ...
    def grade(self, scheme: Scheme, sheets: Sheets) -> None: ...


class Kit:
    def indicators(self, scheme: Scheme, parameters: Values) -> tuple[Indicator, ...]:
        return scheme.indicators

    def score(self, scheme: Scheme, cohort: Cohort) -> list[Sheet]:
        return score_cohort(scheme, cohort)

    def grade(self, scheme: Scheme, sheets: Sheets) -> None:
        grading.grade(scheme, sheets)


def score(scheme: Scheme, facts: Facts, *, with_lines: bool = True) -> Result:
    """Raises BadFacts with every problem; then nothing was scored. Who compares totals needs no lines."""
    engine: Engine = scheme.engine or Kit()
    parameters, _ = scheme.resolve_parameters(facts.parameters)
    scheme = with_tree(scheme, engine.indicators(scheme, parameters))
    facts = spelled(scheme, facts)
    try:
        with uncollected():
            return _score(scheme, facts, parameters, engine, with_lines=with_lines)
    except FormulaError as error:
        raise BadScheme([f"{scheme.id} 第 {scheme.version} 版：公式{error}"]) from None
    except NoData as lacking:
        raise BadScheme([f"{scheme.id} 第 {scheme.version} 版：取不到「{lacking}」，这里必须有数"]) from None


def _score(scheme: Scheme, facts: Facts, parameters: Values, engine: Engine, *, with_lines: bool) -> Result:
    if problems := check(scheme, facts):
        raise BadFacts(problems)
    subjects = sort_subjects(scheme, facts.subjects)
    records = name_records(sort_records(facts.records))
    period = parse(facts.period, scheme.month_starts)
    cohort = Cohort(scheme, period, parameters, facts.calendar, subjects, records, with_lines=with_lines)
    cohort.judge = lambda part: {sheet.subject: _names(sheet) for sheet in _judged(scheme, part, engine)}
    sheets = _judged(scheme, cohort, engine)
    seal = digest(scheme, facts, parameters, subjects, records)
    remarks = _remarks(scheme, period, facts)
    return Result(scheme.id, scheme.version, facts.period, seal, sheets, parameters, remarks)


def _judged(scheme: Scheme, cohort: Cohort, engine: Engine) -> Sheets:
    sheets = Sheets(cohort, engine.score(scheme, cohort))
    _order(scheme, sheets)
    engine.grade(scheme, sheets)
    return sheets


def _names(sheet: Sheet) -> frozenset[str]:
    return frozenset([*sheet.honours, *sheet.flags, *filter(None, (sheet.grade, sheet.status))])


@contextmanager
def uncollected() -> Iterator[None]:
    """Everything that scoring makes is kept and nothing goes round in circles: looking for garbage finds none."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _remarks(scheme: Scheme, period: Period, facts: Facts) -> list[str]:
    """What a reader of the whole result should know; no part of the sheets."""
    said = []
    if scheme.expires is not None and period.end > scheme.expires:
        said.append(f"办法施行至 {scheme.expires}，本期超出")
    if scheme.effective is not None and period.start < scheme.effective:
        said.append(f"办法自 {scheme.effective} 起施行，本期在此之前")
    if scheme.uses_calendar and facts.calendar.is_provisional(period.end):
        said.append(f"{period.end.year} 年放假安排尚未公布，工作日为暂定")
    return said


def with_tree(scheme: Scheme, indicators: tuple[Indicator, ...]) -> Scheme:
    """The scheme itself, unless a plugin built another tree for these parameters."""
    if indicators == scheme.indicators:
        return scheme
    return msgspec.structs.replace(scheme, indicators=indicators)


def _order(scheme: Scheme, sheets: Sheets) -> None:
    order = {kind.id: index for index, kind in enumerate(scheme.kinds)}
    sheets.sort(key=lambda sheet: (order[sheet.kind], sheet.subject))


def score_cohort(scheme: Scheme, cohort: Cohort) -> list[Sheet]:
    """The kit's own way; longer periods of a scheme that rolls up are made from its parts."""
    if scheme.rollup is None or cohort.period.type == scheme.rollup:
        return score_period(scheme, cohort)
    parts: dict[str, list[Part]] = {}
    for period in _parts(scheme, cohort.period):
        for sheet in score_period(scheme, cohort.within(period)):
            parts.setdefault(sheet.subject, []).append((period, sheet))
    return roll_up(scheme, cohort, parts)


def _parts(scheme: Scheme, period: Period) -> list[Period]:
    if scheme.rollup is None:
        return [period]
    return list(period.parts(scheme.rollup, scheme.month_starts))


def score_period(scheme: Scheme, cohort: Cohort) -> list[Sheet]:
    """Kind by kind, those that others read first."""
    sheets: list[Sheet] = []
    cohort.score = lambda earlier: score_period(scheme, earlier)
    for kind in kinds_in_order(scheme):
        members = cohort.of_kind(kind)
        if not members:
            continue
        plan = Plan(cohort, kind)
        found = passes(plan, members)
        for sheet in found:
            cohort.sheets[sheet.subject] = sheet
        sheets += found
    return sheets


def kinds_in_order(scheme: Scheme) -> list[str]:
    order: list[str] = []
    waiting = list(scheme.kinds)
    while waiting:
        ready = [kind for kind in waiting if set(kind.after) <= set(order)]
        order += [kind.id for kind in ready or waiting]
        waiting = [kind for kind in waiting if kind.id not in order]
    return order


__all__ = ["Engine", "Kit", "score", "score_cohort", "score_period"]
