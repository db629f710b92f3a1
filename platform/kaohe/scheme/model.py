"""What a scheme is. Everything here is read from a plugin's YAML and never changes afterwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import cached_property
from typing import Any, Literal

from msgspec import Struct, field

from kaohe.scheme.formula import Formula, exact
from kaohe.scheme.parameters import Parameter, Values, resolve
from kaohe.scheme.periods import Period, PeriodType
from kaohe.scheme.problems import Problem

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
]
RuleFunction = Callable[..., Any]


class Text(Struct, frozen=True, forbid_unknown_fields=True):
    zh: str
    en: str = ""

    def __str__(self) -> str:
        return self.zh


class Attribute(Struct, frozen=True, forbid_unknown_fields=True):
    """`children` as default counts the subject's active children in the scored period."""

    name: str = ""
    title: Text = Text("")
    type: Literal["decimal", "integer", "text", "choice", "boolean", "map"] = "decimal"
    required: bool = False
    required_in: tuple[PeriodType, ...] = ()
    default: Any = None
    min: Formula | None = None
    max: Formula | None = None
    above: Formula | None = None
    choices: dict[str, str] = {}


class Kind(Struct, frozen=True, forbid_unknown_fields=True):
    """`parent` is the kind that a subject of this kind must hang under; `group` gives the ranking
    group (default: the kind); kinds in `after` are scored before this one, which reads their sheets.
    """

    id: str
    title: Text
    parent: str | None = None
    parent_required: bool = True
    group: Formula | None = None
    after: tuple[str, ...] = ()
    attributes: dict[str, Attribute] = {}


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
    # What holds for any rule.
    flags: tuple[str, ...] = ()
    counts: bool = True
    matter: Literal["optional", "required"] = "optional"
    note: Literal["optional", "required"] = "optional"
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

    @property
    def is_leaf(self) -> bool:
        return not self.children

    def points_for(self, kind: str) -> Formula | None:
        return self.points_by_kind.get(kind, self.points)

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


class Channel(Struct, frozen=True, forbid_unknown_fields=True):
    """Who rates. Its weight is the parameter `channel_<id>`; `self_rating` False refuses one's own."""

    id: str
    title: Text
    self_rating: bool = True


class Grade(Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    when: Formula | None = None
    min: Formula | None = None
    flags: tuple[str, ...] = ()


class Grading(Struct, frozen=True, forbid_unknown_fields=True):
    """Grades by thresholds, highest first; `parameter` names a map of grade to threshold instead."""

    periods: tuple[PeriodType, ...] = ()
    kinds: tuple[str, ...] = ()
    grades: tuple[Grade, ...] = ()
    parameter: str | None = None
    otherwise: str | None = None
    confirmed: bool = False


class Ranking(Struct, frozen=True, forbid_unknown_fields=True):
    by: Formula = Formula("total")
    periods: tuple[PeriodType, ...] = ()
    minimum: Formula | None = None


class Honour(Struct, frozen=True, forbid_unknown_fields=True):
    """A title under a quota: `ratio` of `base` (default: the group's size), or `count`, or neither.

    `bars` are flags that pass a subject over; `shared` lets a tie at the first place share it;
    `award_points` or money are awards, not honours.
    """

    name: str
    kinds: tuple[str, ...] = ()
    periods: tuple[PeriodType, ...] = ()
    ratio: Formula | None = None
    base: Formula | None = None
    count: Formula | None = None
    by: Formula | None = None
    when: Formula | None = None
    bars: tuple[str, ...] = ()
    shared: bool = False
    confirmed: bool = True
    decision: bool = False


class Award(Struct, frozen=True, forbid_unknown_fields=True):
    """A sum handed on. Money shows only when `when` holds; points are listed even when 0."""

    name: str
    amount: Formula
    unit: Literal["元", "分"] = "分"
    when: Formula | None = None
    kinds: tuple[str, ...] = ()
    periods: tuple[PeriodType, ...] = ()


class FlagRule(Struct, frozen=True, forbid_unknown_fields=True):
    flag: str
    when: Formula
    kinds: tuple[str, ...] = ()
    periods: tuple[PeriodType, ...] = ()
    remark: str = ""


class Stage(Struct, frozen=True, forbid_unknown_fields=True):
    """An early exit: where `when` holds the sheet ends with this status and, if given, this total."""

    status: str
    when: Formula
    total: Formula | None = None
    flags: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()


class Round(Struct, frozen=True, forbid_unknown_fields=True):
    """A step that the regulation sets in the calendar (`month` 1-12; `stage` names who acts)."""

    id: str
    title: Text
    month: int | None = None
    article: str = ""


class Demands(Struct, frozen=True, forbid_unknown_fields=True):
    notice_days: Formula | None = None
    self_check_report: bool = False
    self_check_before: str = ""
    rounds: tuple[Round, ...] = ()
    bulletin: str = ""
    article: str = ""


class Consequence(Struct, frozen=True, forbid_unknown_fields=True):
    """What follows from a grade, honour or flag in the regulation's words, for the platform to act."""

    on: str
    action: str
    title: Text
    article: str = ""


class Acknowledged(Struct, frozen=True, forbid_unknown_fields=True):
    """A contradiction of the regulation itself, which the author found and leaves as it is."""

    check: str
    reason: str
    at: str = ""


class Scheme(Struct, frozen=True, forbid_unknown_fields=True, dict=True, kw_only=True):
    id: str
    version: str
    title: Text
    regulation: str
    issuer: str = ""
    interpreter: str = ""
    effective: date | None = None
    expires: date | None = None
    api: int = 1
    kinds: tuple[Kind, ...]
    periods: tuple[PeriodType, ...]
    only: dict[PeriodType, tuple[int, ...]] = {}
    rollup: PeriodType | None = None
    month_starts: int = 1
    parameters: dict[str, Parameter] = {}
    channels: tuple[Channel, ...] = ()
    indicators: tuple[Indicator, ...]
    ranking: Ranking = Ranking()
    grading: tuple[Grading, ...] = ()
    honours: tuple[Honour, ...] = ()
    awards: tuple[Award, ...] = ()
    flags: tuple[FlagRule, ...] = ()
    stages: tuple[Stage, ...] = ()
    normalise: Formula | None = None
    item_places: int = 2
    leaf_points: str | None = None
    total_floor: Formula | None = None
    total_cap: Formula | None = None
    demands: Demands = Demands()
    consequences: tuple[Consequence, ...] = ()
    articles: dict[str, str] = {}
    acknowledged: tuple[Acknowledged, ...] = ()
    functions: dict[str, RuleFunction] = field(default_factory=dict)
    content_hash: str = ""
    engine: Any = None

    @cached_property
    def nodes(self) -> tuple[Indicator, ...]:
        """Every node, parents before children, in the order of the tree."""
        return tuple(_preorder(self.indicators))

    @cached_property
    def leaves(self) -> Mapping[str, Indicator]:
        return {node.code: node for node in self.nodes if node.is_leaf}

    @cached_property
    def branches(self) -> Mapping[str, Indicator]:
        return {node.code: node for node in self.nodes if not node.is_leaf}

    def full_points(self, node: Indicator, kind: str, values: Mapping[str, Any]) -> Any:
        """Exact, None where the node has none; the map parameter `leaf_points` overrides the tree."""
        table = values[self.leaf_points] if self.leaf_points else {}
        for key in (f"{kind}/{node.code}", node.code):
            if key in table:
                return exact(table[key])
        declared = node.points_for(kind)
        return None if declared is None else declared(values)

    def has_period(self, period: Period) -> bool:
        """Of the types it declares; `only` names the numbers of a type that it has (H1 but no H2)."""
        numbers = self.only.get(period.type)
        return period.type in self.periods and (not numbers or int(period.text[5:].strip("HQW")) in numbers)

    def kind(self, kind_id: str) -> Kind:
        return next(kind for kind in self.kinds if kind.id == kind_id)

    def indicator(self, code: str) -> Indicator:
        return next(node for node in self.nodes if node.code == code)

    def resolve_parameters(self, overrides: Mapping[str, Any]) -> tuple[Values, tuple[Problem, ...]]:
        """Defaults with the overrides; all that is wrong with these is reported together."""
        return resolve(self.id, self.parameters, overrides)

    def describe(self) -> dict[str, Any]:
        """What `kaohe schemes ID --format json` prints."""
        from kaohe.scheme.describing import describe

        return describe(self)


def _preorder(nodes: tuple[Indicator, ...]) -> list[Indicator]:
    found: list[Indicator] = []
    for node in nodes:
        found.append(node)
        found += _preorder(node.children)
    return found
