"""The functions and windows of formulas that look at what was recorded."""

from __future__ import annotations

WINDOWS = ("week", "month", "quarter", "half", "year")
# Functions that look at records, relatives and peers of the subject at work.
LOOKING = (
    *("count", "records", "matters", "value", "measure", "done", "has_attribute"),
    *("parent_value", "parent_attribute", "children_mean", "children_sum", "children_count"),
    *("peers_mean", "peers_rank", "peers_count", "best", "worst"),
)
