"""The rules kit: each node of the tree compiled into an object that gives its points."""

from __future__ import annotations

from kaohe.scheme.model import Indicator
from kaohe.scoring.rules.branches import FromFull, Rescaled, Sum, Weighted, events_of
from kaohe.scoring.rules.computed import Called, Computed
from kaohe.scoring.rules.events import Counter, Fixed, Levelled, Ranged
from kaohe.scoring.rules.imported import Imported
from kaohe.scoring.rules.measured import Steps, Target
from kaohe.scoring.rules.node import Node, Setting
from kaohe.scoring.rules.rated import Check, Judged

_LEAVES: dict[str, type[Node]] = {
    "deduct": Fixed,
    "deduct-range": Ranged,
    "deduct-by-level": Levelled,
    "bonus": Fixed,
    "bonus-range": Ranged,
    "bonus-by-level": Levelled,
    "judged": Judged,
    "check": Check,
    "target": Target,
    "steps": Steps,
    "formula": Computed,
    "function": Called,
    "counter": Counter,
    "imported": Imported,
}
_BRANCHES: dict[str, type[Sum]] = {
    "sum": Sum,
    "deduct-from-full": FromFull,
    "weighted": Weighted,
    "rescaled": Rescaled,
}


def build(spec: Indicator, setting: Setting) -> Node | None:
    """None for a node that the kind or the period does not have."""
    if setting.kind not in spec.kinds or (spec.periods and setting.period.type not in spec.periods):
        return None
    if spec.is_leaf:
        return _LEAVES[spec.rule](spec, setting)
    children = [node for child in spec.children if (node := build(child, setting)) is not None]
    return _BRANCHES[spec.rule](spec, setting, children)


def acquaint(roots: list[Node]) -> None:
    """Leaves of one highest-only group settle their matters together."""
    events = {event.code: event for root in roots for event in events_of(root)}
    for event in events.values():
        event.peers = {code: events[code] for code in event.group}
