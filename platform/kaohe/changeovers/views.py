"""What the page of a changeover shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Row

from kaohe.catalogue.service import Published, differences
from kaohe.changeovers.weighing import Weighed
from kaohe.i18n import said
from kaohe.rehearsal.service import Chosen, Outcome, Trial, outcome_of
from kaohe.scoring.sheets import Sheet

MOST_LISTED = 200
Change = tuple[str, Decimal | None, Decimal | None]  # indicator, points before, points after


@dataclass(frozen=True, slots=True)
class LeafChange:
    title: str
    subjects: int
    before: Decimal
    after: Decimal


@dataclass(frozen=True, slots=True)
class Look:
    """One version beside the one that the cycle follows. `details`: subject → its indicators that change."""

    weighed: Weighed
    differences: list[str]
    outcome: Outcome | None
    details: Mapping[str, list[Change]]
    leaves: list[LeafChange]
    added: list[str]
    missing: int

    @property
    def hurdles(self) -> list[tuple[str, str, str]]:
        return self.weighed.hurdles[:MOST_LISTED]


@dataclass(frozen=True, slots=True)
class ChangeoverPage:
    """`why_not`: why the cycle cannot go over to any version now. `filed`, `graded`: how many are in already.
    `stale`: the data changed while the person looked at it."""

    cycle: Row[Any]
    why_not: str
    versions: Sequence[Published]
    version: Published | None
    look: Look | None
    chosen: Chosen
    filed: int = 0
    graded: int = 0
    stale: bool = False

    @property
    def here(self) -> str:
        return f"/cycles/{self.cycle.id}/changeover"

    @property
    def outcome(self) -> Outcome | None:
        return self.look.outcome if self.look else None

    @property
    def details(self) -> Mapping[str, list[Change]]:
        return self.look.details if self.look else {}

    def to(self, version: str) -> str:
        return f"{self.here}?{urlencode({'version': version})}"

    def href(self, **changes: Any) -> str:
        chosen = {
            "version": self.version.scheme.version if self.version else "", "group": self.chosen.group,
            "everyone": "1" if self.chosen.everyone else "", **changes,
        }  # fmt: skip
        return f"{self.here}?{urlencode({name: value for name, value in chosen.items() if value})}"


def look_at(weighed: Weighed, chosen: Chosen) -> Look:
    """Pure, and run in a thread."""
    trial, present, other = weighed.trial, weighed.present, weighed.other
    changed = differences(present, other)
    added = [said(leaf.title) for code, leaf in other.leaves.items() if code not in present.leaves]
    if trial is None or trial.after is None:
        return Look(weighed, changed, None, {}, [], added, 0)
    names = {group.id: group.title for group in weighed.groups.values()}
    outcome = outcome_of(trial, names, chosen)
    outcome.changed.clear()  # the page tells them with the reason
    changes = _changes(trial)
    shown = {move.subject: _told(weighed, changes[move.subject]) for move in outcome.rows if move.subject in changes}
    was = sum(len(sheet.missing) for sheet in trial.start.result.sheets)
    missing = sum(len(sheet.missing) for sheet in trial.after.sheets) - was
    return Look(weighed, changed, outcome, shown, _by_leaf(weighed, changes), added, max(0, missing))


Points = dict[str, tuple[int | None, int | None]]  # leaf → millionths before and after


def _changes(trial: Trial) -> dict[str, Points]:
    """Subject → the indicators that contribute something else than before."""
    assert trial.after is not None
    before = {sheet.subject: _worth(sheet) for sheet in trial.start.result.sheets}
    after = {sheet.subject: _worth(sheet) for sheet in trial.after.sheets}
    found: dict[str, Points] = {}
    for subject in dict.fromkeys([*after, *before]):
        old, new = before.get(subject, {}), after.get(subject, {})
        changed = {leaf: (old.get(leaf), new.get(leaf)) for leaf in dict.fromkeys([*old, *new])
                   if old.get(leaf, 0) != new.get(leaf, 0)}  # fmt: skip
        if changed:
            found[subject] = changed
    return found


def _worth(sheet: Sheet) -> dict[str, int]:
    """All its lines taken together, what was capped or absorbed included."""
    found: dict[str, int] = {}
    for line in sheet.lines:
        found[line.leaf] = found.get(line.leaf, 0) + line.units
    return found


def _title(weighed: Weighed, code: str) -> str:
    node = next(
        (node for scheme in (weighed.other, weighed.present) for node in scheme.nodes if node.code == code), None
    )
    return said(node.title) if node else code


def _told(weighed: Weighed, changes: Points) -> list[Change]:
    return [(_title(weighed, leaf), _points(old), _points(new)) for leaf, (old, new) in changes.items()]


def _points(units: int | None) -> Decimal | None:
    return None if units is None else Decimal(units).scaleb(-6)


def _by_leaf(weighed: Weighed, changes: Mapping[str, Points]) -> list[LeafChange]:
    sums: dict[str, list[int]] = {}
    for points in changes.values():
        for leaf, (old, new) in points.items():
            held = sums.setdefault(leaf, [0, 0, 0])
            held[0], held[1], held[2] = held[0] + 1, held[1] + (old or 0), held[2] + (new or 0)
    order = {node.code: number for number, node in enumerate((*weighed.other.nodes, *weighed.present.nodes))}
    return [
        LeafChange(_title(weighed, leaf), count, Decimal(old).scaleb(-6), Decimal(new).scaleb(-6))
        for leaf, (count, old, new) in sorted(sums.items(), key=lambda each: order.get(each[0], 0))
    ]
