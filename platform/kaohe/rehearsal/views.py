"""What the page of a rehearsal shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Row

from kaohe.catalogue.parameter_form import Field, fields_of, value_words
from kaohe.catalogue.service import Parameters
from kaohe.rehearsal.trial import Trial
from kaohe.scheme.formula import plain
from kaohe.scheme.model import Scheme
from kaohe.scheme.problems import Problem
from kaohe.scoring.rehearsal import Move, Tally

PAGE_ROWS = 50
MOST_PROBLEMS = 20


@dataclass(frozen=True, slots=True)
class Slider:
    low: str
    high: str
    step: str


@dataclass(frozen=True, slots=True)
class Input:
    field: Field
    slider: Slider | None


@dataclass(frozen=True, slots=True)
class Shift:
    """How many have a grade or an honour in a group, and who comes and goes."""

    group: str
    what: str
    before: int
    after: int
    gained: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Chosen:
    """What of the outcome is on screen."""

    group: str = ""
    everyone: bool = False
    number: int = 1


@dataclass(frozen=True, slots=True)
class Outcome:
    scheme: Scheme
    tally: Tally
    size: int
    changed: list[tuple[str, str, str]]
    groups: list[tuple[str, str, int]]
    grades: list[Shift]
    honours: list[Shift]
    rows: list[Move]
    listed: int
    pages: int


@dataclass(frozen=True, slots=True)
class RehearsalPage:
    """`start` and `outcome` are None where nothing was computed yet, or nothing was changed."""

    start: Row[Any]
    version: str
    versions: list[tuple[str, str]]
    inputs: list[Input]
    chosen: Chosen
    outcome: Outcome | None
    problems: list[Problem]
    kept: Sequence[Row[Any]]
    opened: Row[Any] | None
    posted: list[tuple[str, str]]

    @property
    def details(self) -> Mapping[str, Any]:
        """A rehearsal compares totals: it is asked again with every move of a slider."""
        return {}

    @property
    def problems_shown(self) -> list[Problem]:
        return self.problems[:MOST_PROBLEMS]

    @property
    def here(self) -> str:
        return f"/cycles/{self.start.id}/rehearsal"

    def href(self, **changes: Any) -> str:
        chosen: dict[str, Any] = {
            "group": self.chosen.group,
            "everyone": "1" if self.chosen.everyone else "",
            **changes,
        }
        base = f"/cycles/{self.start.id}/rehearsals/{self.opened.id}" if self.opened else self.here
        carried = [] if self.opened else self.posted
        return f"{base}?{urlencode([*carried, *((name, value) for name, value in chosen.items() if value)])}"


def inputs_of(scheme: Scheme, values: Mapping[str, Any]) -> list[Input]:
    fields = fields_of(scheme, Parameters(None, 0, None, {}, dict(values)))
    return [Input(field, _slider(scheme, field.name.removeprefix("parameters."))) for field in fields]


def _slider(scheme: Scheme, name: str) -> Slider | None:
    parameter = scheme.parameters[name]
    if parameter.type not in {"decimal", "integer"} or parameter.min is None or parameter.max is None:
        return None
    span = parameter.max - parameter.min
    step = next((step for most, step in ((1, "0.01"), (10, "0.1"), (100, "0.5")) if span <= most), "1")
    return Slider(plain(parameter.min), plain(parameter.max), "1" if parameter.type == "integer" else step)


def outcome_of(trial: Trial, names: Mapping[str, str], chosen: Chosen) -> Outcome:
    moves = trial.moves
    changing = Counter(move.group for move in moves if move.changes)
    groups = [(group, names.get(group, group), changing[group]) for group in sorted({move.group for move in moves})]
    listed = [
        move for move in moves if (chosen.everyone or move.changes) and (not chosen.group or move.group == chosen.group)
    ]
    listed.sort(key=lambda move: (move.group, move.rank_after is None, move.rank_after or 0, move.subject))
    begin = (chosen.number - 1) * PAGE_ROWS
    return Outcome(
        trial.scheme, trial.tally, len(moves), changes_of(trial), groups, _grades(moves, names), _honours(trial, names),
        listed[begin : begin + PAGE_ROWS], len(listed), max(1, -(-len(listed) // PAGE_ROWS)),
    )  # fmt: skip


def changes_of(trial: Trial) -> list[tuple[str, str, str]]:
    """(parameter, before, after) in words."""
    known, found = trial.start.result.parameters, []
    for name in trial.overrides:
        parameter = trial.scheme.parameters[name]
        before = value_words(parameter, known[name]) if name in known else "—"
        found.append((parameter.title or name, before, value_words(parameter, trial.values[name])))
    return found


def _grades(moves: Sequence[Move], names: Mapping[str, str]) -> list[Shift]:
    before = Counter((move.group, move.grade_before) for move in moves if move.grade_before)
    after = Counter((move.group, move.grade_after) for move in moves if move.grade_after)
    places = sorted({*before, *after})
    return [
        Shift(names.get(group, group), str(grade), before[group, grade], after[group, grade])
        for group, grade in places
        if before[group, grade] != after[group, grade]
    ]


def _honours(trial: Trial, names: Mapping[str, str]) -> list[Shift]:
    before, after = (
        Counter((sheet.group, name) for sheet in result.sheets for name in sheet.honours)
        for result in (trial.start.result, trial.after or trial.start.result)
    )
    gained, lost = (_who(trial.moves, side) for side in ("honours_gained", "honours_lost"))
    return [
        Shift(names.get(key[0], key[0]), key[1], before[key], after[key], gained.get(key, ()), lost.get(key, ()))
        for key in sorted({*before, *after})
        if key in gained or key in lost
    ]


def _who(moves: Sequence[Move], side: str) -> dict[tuple[str, str], tuple[str, ...]]:
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for move in moves:
        for honour in getattr(move, side):
            found[move.group, honour] = (*found.get((move.group, honour), ()), move.name or move.subject)
    return found
