"""What the pages of a running cycle show."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row

from kaohe.cycles.agenda import REPORT, name_of, report_due
from kaohe.cycles.phases import state_between
from kaohe.cycles.queries import PAGE
from kaohe.cycles.schemes import phase_name, takes_claims
from kaohe.cycles.views import ParameterLine, parameter_lines
from kaohe.i18n import _, period_words, said
from kaohe.scheme.model import Scheme


@dataclass(frozen=True, slots=True)
class CyclesPage:
    rows: Sequence[Row[Any]]
    titles: Mapping[str, str]
    page: int
    total: int
    manages: bool
    today: date

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))

    @property
    def lines(self) -> list[tuple[Row[Any], str, date | None]]:
        """(cycle, what comes next, by when)."""
        return [(row, *_next(row, self.today)) for row in self.rows]


def _next(row: Row[Any], day: date) -> tuple[str, date | None]:
    if row.state == "draft":
        return _("尚未发出通知"), None
    if row.state == "closed":
        return "", None
    ends = [(phase, getattr(row, f"{phase}_closes")) for phase in ("self_assessment", "grading", "confirmation")]
    coming = [(phase, last) for phase, last in ends if last and last >= day] or [one for one in ends if one[1]][-1:]
    return (_("{phase}截止").format(phase=phase_name(coming[0][0])), coming[0][1]) if coming else ("", None)


@dataclass(frozen=True, slots=True)
class Phase:
    name: str
    opens_on: date
    closes_on: date
    state: str
    report: bool


def shown_phases(rows: Sequence[Row[Any]], day: date) -> list[Phase]:
    return [
        Phase(
            name_of(row.phase, row.title),
            row.opens_on,
            row.closes_on,
            state_between(row.opens_on, row.closes_on, day),
            row.phase.startswith(REPORT),
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class CyclePage:
    """`changeable`: the scheme has another version, to which the cycle may go over while it runs."""

    cycle: Row[Any]
    scheme: Scheme
    phase_rows: Sequence[Row[Any]]
    numbers: Sequence[Row[Any]]
    people: Sequence[Row[Any]]
    participants: Sequence[Row[Any]]
    today: date
    manages: bool
    reviews: bool
    changeovers: Sequence[dict[str, Any]] = ()
    changeable: bool = False

    @property
    def period(self) -> str:
        return period_words(self.cycle.period)

    @property
    def claims(self) -> bool:
        return takes_claims(self.scheme)

    @property
    def phases(self) -> list[Phase]:
        return shown_phases(self.phase_rows, self.today)

    @property
    def scope(self) -> str:
        return {"all": _("普遍考核"), "chosen": _("重点考核")}.get(self.cycle.draft.get("scope", ""), "")

    @property
    def subjects(self) -> int:
        return sum(row.subjects for row in self.numbers)

    def total(self, column: str) -> int:
        return sum(getattr(row, column) for row in self.numbers)

    @property
    def groups(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for row in self.participants:
            found[row.group_name].append(row.subject_name)
        return dict(found)

    @property
    def parameters(self) -> list[ParameterLine]:
        values = self.scheme.resolve_parameters(self.cycle.parameters)[0]
        usual = self.scheme.resolve_parameters({})[0]
        changed = {name for name in values if values[name] != usual[name]}
        return parameter_lines(self.scheme, values, dict.fromkeys(changed))

    @property
    def assessors(self) -> list[tuple[str, list[str]]]:
        titles = {one.id: said(one.title) for one in self.scheme.channels}
        found: dict[str, list[str]] = defaultdict(list)
        for row in self.people:
            if row.reason is None:
                found[row.name] += [titles[row.channel]] if row.channel in titles else []
        return list(found.items())

    @property
    def recusals(self) -> list[tuple[str, str, str]]:
        names = {row.subject_id: row.subject_name for row in self.participants}
        return [(row.name, names.get(row.subject_id, "—"), row.reason) for row in self.people if row.reason is not None]


@dataclass(frozen=True, slots=True)
class ReportCell:
    """One report of one participant: `filed_on` when it is in, else `late` days or the day on which it is `due`."""

    title: str
    filed_on: str
    late: int
    due: date


@dataclass(frozen=True, slots=True)
class ProgressPage:
    cycle: Row[Any]
    phase_rows: Sequence[Row[Any]]
    due: Mapping[str, date | None]
    numbers: Sequence[Row[Any]]
    rows: Sequence[Row[Any]]
    today: date
    group: str
    late: bool
    page: int
    manages: bool
    reviews: bool
    reads: bool

    @property
    def phases(self) -> list[Phase]:
        return shown_phases(self.phase_rows, self.today)

    @property
    def graded(self) -> bool:
        return any(row.phase == "grading" for row in self.phase_rows)

    @property
    def group_options(self) -> list[tuple[str, str]]:
        return [("", _("全部")), *((row.group_name, row.group_name) for row in self.numbers)]

    @property
    def reports(self) -> list[Row[Any]]:
        return [row for row in self.phase_rows if row.phase.startswith(REPORT)]

    def report_cells(self, row: Row[Any]) -> list[ReportCell]:
        cells, day = [], date.min if self.cycle.state == "closed" else self.today
        for one in self.reports:
            due = report_due(one.closes_on, self.due["self_assessment"], row.self_assessment_closes)
            filed_on = row.reports.get(one.phase, "")
            late = 0 if filed_on else max(0, (day - due).days)
            cells.append(ReportCell(name_of(one.phase, one.title), filed_on, late, due))
        return cells

    def sum(self, column: str) -> int:
        return sum(getattr(row, column) for row in self.numbers)

    @property
    def total(self) -> int:
        column = "late" if self.late else "subjects"
        return sum(getattr(row, column) for row in self.numbers if self.group in ("", row.group_name))

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))


@dataclass(frozen=True, slots=True)
class ExtensionPage:
    cycle: Row[Any]
    participations: Sequence[Row[Any]]
    given: Sequence[Row[Any]]
    asked: str
    today: date

    @property
    def options(self) -> list[tuple[str, str, str]]:
        """(value, name, hint) of who has not filed."""
        return [
            (str(row.id), row.subject_name, _("现在 {day} 截止").format(day=row.self_assessment_closes))
            for row in self.participations
            if row.self_assessment_closes
        ]
