"""The functions and windows of formulas that look at what was recorded, and where formulas stand."""

from __future__ import annotations

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


def formulas_below(value: Any) -> list[Formula]:
    """Every formula that stands anywhere in a scheme or a part of it, in no order."""
    found, waiting = [], [value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, Formula):
            found.append(value)
        elif isinstance(value, msgspec.Struct):
            names = value.__struct_fields__
            waiting += [getattr(value, name) for name in names if name not in ("functions", "engine")]
        elif isinstance(value, dict):
            waiting += value.values()
        elif isinstance(value, tuple | list):
            waiting += value
    return found
