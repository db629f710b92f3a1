"""What the formulas of a scheme name has to be there, wherever in the YAML they stand."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from msgspec import Struct

from kaohe.scheme.formula import Formula
from kaohe.scheme.model import Scheme
from kaohe.scheme.yaml_text import Path

WINDOWS = ("week", "month", "quarter", "half", "year")
# Functions that look at records, relatives and peers of the subject at work.
LOOKING = (
    *("count", "records", "matters", "value", "measure", "done", "has_attribute"),
    *("parent_value", "parent_attribute", "children_mean", "children_sum", "children_count"),
    *("peers_mean", "peers_rank", "peers_count", "best", "worst"),
)
# While a sheet is made, and once it is finished.
_MAKING = ("period", "kind", "part", "item", "subtotal", "value_given")
_FINISHED = ("total", "base", "bonus", "deduction", "rank", "rank_from_last", "grade", "group", "status")
_OF_COHORT = ("group_size", "kind_size", "flag", "complete")


def unknown_references(scheme: Scheme) -> Iterator[tuple[Path, str]]:
    codes = {node.code for node in scheme.nodes}
    known = {*LOOKING, *_MAKING, *_FINISHED, *_OF_COHORT, *scheme.parameters}
    known |= {name for kind in scheme.kinds for name in kind.attributes}
    known |= {name for node in scheme.nodes for name in node.fields}
    for path, formula in _formulas(scheme, ()):
        for name in sorted(formula.names - known - codes):
            yield path, f"「{formula.text}」 names 「{name}」, which is no parameter, attribute, field or function"
        for code in _strange(formula, codes):
            yield path, f"「{formula.text}」 names the indicator 「{code}」, which is nowhere"


def _strange(formula: Formula, codes: Collection[str]) -> Iterator[str]:
    for function, arguments in formula.calls:
        for argument in arguments if function in LOOKING or function in ("part", "item") else ():
            if isinstance(argument, str) and "." in argument and argument not in codes:
                yield argument


def _formulas(value: Any, path: Path) -> Iterator[tuple[Path, Formula]]:
    if isinstance(value, Formula):
        yield path, value
    elif isinstance(value, Struct):
        for name in value.__struct_fields__:
            if name not in ("functions", "engine"):
                yield from _formulas(getattr(value, name), (*path, name))
    elif isinstance(value, dict):
        for name, member in value.items():
            yield from _formulas(member, (*path, name))
    elif isinstance(value, tuple):
        for index, member in enumerate(value):
            yield from _formulas(member, (*path, index))
