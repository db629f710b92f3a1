"""What the wizard shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from kaohe.catalogue.service import Parameters, parameter_title, value_words
from kaohe.cycles import agenda
from kaohe.cycles.agenda import Dates
from kaohe.cycles.hurdles import Hurdle
from kaohe.cycles.setup import STEPS, Candidate, Setup
from kaohe.i18n import _, said
from kaohe.scheme.model import Kind, Round, Scheme

LISTED = 500  # of one kind; more are taken or left as a whole


def step_names() -> list[str]:
    return [_("方案与周期"), _("考核对象"), _("考核人员"), _("日程"), _("核对并发出")]


@dataclass(frozen=True, slots=True)
class Steps:
    """`cycle_id` None: nothing is saved yet, so no step can be gone to."""

    cycle_id: UUID | None
    step: str

    @property
    def names(self) -> list[str]:
        return step_names()

    @property
    def current(self) -> int:
        return STEPS.index(self.step) + 1

    @property
    def hrefs(self) -> list[str]:
        return [self.href(step) for step in STEPS] if self.cycle_id else []

    def href(self, step: str) -> str:
        return f"/cycles/{self.cycle_id}/setup/{step}"

    @property
    def back(self) -> str:
        return self.href(STEPS[self.current - 2])


@dataclass(frozen=True, slots=True)
class ParameterLine:
    title: str
    value: str
    article: str
    silent: bool
    changed: bool


def parameter_lines(scheme: Scheme, values: Mapping[str, Any], overrides: Mapping[str, Any]) -> list[ParameterLine]:
    return [
        ParameterLine(
            parameter_title(one),
            value_words(one, _highest_first(values[name])),
            one.article,
            one.silent,
            name in overrides,
        )
        for name, one in scheme.parameters.items()
        if name in values
    ]


def _highest_first(value: Any) -> Any:
    """Thresholds by name: the database keeps no order of their names."""
    return dict(sorted(value.items(), key=lambda pair: -pair[1])) if isinstance(value, Mapping) else value


@dataclass(frozen=True, slots=True)
class SchemeStep:
    steps: Steps
    schemes: Sequence[Scheme]
    scheme: Scheme | None = None
    parameters: Parameters | None = None
    periods: Sequence[tuple[str, str]] = ()
    period: str = ""
    title: str = ""
    version: int = 0
    hurdles: Sequence[Hurdle] = ()

    @property
    def lines(self) -> list[ParameterLine]:
        if self.scheme is None or self.parameters is None:
            return []
        return parameter_lines(self.scheme, self.parameters.values, self.parameters.overrides)


@dataclass(frozen=True, slots=True)
class KindChoice:
    """`mode`: all, some or none; `groups`: what can be picked one by one, with its heading."""

    kind: Kind
    mode: str
    candidates: Sequence[Candidate]

    @property
    def chosen(self) -> int:
        return sum(one.chosen for one in self.candidates)

    @property
    def listed(self) -> bool:
        return len(self.candidates) <= LISTED

    @property
    def groups(self) -> Iterator[tuple[str, list[Candidate]]]:
        for title, members in groupby(self.candidates, key=lambda one: one.group.title):
            yield title, list(members)


@dataclass(frozen=True, slots=True)
class SubjectStep:
    steps: Steps
    setup: Setup

    @property
    def kinds(self) -> list[KindChoice]:
        modes = self.setup.cycle.draft.get("kinds", {})
        found = []
        for kind in self.setup.scheme.kinds:
            choice = modes.get(kind.id, "all")
            candidates = [one for one in self.setup.candidates if one.kind == kind.id]
            found.append(KindChoice(kind, choice if isinstance(choice, str) else "some", candidates))
        return found


@dataclass(frozen=True, slots=True)
class Assessor:
    id: UUID
    name: str
    login: str
    channels: frozenset[str]


@dataclass(frozen=True, slots=True)
class Conflict:
    """A proposed 回避."""

    person_id: UUID
    person: str
    subject_id: UUID
    subject: str
    reason: str


@dataclass(frozen=True, slots=True)
class PeopleStep:
    steps: Steps
    setup: Setup
    assessors: Sequence[Assessor]
    conflicts: Sequence[Conflict]

    @property
    def channels(self) -> list[tuple[str, str]]:
        return [(one.id, said(one.title)) for one in agenda.rated_channels(self.setup.scheme)] or [("", _("参加评分"))]

    @property
    def people(self) -> list[tuple[str, str]]:
        return [(str(one.id), one.name) for one in self.assessors]

    @property
    def subjects(self) -> list[tuple[str, str]]:
        return [(str(one.id), one.name) for one in self.setup.subjects]

    @property
    def recusals(self) -> list[tuple[Row[Any], str]]:
        names = {one.id: one.name for one in self.setup.candidates}
        return [(row, names.get(row.subject_id, "—")) for row in self.setup.recusals]


@dataclass(frozen=True, slots=True)
class CalendarStep:
    steps: Steps
    setup: Setup
    dates: Sequence[Dates]
    hurdles: Sequence[Hurdle]
    notice_days: int

    @property
    def rounds(self) -> list[Round]:
        return agenda.rounds(self.setup.scheme, self.setup.period)


@dataclass(frozen=True, slots=True)
class CheckStep:
    steps: Steps
    setup: Setup
    text: str
    groups: Sequence[tuple[str, int]]
    channels: Mapping[str, str]
