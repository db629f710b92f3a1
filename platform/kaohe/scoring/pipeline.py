"""Facts in, result out: check, order, score, grade."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from kaohe.scheme.formula import FormulaError, NoData
from kaohe.scheme.model import Indicator, Scheme
from kaohe.scheme.parameters import Values
from kaohe.scheme.periods import Period, parse
from kaohe.scheme.problems import BadFacts, BadScheme
from kaohe.scoring import grading
from kaohe.scoring.canonical import digest, name_records, sort_records, sort_subjects, told
from kaohe.scoring.checking import Checker, check
from kaohe.scoring.cohort import Cohort
from kaohe.scoring.facts import Facts, Subject
from kaohe.scoring.plan import Plan, passes
from kaohe.scoring.reach import Reach
from kaohe.scoring.rollup import Part, roll_up
from kaohe.scoring.sheets import Result, Sheet, Sheets
from kaohe.scoring.spelling import spelled


class Engine(Protocol):
    """What scores and grades: the kit itself, or the hooks that a plugin may answer. `is_kit`: nobody else scores."""

    @property
    def is_kit(self) -> bool: ...
    def indicators(self, scheme: Scheme, parameters: Values) -> tuple[Indicator, ...]: ...
    def score(self, scheme: Scheme, cohort: Cohort) -> list[Sheet]: ...
    def grade(self, scheme: Scheme, sheets: Sheets) -> None: ...


class Kit:
    is_kit = True

    def indicators(self, scheme: Scheme, parameters: Values) -> tuple[Indicator, ...]:
        return scheme.indicators

    def score(self, scheme: Scheme, cohort: Cohort) -> list[Sheet]:
        return score_cohort(scheme, cohort)

    def grade(self, scheme: Scheme, sheets: Sheets) -> None:
        grading.grade(scheme, sheets)


class Scored(Struct):
    """`told`: subjects and records in their order, as the digest takes them."""

    scheme: Scheme
    facts: Facts
    told: bytes
    cohort: Cohort
    result: Result


def score(scheme: Scheme, facts: Facts, *, with_lines: bool = True) -> Result:
    """Raises BadFacts with every problem; then nothing was scored. Who compares totals needs no lines."""
    return score_first(scheme, facts, with_lines=with_lines, keeps=False).result


def score_first(scheme: Scheme, facts: Facts, *, with_lines: bool = False, keeps: bool = True) -> Scored:
    """As `score`; what it keeps lets the same facts be scored again."""
    engine: Engine = scheme.engine or Kit()
    parameters, _ = scheme.resolve_parameters(facts.parameters)
    scheme = with_tree(scheme, engine.indicators(scheme, parameters))
    with _at_work(scheme):
        facts = spelled(scheme, facts)
        if problems := check(scheme, facts):
            raise BadFacts(problems)
        subjects = sort_subjects(scheme, facts.subjects)
        records = name_records(sort_records(facts.records))
        period = parse(facts.period, scheme.month_starts)
        cohort = Cohort(
            scheme, period, parameters, facts.calendar, subjects, records, with_lines=with_lines, keeps=keeps
        )
        return _scored(scheme, facts, told(subjects, records), cohort)


def score_again(first: Scored, scheme: Scheme, overrides: Values) -> Result:
    """What `score` makes of the same facts with other parameters, but what these do not reach is taken over."""
    engine: Engine = scheme.engine or Kit()
    parameters, _ = scheme.resolve_parameters(overrides)
    tree, known = with_tree(scheme, engine.indicators(scheme, parameters)), first.cohort.parameters
    facts = replace(first.facts, scheme=scheme.id, parameters=overrides)
    same = (tree.content_hash, tree.indicators) == (first.scheme.content_hash, first.scheme.indicators)
    if not (same and engine.is_kit):
        return score(scheme, facts, with_lines=False)
    reach = Reach(tree, {name for name in parameters if parameters[name] != known[name]})
    checker = Checker(tree, facts)
    with _at_work(tree):
        if problems := checker.problems() if reach.checks() else checker.of_parameters():
            raise BadFacts(problems)
        cohort = first.cohort.under(parameters, reach)
        return _scored(tree, facts, first.told, cohort).result


def _scored(scheme: Scheme, facts: Facts, told: bytes, cohort: Cohort) -> Scored:
    engine: Engine = scheme.engine or Kit()
    cohort.judge = lambda part: {sheet.subject: _names(sheet) for sheet in _judged(scheme, part, engine)}
    sheets = _judged(scheme, cohort, engine)
    seal = digest(scheme, facts, cohort.parameters, told)
    remarks = _remarks(scheme, cohort.period, facts)
    result = Result(scheme.id, scheme.version, facts.period, seal, sheets, cohort.parameters, remarks)
    return Scored(scheme, facts, told, cohort, result)


def _judged(scheme: Scheme, cohort: Cohort, engine: Engine) -> Sheets:
    sheets = Sheets(cohort, engine.score(scheme, cohort))
    _order(scheme, sheets)
    engine.grade(scheme, sheets)
    return sheets


def _names(sheet: Sheet) -> frozenset[str]:
    return frozenset([*sheet.honours, *sheet.flags, *filter(None, (sheet.grade, sheet.status))])


@contextmanager
def _at_work(scheme: Scheme) -> Iterator[None]:
    """Everything that scoring makes is kept and nothing goes round in circles: looking for garbage finds none."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    except FormulaError as error:
        raise BadScheme([f"{scheme.id} 第 {scheme.version} 版：公式{error}"]) from None
    except NoData as lacking:
        raise BadScheme([f"{scheme.id} 第 {scheme.version} 版：取不到「{lacking}」，这里必须有数"]) from None
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
    return replace(scheme, indicators=indicators)


def _order(scheme: Scheme, sheets: Sheets) -> None:
    order = {kind.id: index for index, kind in enumerate(scheme.kinds)}
    sheets.sort(key=lambda sheet: (order[sheet.kind], sheet.subject))


def score_cohort(scheme: Scheme, cohort: Cohort) -> list[Sheet]:
    """The kit's own way; longer periods of a scheme that rolls up are made from its parts."""
    if scheme.rollup is None or cohort.period.type == scheme.rollup:
        found = score_period(scheme, cohort)
    else:
        found = _rolled_up(scheme, cohort)
    if cohort.keeps:
        cohort.sheets = {sheet.subject: sheet.apart() for sheet in found}
    return found


def _rolled_up(scheme: Scheme, cohort: Cohort) -> list[Sheet]:
    parts: dict[str, list[Part]] = {}
    for period in _parts(scheme, cohort.period):
        part = cohort.within(period, shares=True)
        score_period(scheme, part)
        for subject, sheet in part.sheets.items():
            parts.setdefault(subject, []).append((period, sheet))
        if cohort.keeps:
            cohort.kept[period.start] = part
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
        found = _of_kind(cohort, kind, members)
        cohort.sheets.update((subject.id, sheet) for subject, sheet in zip(members, found, strict=True))
        sheets += found
    return sheets


def _of_kind(cohort: Cohort, kind: str, members: list[Subject]) -> list[Sheet]:
    past = cohort.past
    if past is not None and past.holds(kind):
        found = [past.cohort.sheets[subject.id] for subject in members]
    else:
        plan = cohort.plans[kind] = Plan(cohort, kind)
        if past is None or not past.helps(plan):
            return passes(plan, members)
        found = past.sheets(plan, members)
    return found if cohort.shares else [sheet.apart() for sheet in found]


def kinds_in_order(scheme: Scheme) -> list[str]:
    order: list[str] = []
    waiting = list(scheme.kinds)
    while waiting:
        ready = [kind for kind in waiting if set(kind.after) <= set(order)]
        order += [kind.id for kind in ready or waiting]
        waiting = [kind for kind in waiting if kind.id not in order]
    return order


__all__ = ["Engine", "Kit", "score", "score_cohort", "score_period"]
