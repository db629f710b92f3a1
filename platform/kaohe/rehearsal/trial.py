"""The same facts scored twice: as they were, and as they would be. Pure, and run in a thread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

from kaohe.catalogue.service import stored
from kaohe.national_calendar import national_calendar
from kaohe.scheme.model import Scheme
from kaohe.scheme.problems import BadFacts, Problem
from kaohe.scoring import Result, Scored, decode_facts, score_again, score_first
from kaohe.scoring.rehearsal import Move, Tally, rehearse, tally


@dataclass(frozen=True)
class Start:
    """What the scheme of the cycle made of the facts of a run."""

    scheme: Scheme
    result: Result

    def parameters(self, scheme: Scheme) -> dict[str, Any]:
        """Of the run, as far as another version of the scheme knows them."""
        return {name: value for name, value in self.result.parameters.items() if name in scheme.parameters}


@dataclass(frozen=True)
class Trial:
    """`after` is None where the facts cannot be scored that way: `problems` says why."""

    start: Start
    scheme: Scheme
    values: Mapping[str, Any]
    after: Result | None = None
    problems: list[Problem] = field(default_factory=list)

    @cached_property
    def moves(self) -> list[Move]:
        return rehearse(self.start.result, self.after) if self.after else []

    @cached_property
    def tally(self) -> Tally:
        return tally(self.moves)

    @property
    def overrides(self) -> dict[str, Any]:
        """Values other than those of the run, as they are stored."""
        known = self.start.result.parameters
        return {
            name: stored(value)
            for name, value in self.values.items()
            if name not in known or stored(value) != stored(known[name])
        }

    @property
    def differs(self) -> bool:
        return bool(self.overrides) or self.scheme.version != self.start.scheme.version


@dataclass(frozen=True, slots=True)
class Pinned:
    """A scheme that is equal to itself: its content says so."""

    content_hash: str
    scheme: Scheme = field(compare=False)


# Sliders ask again and again with the same facts; a run's bytes never change.
@lru_cache(maxsize=4)
def begin(pinned: Pinned, data: bytes) -> Scored:
    return score_first(pinned.scheme, decode_facts(data, calendar=national_calendar()))


def attempt(present: Scheme, data: bytes, other: Scheme, overrides: Mapping[str, Any]) -> Trial:
    """`overrides` are checked already. Raises BadFacts only where the run itself could not be scored again."""
    first = begin(Pinned(present.content_hash, present), data)
    start = Start(present, first.result)
    values, _problems = other.resolve_parameters({**start.parameters(other), **overrides})
    trial = Trial(start, other, values)
    if not trial.differs:
        return trial
    try:
        return Trial(start, other, values, score_again(first, other, dict(values)))
    except BadFacts as bad:
        return Trial(start, other, values, problems=list(bad.problems))
