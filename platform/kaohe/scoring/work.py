"""The bench on which one subject's sheet is made; reused from subject to subject."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from kaohe.scheme.model import Indicator
from kaohe.scoring.cohort import NOTHING, Cohort
from kaohe.scoring.facts import Record, Subject
from kaohe.scoring.points import Units
from kaohe.scoring.sheets import Line, LineKind

ByLeaf = dict[str, list[Record]]


class Work:
    """`now` holds the period's records by leaf, `before` those from the year's start up to it.

    Of the latter only the leaves in `earlier`, which some rule looks back at, for the subjects that have such.

    `parts` are the units that each node gave, `dated` what a node that is watched gave on which day of the year.
    """

    __slots__ = (
        "before",
        "bonus",
        "cohort",
        "dated",
        "deduction",
        "earlier",
        "flags",
        "lines",
        "missing",
        "now",
        "parts",
        "recurring",
        "remarks",
        "settled",
        "subject",
        "with_earlier",
    )

    def __init__(self, cohort: Cohort) -> None:
        self.cohort = cohort
        self.earlier: frozenset[str] = frozenset()
        self.recurring: frozenset[str] = frozenset()
        self.with_earlier: Collection[str] = ()
        self.subject: Subject
        self.reset(Subject(id="", kind=""))

    def reset(self, subject: Subject) -> None:
        self.subject = subject
        self.now: ByLeaf = {}
        self.before: ByLeaf = {}
        self.parts: dict[str, Units] = {}
        self.dated: dict[str, list[tuple[Any, Units]]] = {}
        self.settled: dict[str, Any] = {}
        self.lines: list[Line] = []
        self.flags: list[str] = []
        self.missing: list[str] = []
        self.remarks: list[str] = []
        self.bonus: Units = 0
        self.deduction: Units = 0

    def look_back(self, leaves: frozenset[str], recurring: frozenset[str]) -> None:
        """`recurring`: of these only records with a matter."""
        self.earlier, self.recurring = leaves, recurring
        self.with_earlier = self.cohort.with_earlier(leaves, recurring)

    def take(self, subject: Subject) -> None:
        """Starts a subject's sheet with its records."""
        self.reset(subject)
        cohort = self.cohort
        for record in cohort.now.get(subject.id, NOTHING):
            held = self.now.get(record.leaf)
            if held is None:
                self.now[record.leaf] = [record]
            else:
                held.append(record)
        if subject.id in self.with_earlier:
            self._take_earlier(cohort, cohort.records[subject.id])

    def _take_earlier(self, cohort: Cohort, records: Iterable[Record]) -> None:
        first, year = cohort.period.start, cohort.year_start
        for record in records:
            if record.date >= first:
                break
            looked_at = record.leaf in self.earlier or (record.matter is not None and record.leaf in self.recurring)
            if record.date >= year and looked_at:
                self.before.setdefault(record.leaf, []).append(record)

    def add(
        self,
        kind: LineKind,
        node: Indicator,
        units: Units,
        records: tuple[str, ...] = (),
        why: str = "",
        *,
        bonus: bool = False,
    ) -> Units:
        """Writes a line; `bonus` says that what a `cut` takes away is bonus."""
        self.lines.append(Line(kind, node.code, node.article, units, records, why))  # type: ignore[arg-type]
        if kind == "bonus" or bonus:
            self.bonus += units
        elif kind in ("deduction", "absorbed"):
            self.deduction -= units
        return units

    def recall(self, code: str) -> list[tuple[Any, Units]]:
        """What the subject was given under the node in the earlier periods of the year."""
        return self.cohort.recall(self.subject.id, code)

    def flag(self, flags: tuple[str, ...]) -> None:
        self.flags.extend(flags)

    def remark(self, text: str) -> None:
        if text not in self.remarks:
            self.remarks.append(text)
