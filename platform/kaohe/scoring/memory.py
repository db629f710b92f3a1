"""Equal records give equal sheets: what a subject got is told again of the next of whom the same is recorded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from msgspec import Struct

from kaohe.scheme.formula import Formula, NoData
from kaohe.scheme.model import Indicator
from kaohe.scheme.periods import WINDOWS, PeriodType
from kaohe.scoring.cohort import Cohort
from kaohe.scoring.environment import SheetEnvironment
from kaohe.scoring.facts import Record, Subject
from kaohe.scoring.rules.branches import events_of
from kaohe.scoring.rules.node import PARENTS, Node, formulas
from kaohe.scoring.sheets import Line, Sheet

COUNTING = {"count", "records"}  # see of a record no more than stands in a key
MEAN = "children_mean"
FAMILY = PARENTS | {MEAN}


class Likeness(Struct, frozen=True):
    """A sheet to copy. `named`: its lines that name records, each with its place and theirs among the subject's."""

    sheet: Sheet
    named: list[tuple[int, tuple[int, ...], Line]]

    @classmethod
    def of(cls, sheet: Sheet, records: Sequence[Record]) -> Likeness:
        place = {record.id: index for index, record in enumerate(records)}
        lines = enumerate(sheet.lines)
        return cls(sheet, [(i, tuple(place[one] for one in line.records), line) for i, line in lines if line.records])

    def again(self, subject: Subject, group: str, records: Sequence[Record]) -> Sheet:
        """Of another subject; lines that name no record are shared."""
        like = self.sheet
        lines = like.lines.copy()
        for index, places, line in self.named:
            ids = (records[places[0]].id,) if len(places) == 1 else tuple([records[place].id for place in places])
            lines[index] = Line(line.kind, line.leaf, line.article, line.units, ids, line.why)
        return Sheet(
            subject.id, subject.kind, subject.name, group, like.item_units.copy(),
            like.total_units, like.bonus_units, like.deduction_units,
            flags=like.flags.copy(), missing=like.missing.copy(), remarks=like.remarks.copy(), lines=lines,
        )  # fmt: skip


class Memory:
    """The likenesses of one kind and period; the months of a longer period have them together.

    `steady` leaves give the same for records of equal leaf, level, amount and count, on whatever day of the period and
    beside whatever else; a record under another leaf, or with a matter, makes its subject's sheet one of its own.
    `means`: what is asked of the children, each as the item and what weighs it.
    """

    def __init__(self, cohort: Cohort, kind: str, names: SheetEnvironment, nodes: Sequence[Node]) -> None:
        self.work, self.names = names.work, names
        self.kin = [leaf for node in nodes for leaf in node.kin]
        self.kin_formulas = [leaf.spec.value for leaf in self.kin]
        self.means = sorted({asked for node in nodes for asked in _means(node)}, key=str)
        self.steady = steady_leaves(nodes, cohort.period.type)
        self.said: dict[str | None, Any] = {}
        self.known: dict[Any, Likeness]
        self.numbers: dict[Any, int]  # of equal records
        self.known, self.numbers = cohort.likenesses.setdefault(kind, ({}, {}))
        self.in_order = cohort.with_lines
        self.earlier = names.work.with_earlier

    @staticmethod
    def suits(nodes: Sequence[Node]) -> bool:
        """Where no item looks further than at the subject's records, at what the parent says in a `kin` leaf and at the
        means of its children."""
        kin = {leaf.spec.value for node in nodes for leaf in node.kin}
        return all(
            node.outside <= FAMILY
            and all(formula in kin or node.is_about(formula, {MEAN}) for formula in formulas_under(node.spec))
            and _is_known(node)
            for node in nodes
        )

    def key(self, subject: Subject, records: Sequence[Record]) -> Any:
        """All that decides about the sheet; None where more than this does. Only lines tell in which order records came."""
        steady, numbers = self.steady, self.numbers
        found: list[Any] = []
        for record in records:
            if record.matter is not None or record.leaf not in steady:
                return None
            same = (record.leaf, record.level, record.amount, record.count)
            found.append(numbers.setdefault(same, len(numbers)))
        if not self.in_order:
            found.sort()
        if subject.id in self.earlier:
            return None
        if self.kin:
            said = self.said.get(subject.parent)
            found.append(self._ask(subject) if said is None else said)
        if self.means and not self._told(subject, found):
            return None
        return tuple(found)

    def _told(self, subject: Subject, found: list[Any]) -> bool:
        """Adds what the children come to; what cannot be asked is told where the item itself asks."""
        self.work.subject = subject
        try:
            found += [self.names.children_total(*asked) for asked in self.means]
        except (NoData, LookupError, TypeError):
            return False
        return True

    def _ask(self, subject: Subject) -> Any:
        """What the parent says, the same to all its children."""
        self.work.subject = subject
        said = self.said[subject.parent] = tuple([leaf.of_siblings(self.work) for leaf in self.kin])
        return said


def _means(node: Node) -> list[tuple[Any, ...]]:
    calls = (call for formula in formulas_under(node.spec) for call in formula.calls)
    return [arguments for name, arguments in calls if name == MEAN]


def _is_known(node: Node) -> bool:
    """Whether what it asks of the children stands in the formula, and is not worked out first."""
    parameters = node.setting.cohort.parameters
    return all(isinstance(each, str) and each not in parameters for asked in _means(node) for each in asked)


def steady_leaves(nodes: Sequence[Node], period: PeriodType) -> frozenset[str]:
    leaves = {event.code for node in nodes for event in events_of(node) if event.steady}
    for formula in (formula for node in nodes for formula in formulas_under(node.spec)):
        for name, arguments in formula.calls:
            if name not in COUNTING or _shorter(arguments, period):
                leaves.difference_update(arguments)
            if None in arguments:
                return frozenset()
    return frozenset(leaves)


def _shorter(arguments: Iterable[object], period: PeriodType) -> bool:
    """A window shorter than the period sees on which days something was."""
    return any(window in WINDOWS and WINDOWS.index(window) < WINDOWS.index(period) for window in arguments)


def formulas_under(spec: Indicator) -> list[Formula]:
    return [*formulas(spec), *(formula for child in spec.children for formula in formulas_under(child))]
