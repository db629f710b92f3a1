"""The functions and windows of formulas that look at what was recorded, and where formulas stand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from kaohe.scheme.formula import Formula

WINDOWS = ("week", "month", "quarter", "half", "year")
# Functions that look at records, relatives and peers of the subject at work.
# How many arguments a function takes, at least and at most.
TAKES = {
    **dict.fromkeys(("count", "children_count", "min", "max", "sum"), (1, 99)),
    **dict.fromkeys(("children_mean", "peers_mean", "peers_count", "best", "worst", "round"), (1, 2)),
    **dict.fromkeys(
        ("records", "matters", "value", "done", "has_attribute", "parent_value", "parent_attribute"), (1, 1)
    ),
    **dict.fromkeys(("children_sum", "part", "item", "flag"), (1, 1)),
    **dict.fromkeys(("times", "in_a_row", "kind_size", "abs", "len", "text", "whole"), (1, 1)),
    "measure": (2, 2),
    "peers_rank": (1, 3),
}
LOOKING = (
    *("count", "records", "matters", "value", "measure", "done", "has_attribute"),
    *("parent_value", "parent_attribute", "children_mean", "children_sum", "children_count"),
    *("peers_mean", "peers_rank", "peers_count", "best", "worst"),
    *("times", "in_a_row"),
)


def formulas_below(value: Any) -> Iterator[Formula]:
    """Every formula that stands anywhere in a scheme or a part of it."""
    if isinstance(value, Formula):
        yield value
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            if name not in ("functions", "engine"):
                yield from formulas_below(getattr(value, name))
    elif isinstance(value, dict):
        for member in value.values():
            yield from formulas_below(member)
    elif isinstance(value, tuple | list):
        for member in value:
            yield from formulas_below(member)
