"""The four hooks of a scheme plugin. `platform/docs/hooks.md` documents exactly these."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pluggy

from kaohe.scheme.model import Indicator, Scheme
from kaohe.scheme.parameters import Values
from kaohe.scoring.cohort import Cohort
from kaohe.scoring.sheets import Sheet, Sheets

API_VERSION = 1

hookspec = pluggy.HookspecMarker("kaohe")
hookimpl = pluggy.HookimplMarker("kaohe")


@hookspec
def kaohe_schemes() -> Iterable[Scheme]:
    """The schemes a plugin brings. Every plugin's answer counts."""
    raise NotImplementedError


@hookspec(firstresult=True)
def kaohe_indicators(scheme: Scheme, parameters: Values) -> Sequence[Indicator] | None:
    """The tree of indicators under these parameters; None leaves it to the next plugin."""
    raise NotImplementedError


@hookspec(firstresult=True)
def kaohe_score(scheme: Scheme, cohort: Cohort) -> list[Sheet] | None:
    """Sheets for the whole cohort and period; None leaves it to the rules kit."""
    raise NotImplementedError


@hookspec(firstresult=True)
def kaohe_grade(scheme: Scheme, sheets: Sheets) -> bool | None:
    """Writes ranks, grades, honours, awards and flags into the sheets and answers True."""
    raise NotImplementedError
