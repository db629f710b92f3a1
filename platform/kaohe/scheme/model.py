"""A scheme as a whole. Everything in it is read from a plugin's YAML and never changes afterwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import cached_property
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from kaohe.scheme.flags import FLAGS
from kaohe.scheme.formula import Formula, exact
from kaohe.scheme.indicators import Effect as Effect
from kaohe.scheme.indicators import Evidence as Evidence
from kaohe.scheme.indicators import Field as Field
from kaohe.scheme.indicators import Indicator as Indicator
from kaohe.scheme.indicators import Level as Level
from kaohe.scheme.indicators import Must as Must
from kaohe.scheme.indicators import PartCap as PartCap
from kaohe.scheme.indicators import Rule as Rule
from kaohe.scheme.indicators import Step as Step
from kaohe.scheme.indicators import record_members as record_members
from kaohe.scheme.kinds import Attribute as Attribute
from kaohe.scheme.kinds import Kind as Kind
from kaohe.scheme.outcomes import Award as Award
from kaohe.scheme.outcomes import Channel as Channel
from kaohe.scheme.outcomes import Consequence as Consequence
from kaohe.scheme.outcomes import Demands as Demands
from kaohe.scheme.outcomes import FlagRule as FlagRule
from kaohe.scheme.outcomes import Grade as Grade
from kaohe.scheme.outcomes import Grading as Grading
from kaohe.scheme.outcomes import Honour as Honour
from kaohe.scheme.outcomes import Ranking as Ranking
from kaohe.scheme.outcomes import Round as Round
from kaohe.scheme.outcomes import Stage as Stage
from kaohe.scheme.parameters import Parameter, Values, resolve
from kaohe.scheme.periods import Period, PeriodType
from kaohe.scheme.problems import Problem
from kaohe.scheme.references import formulas_below
from kaohe.scheme.titles import Text as Text
from kaohe.scheme.ways import Addition as Addition
from kaohe.scheme.ways import Register as Register
from kaohe.scheme.ways import Way as Way
from kaohe.scheme.ways import WayStep as WayStep

RuleFunction = Callable[..., Any]


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
    dates_assumed: bool = False  # the text names none: shown as such
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
    uses_calendar: bool = False
    total_floor: Formula | None = None
    total_cap: Formula | None = None
    demands: Demands = Demands()
    consequences: tuple[Consequence, ...] = ()
    ways: tuple[Way, ...] = ()
    registers: tuple[Register, ...] = ()
    articles: dict[str, str] = {}
    words: dict[str, Text] = {}  # what its flags and remarks mean
    acknowledged: tuple[Acknowledged, ...] = ()
    functions: dict[str, RuleFunction] = field(default_factory=dict)
    content_hash: str = ""
    engine: Any = None

    @cached_property
    def nodes(self) -> tuple[Indicator, ...]:
        """Every node, parents before children, in the order of the tree."""
        return tuple(_preorder(self.indicators))

    @cached_property
    def names_period(self) -> bool:
        """Whether an item may give something else in each of several equal periods."""
        return any("period" in formula.names for formula in formulas_below((self.indicators, self.normalise)))

    @cached_property
    def leaves(self) -> Mapping[str, Indicator]:
        return {node.code: node for node in self.nodes if node.is_leaf}

    @cached_property
    def branches(self) -> Mapping[str, Indicator]:
        return {node.code: node for node in self.nodes if not node.is_leaf}

    def word(self, flag: str) -> Text:
        """A flag, or a remark written like one, as people read it; one that is told nowhere stands as it is."""
        return self.words.get(flag) or FLAGS.get(flag) or Text(flag)

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

    def under(self, overrides: Mapping[str, Any]) -> Scheme:
        """With the tree that holds under these parameters: a plugin may build another one for them."""
        if self.engine is None:
            return self
        indicators = tuple(self.engine.indicators(self, self.resolve_parameters(overrides)[0]))
        return self if indicators == self.indicators else replace(self, indicators=indicators)

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
