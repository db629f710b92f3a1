"""The nodes of a scheme's tree and what their rules ask for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from kaohe.scheme.formula import Formula
from kaohe.scheme.periods import PeriodType
from kaohe.scheme.titles import Text

Rule = Literal[
    "sum",
    "deduct-from-full",
    "weighted",
    "rescaled",
    "deduct",
    "deduct-range",
    "deduct-by-level",
    "bonus",
    "bonus-range",
    "bonus-by-level",
    "judged",
    "check",
    "target",
    "steps",
    "formula",
    "function",
    "counter",
    "imported",
]


class Level(Struct, frozen=True, forbid_unknown_fields=True):
    amount: Formula | None = None
    title: Text = Text("")
    flags: tuple[str, ...] = ()


class Evidence(Struct, frozen=True, forbid_unknown_fields=True):
    """A slot of the self-assessment: what has to be shown for this indicator."""

    name: str
    title: Text = Text("")
    required: bool = False


class Field(Struct, frozen=True, forbid_unknown_fields=True):
    """A further measure that a record of the leaf carries under `fields`."""

    name: str = ""
    title: Text = Text("")
    type: Literal["decimal", "integer", "text", "choice", "boolean", "date", "subject"] = "decimal"
    required: bool = False
    required_if: Formula | None = None
    min: Formula | None = None
    max: Formula | None = None
    choices: dict[str, str] = {}
    kinds: tuple[str, ...] = ()


class Step(Struct, frozen=True, forbid_unknown_fields=True):
    at: Formula
    points: Formula


class Must(Struct, frozen=True, forbid_unknown_fields=True):
    """What the measures of a record have to fulfil together."""

    holds: Formula
    why: str


class PartCap(Struct, frozen=True, forbid_unknown_fields=True):
    """The listed children of a branch together give at most this much."""

    of: tuple[str, ...]
    cap: Formula


class Effect(Struct, frozen=True, forbid_unknown_fields=True):
    """Zeroing and halving of a branch: where `when` holds, `keep` of what was left stays.

    `rollup` names the longer periods in which a condition that holds at their end takes the whole
    branch, whatever the months gave.
    """

    when: Formula
    keep: Formula = Formula(0)
    flags: tuple[str, ...] = ()
    why: str = ""
    rollup: tuple[PeriodType, ...] = ()


class Source(Struct, frozen=True, forbid_unknown_fields=True):
    """Whose result an imported leaf takes: the total, or an item of that scheme's sheet."""

    scheme: str
    version: str
    item: str = "total"


class Indicator(Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """A node of the tree. A branch has children, a leaf is what a record points at."""

    code: str
    title: Text
    article: str = ""
    rule: Rule = "sum"
    parent: str | None = None
    kinds: tuple[str, ...] = ()
    points: Formula | None = None
    points_by_kind: dict[str, Formula] = {}
    evidence: tuple[Evidence, ...] = ()
    children: tuple[Indicator, ...] = ()
    # What a rule asks for.
    amount: Formula | None = None
    min: Formula | None = None
    max: Formula | None = None
    levels: dict[str, Level] = {}
    default_level: str | None = None
    steps: tuple[Step, ...] = ()
    interpolate: bool = False
    lower_is_better: bool = False
    value: Formula | None = None
    value_channel: str | None = None
    places: int | None = None
    unit: str = ""
    stand_in: Formula | None = None
    stand_in_remark: str = ""
    target: Formula | None = None
    target_from: dict[PeriodType, str] = {}
    proportional: bool = True
    accumulates: bool = False
    qualifies: dict[str, Formula] = {}
    formula: Formula | None = None
    function: str | None = None
    line: Literal["points", "bonus", "deduction"] | None = None
    channels: tuple[str, ...] = ()
    weight: Formula | None = None
    done: tuple[str, ...] = ("full", "partial", "none")
    partial: Formula | None = None
    fields: dict[str, Field] = {}
    must: tuple[Must, ...] = ()
    unique: tuple[str, ...] = ()
    source: Source | None = None
    # What holds for any rule.
    flags: tuple[str, ...] = ()
    counts: bool = True
    matter: Literal["optional", "required"] = "optional"
    note: Literal["optional", "required"] = "optional"
    approval: bool = False
    optional: bool = False
    once: PeriodType | None = None
    highest_only: str | None = None
    caps: dict[PeriodType, Formula] = {}
    floor: Formula | None = None
    part_caps: tuple[PartCap, ...] = ()
    at_most: str | None = None
    only_when: Formula | None = None
    only_when_remark: str = ""
    coefficient: Formula | None = None
    not_applicable: Literal["rescale", "spread"] = "rescale"
    item: bool = True
    after_floor: bool = False
    effects: tuple[Effect, ...] = ()
    also: tuple[str, ...] = ()
    to_parent: str | None = None
    shared: bool = False
    periods: tuple[PeriodType, ...] = ()

    def altered(self, **members: Any) -> Indicator:
        """A copy with other members, for the tree that a plugin builds; numbers and titles may be given plainly."""
        read: dict[str, Any] = {"title": lambda said: said if isinstance(said, Text) else Text(said), "weight": Formula}
        return replace(self, **{name: read.get(name, _same)(value) for name, value in members.items()})

    @property
    def is_leaf(self) -> bool:
        return not self.children

    def points_for(self, kind: str) -> Formula | None:
        return self.points_by_kind.get(kind, self.points)

    def own_target(self, attributes: Mapping[str, Any], period: PeriodType) -> Any:
        """What the subject itself is to reach; None where nothing is set."""
        table = attributes.get(self.target_from.get(period, ""))
        return table.get(self.code) if isinstance(table, Mapping) else None

    def asks_nothing(self, attributes: Mapping[str, Any], period: PeriodType) -> bool:
        """Whether the subject's own target is 0: it has reached it without a record."""
        target = self.own_target(attributes, period)
        return target is not None and not str(target).strip("0.")

    @property
    def records_value(self) -> bool:
        """Whether a number is recorded under it; what a formula makes of its fields is only known as points."""
        return "value" in self.members and self.value is None

    @cached_property
    def members(self) -> tuple[str, ...]:
        """The members that a record of this leaf may carry besides id, subject, leaf, date, note."""
        return record_members(self)


def record_members(leaf: Indicator) -> tuple[str, ...]:
    rule, found = leaf.rule, []
    by_rule = {
        "deduct-range": ["amount"],
        "bonus-range": ["amount"],
        "deduct-by-level": ["level"],
        "bonus-by-level": ["level"],
        "judged": ["rating", "rater"],
        "check": ["done", "rating"],
        "target": ["value"],
        "steps": ["value"],
        "imported": ["value", "fields"],
    }
    if not leaf.children:
        found += by_rule.get(rule, [])
    if leaf.counts and (rule.startswith(("deduct", "bonus")) or rule == "counter"):
        found.insert(0, "count")
    if rule in ("counter", "function") and leaf.levels:
        found.append("level")
    if rule == "target" and leaf.target is None:
        found.append("target")
    if rule == "judged" and (leaf.target is not None or leaf.formula is not None):
        found.append("value")
    if leaf.channels:
        found.append("channel")
    if leaf.fields:
        found.append("fields")
    return (*found, "matter")


def _same(value: Any) -> Any:
    return value
