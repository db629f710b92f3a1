"""Everything a scheme plugin may use; nothing else of the platform is its business."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

from kaohe.plugins.hookspecs import hookimpl as hookimpl
from kaohe.scheme.loading import load_scheme as load_scheme
from kaohe.scheme.loading import read_scheme as read_scheme
from kaohe.scheme.model import Scheme as Scheme
from kaohe.scheme.periods import Period as Period
from kaohe.scheme.problems import BadScheme as BadScheme
from kaohe.scoring.cohort import Cohort as Cohort
from kaohe.scoring.facts import Record as Record
from kaohe.scoring.facts import Subject as Subject
from kaohe.scoring.rules.computed import Draft as Draft
from kaohe.scoring.rules.computed import View as View
from kaohe.scoring.sheets import Line as Line
from kaohe.scoring.sheets import Sheet as Sheet

__all__ = [
    "BadScheme",
    "Cohort",
    "Draft",
    "Line",
    "Period",
    "Record",
    "Scheme",
    "Sheet",
    "Subject",
    "View",
    "hookimpl",
    "load_scheme",
    "load_schemes",
    "read_scheme",
]


def load_schemes(module_file: str, rules: ModuleType | None = None) -> list[Scheme]:
    """Every `*.yaml` beside a plugin's `__init__.py`; `rules` holds the functions they name."""
    functions = {name: value for name, value in vars(rules or object).items() if callable(value)}
    paths = sorted(Path(module_file).parent.glob("*.yaml"))
    return [load_scheme(path, functions) for path in paths]
