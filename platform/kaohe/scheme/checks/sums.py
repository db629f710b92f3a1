"""Whether the points of a branch are those of its children."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from kaohe.scheme.checks.finding import Finding, Looked
from kaohe.scheme.formula import plain
from kaohe.scheme.model import Indicator

_ADDING = ("sum", "rescaled", "weighted")


def findings(looked: Looked) -> Iterator[Finding]:
    for path, node in looked.nodes:
        if node.is_leaf or node.rule not in _ADDING:
            continue
        told: set[tuple[Fraction, Fraction]] = set()
        for kind in node.kinds:
            full, given = looked.points(node, kind), _given(looked, node, kind)
            if full is None or given is None or given == full or (full, given) in told:
                continue
            told.add((full, given))
            message = f"「{node.code}」分值 {plain(full)}，下列各项合计 {plain(given)}（{kind}）"
            yield Finding(
                looked.line((*path, "points")), "warning", "points-add-up", node.code, message, "核对办法，改其中一个"
            )


def _given(looked: Looked, node: Indicator, kind: str) -> Fraction | None:
    """None where the children have no points of their own."""
    mine = [child for child in node.children if kind in child.kinds and child.line in (None, "points")]
    given = [points for child in mine if (points := looked.points(child, kind)) is not None]
    return sum(given, Fraction(0)) if given else None
