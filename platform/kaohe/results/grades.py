"""What a body may confirm instead of a proposal, and which flags follow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kaohe.scheme.model import Grade, Grading, Scheme
from kaohe.scheme.parameters import Values
from kaohe.scheme.periods import PeriodType


def gradings(scheme: Scheme, kind: str, period: PeriodType) -> Iterator[Grading]:
    for rule in scheme.grading:
        if (not rule.periods or period in rule.periods) and (not rule.kinds or kind in rule.kinds):
            yield rule


def grades(scheme: Scheme, values: Values, kind: str, period: PeriodType) -> list[str]:
    """The names a grade may have, best first as declared."""
    found: list[str] = []
    for rule in gradings(scheme, kind, period):
        found += list(values[rule.parameter]) if rule.parameter else [grade.name for grade in rule.grades]
        found += [rule.otherwise] if rule.otherwise else []
    return list(dict.fromkeys(found))


def honours(scheme: Scheme, kind: str, period: PeriodType) -> list[str]:
    return [
        honour.name
        for honour in scheme.honours
        if (not honour.kinds or kind in honour.kinds) and (not honour.periods or period in honour.periods)
    ]


def flags_after(scheme: Scheme, flags: Iterable[str], proposed: str | None, confirmed: str | None) -> list[str]:
    """Those that followed from the proposed grade go, those of the confirmed one come."""
    return sorted((set(flags) - _flags_of(scheme, proposed)) | _flags_of(scheme, confirmed))


def _flags_of(scheme: Scheme, name: str | None) -> set[str]:
    every: list[Grade] = [grade for rule in scheme.grading for grade in rule.grades]
    return {flag for grade in every if grade.name == name for flag in grade.flags}
