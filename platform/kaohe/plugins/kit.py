"""The core's own answers to the hooks, registered like any plugin and asked last."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kaohe.plugins.hookspecs import hookimpl
from kaohe.scheme.model import Indicator, Scheme
from kaohe.scheme.parameters import Values
from kaohe.scoring import grading
from kaohe.scoring.cohort import Cohort
from kaohe.scoring.pipeline import score_cohort
from kaohe.scoring.sheets import Sheet, Sheets


@hookimpl(trylast=True)
def kaohe_schemes() -> Sequence[Scheme]:
    return ()


@hookimpl(trylast=True)
def kaohe_indicators(scheme: Scheme, parameters: Values) -> Sequence[Indicator]:
    return scheme.indicators


@hookimpl(trylast=True)
def kaohe_score(scheme: Scheme, cohort: Cohort) -> list[Sheet]:
    return score_cohort(scheme, cohort)


@hookimpl(trylast=True)
def kaohe_grade(scheme: Scheme, sheets: Sheets) -> bool:
    grading.grade(scheme, sheets)
    return True


class HookedEngine:
    """Scores a scheme by asking the hooks, so that its plugin may answer instead of the kit."""

    def __init__(self, hook: Any) -> None:
        self.hook = hook

    @property
    def is_kit(self) -> bool:
        return len(self.hook.kaohe_score.get_hookimpls()) == 1

    def indicators(self, scheme: Scheme, parameters: Values) -> tuple[Indicator, ...]:
        return tuple(self.hook.kaohe_indicators(scheme=scheme, parameters=parameters))

    def score(self, scheme: Scheme, cohort: Cohort) -> list[Sheet]:
        sheets: list[Sheet] = self.hook.kaohe_score(scheme=scheme, cohort=cohort)
        return sheets

    def grade(self, scheme: Scheme, sheets: Sheets) -> None:
        self.hook.kaohe_grade(scheme=scheme, sheets=sheets)
