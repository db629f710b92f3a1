"""Who is scored: kinds of subjects and what has to be known of them."""

from __future__ import annotations

from typing import Any, Literal

from msgspec import Struct

from kaohe.scheme.formula import Formula
from kaohe.scheme.periods import PeriodType
from kaohe.scheme.titles import Text


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
    group (default: the kind), `groups` what it is called; kinds in `after` are scored before this one, which reads
    their sheets.
    """

    id: str
    title: Text
    parent: str | None = None
    parent_required: bool = True
    group: Formula | None = None
    groups: dict[str, Text] = {}
    after: tuple[str, ...] = ()
    attributes: dict[str, Attribute] = {}
