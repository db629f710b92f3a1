"""What other parameters reach: the items that name one of them, and those that look at such an item."""

from __future__ import annotations

from collections.abc import Iterator, Set
from typing import Any

from kaohe.scheme.model import Indicator, Scheme
from kaohe.scheme.references import LOOKING, formulas_below

PARTS = frozenset({"part", "item"})
HISTORY = frozenset({"times", "in_a_row"})  # asks for grades and honours, which every parameter may change
# With one of these an item looks at others of its kind.
AMONG = PARTS | {"subtotal", "peers_mean", "peers_rank", "peers_count", "best", "worst"}


class Reach:
    """`changed`: names of parameters. `items`: the codes of the items that may give something else under them."""

    def __init__(self, scheme: Scheme, changed: Set[str]) -> None:
        self.scheme, self.changed = scheme, changed
        self.items: frozenset[str] = frozenset()
        self.joined = {kind.id for kind in scheme.kinds if _joins(scheme, [*self._items(kind.id)])}
        codes: set[str] = set()
        while found := self._further(codes):
            self.items |= found
            codes |= {below.code for node in scheme.indicators if node.code in found for below in _nodes(node)}

    def of(self, kind: str) -> frozenset[str]:
        return self.items.intersection(node.code for node in self._items(kind))

    def checks(self) -> bool:
        """Whether facts may be wrong now that were right, beside the parameters themselves."""
        return self.names(self.scheme.kinds, tuple(self.scheme.leaves.values())) or self._is_everything()

    def _further(self, codes: set[str]) -> frozenset[str]:
        others = {node.code: node for node in self.scheme.indicators if node.code not in self.items}
        if self._is_everything():
            return frozenset(others)
        joined = {node.code for kind in self.joined if self.of(kind) for node in self._items(kind)}
        return frozenset(code for code, node in others.items() if code in joined or self._reaches(node, codes))

    def _is_everything(self) -> bool:
        """A plugin's function may look at anything."""
        scheme = self.scheme
        around = (scheme.kinds, scheme.stages, scheme.normalise, scheme.total_floor, scheme.total_cap)
        asks = any(formula.names & HISTORY for formula in formulas_below((scheme.indicators, around)))
        return bool(asks or scheme.functions or scheme.leaf_points in self.changed or self.names(*around))

    def _reaches(self, node: Indicator, codes: Set[str]) -> bool:
        if self.names(node) or any(_conventions(below) & self.changed for below in _nodes(node)):
            return True
        asked = _asked(node)
        return bool(codes) and (asked is None or not asked.isdisjoint(codes | self.scheme.parameters.keys()))

    def names(self, *parts: Any) -> bool:
        """Whether a formula anywhere in these names a changed parameter."""
        return any(formula.names & self.changed for formula in formulas_below(parts))

    def _items(self, kind: str) -> Iterator[Indicator]:
        return (node for node in self.scheme.indicators if kind in node.kinds)


def _joins(scheme: Scheme, items: list[Indicator]) -> bool:
    """Whether something looks at several of a sheet's items, or at the whole: then all are reached, or none."""
    around = (scheme.normalise, scheme.total_floor, scheme.total_cap, *scheme.stages)
    groups = [{below.highest_only for below in _nodes(node)} - {None} for node in items]
    return (
        any(each is not None for each in around)
        or any(node.at_most is not None for node in items)
        or any(formula.names & AMONG for formula in formulas_below(tuple(items)))
        or sum(map(len, groups)) > len(set().union(*groups))
    )


def _nodes(node: Indicator) -> Iterator[Indicator]:
    yield node
    for child in node.children:
        yield from _nodes(child)


def _conventions(leaf: Indicator) -> set[str]:
    """The parameters that a rule knows without a formula."""
    return {"aggregate", *(f"channel_{channel}" for channel in leaf.channels)} if leaf.rule == "judged" else set()


def _asked(node: Indicator) -> set[str] | None:
    """The codes that calls in its formulas name; None where one is worked out first."""
    calls = [call for formula in formulas_below(node) for call in formula.calls]
    found = [argument for name, arguments in calls if name in {*LOOKING, *PARTS} for argument in arguments]
    return None if None in found else {str(argument) for argument in found}
