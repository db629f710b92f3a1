"""Which phase a cycle is in on a day. Dates of the calendar in China; the last day belongs to the phase."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Literal, Protocol

PhaseState = Literal["none", "scheduled", "open", "closed"]


class Dates(Protocol):
    @property
    def phase(self) -> str: ...

    @property
    def opens_on(self) -> date: ...

    @property
    def closes_on(self) -> date: ...


class Filing(Protocol):
    """A participation's own dates: extensions move them."""

    @property
    def self_assessment_opens(self) -> date | None: ...

    @property
    def self_assessment_closes(self) -> date | None: ...


def state_between(opens_on: date | None, closes_on: date | None, day: date) -> PhaseState:
    if opens_on is None or closes_on is None:
        return "none"
    if day < opens_on:
        return "scheduled"
    return "open" if day <= closes_on else "closed"


def phase_state(phases: Iterable[Dates], phase: str, day: date) -> PhaseState:
    """`none` where the cycle has no such phase (a scheme of daily records has no self-assessment)."""
    found = next((one for one in phases if one.phase == phase), None)
    return state_between(found.opens_on, found.closes_on, day) if found else "none"


def filing_state(participation: Filing, day: date) -> PhaseState:
    """Whether this participant may file its self-assessment on that day."""
    return state_between(participation.self_assessment_opens, participation.self_assessment_closes, day)


def by_name(phases: Iterable[Dates]) -> Mapping[str, Dates]:
    return {one.phase: one for one in phases}
