"""One thing found, and what the checks look at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any, Literal

import msgspec
from msgspec import Struct

from kaohe.scheme.formula import Formula, FormulaError, NoData, exact
from kaohe.scheme.model import Indicator, Scheme
from kaohe.scheme.yaml_text import Path

Degree = Literal["warning", "remark", "acknowledged"]


class Finding(Struct, frozen=True):
    """A warning wants a mend or an acknowledgement; a remark is only worth knowing."""

    line: int
    degree: Degree
    check: str
    at: str
    message: str
    mend: str = ""
    reason: str = ""

    def accept(self, reason: str) -> Finding:
        return msgspec.structs.replace(self, degree="acknowledged", reason=reason)


class Looked:
    """A scheme with the lines of its file and its parameters at their defaults."""

    def __init__(self, scheme: Scheme, places: Mapping[Path, int]) -> None:
        self.scheme, self.places = scheme, places
        values, _ = scheme.resolve_parameters({})
        self.values = {name: exact(value) for name, value in values.items()}
        self.nodes = list(_walk(scheme.indicators, ("indicators",)))

    def line(self, path: Path) -> int:
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, 1)

    def number(self, formula: Formula | None) -> Fraction | None:
        """None where there is none, or where it depends on more than parameters."""
        if formula is None:
            return None
        try:
            value: Any = formula(self.values)
        except (FormulaError, NoData):
            return None
        return None if value is None or isinstance(value, str) else Fraction(value)

    def points(self, node: Indicator, kind: str) -> Fraction | None:
        return self.number(node.points_for(kind))


def _walk(nodes: tuple[Indicator, ...], path: Path) -> Iterator[tuple[Path, Indicator]]:
    for index, node in enumerate(nodes):
        here = (*path, index)
        yield here, node
        yield from _walk(node.children, (*here, "children"))
