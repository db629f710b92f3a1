"""What of a scheme is graded: which leaves, whose opinion counts how, and when one is done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from kaohe.catalogue.entries import EntryForm, EntryValues, entry_form
from kaohe.scheme.model import Indicator, Scheme
from kaohe.scheme.parameters import Values
from kaohe.scheme.periods import PeriodType
from kaohe.scoring.facts import Subject
from kaohe.submissions.service import SELF as SELF


def gradable(scheme: Scheme, kind: str, channel: str) -> list[Indicator]:
    """In the order of the tree: what a person can say something about, from this channel."""
    return [
        leaf
        for leaf in scheme.leaves.values()
        if kind in leaf.kinds
        and leaf.rule != "imported"
        and leaf.members != ("matter",)
        and (not leaf.channels or channel in leaf.channels)
    ]


def is_rated(leaf: Indicator) -> bool:
    """Rated by each assessor for himself; anything else is one finding shared by all, a measured value among them."""
    return leaf.rule == "judged" and ("value" not in leaf.members or leaf.value_channel is not None)


def is_owed(leaf: Indicator, claimed: bool) -> bool:
    """Without it the grading cannot be filed: what would be missing in the sheet, and what the party claimed."""
    scored = leaf.rule in {"judged", "check", "target"} and not leaf.optional
    return claimed or (scored and (leaf.points is not None or bool(leaf.points_by_kind) or is_rated(leaf)))


def form_for(scheme: Scheme, leaf: Indicator, subject: Subject, values: Values, period: PeriodType) -> EntryForm:
    """A rating and a single finding carry the reason as note; several entries may each have one and share the reason."""
    form = entry_form(scheme, leaf, kind=subject.kind, parameters=values, attributes=subject.attributes, period=period)
    inputs = [replace(one, required=False) if one.name == "note" else one for one in form.inputs]
    repeats = form.repeats and not is_rated(leaf)
    if not repeats:
        inputs = [one for one in inputs if one.name != "note"]
    return replace(form, inputs=tuple(inputs), repeats=repeats)


def same(one: Sequence[Mapping[str, Any]], other: Sequence[Mapping[str, Any]]) -> bool:
    """Whether two lists of entries say the same, notes aside."""
    return [_bare(entry) for entry in one] == [_bare(entry) for entry in other]


def _bare(entry: Mapping[str, Any]) -> EntryValues:
    held = {
        name: value for name, value in entry.items() if value not in (None, "", {}) and name not in {"note", "date"}
    }
    if str(held.get("count")) == "1":
        del held["count"]
    return held
