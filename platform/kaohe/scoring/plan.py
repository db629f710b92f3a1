"""A scheme with its parameters, compiled once for a kind and period, then run for each subject."""

from __future__ import annotations

from fractions import Fraction

from msgspec import Struct

from kaohe.scheme.formula import Formula, round_half_up
from kaohe.scheme.model import Indicator, Stage
from kaohe.scoring.cohort import Cohort
from kaohe.scoring.environment import SheetEnvironment, group_of
from kaohe.scoring.facts import Subject
from kaohe.scoring.points import POINT, Units, rounded, text, whole
from kaohe.scoring.rules import acquaint, build
from kaohe.scoring.rules.branches import Weighted, run_node
from kaohe.scoring.rules.node import Node, Setting
from kaohe.scoring.sheets import Line, Sheet
from kaohe.scoring.work import Work

PEERS = {"peers_mean", "peers_rank", "peers_count", "best", "worst"}


class Idle(Struct):
    """What an item gives a subject of whom nothing is recorded; shared by all such sheets."""

    units: int
    lines: list[Line]
    missing: list[str]
    remarks: list[str]
    flags: list[str]
    bonus: Units
    deduction: Units
    parts: dict[str, Units]


class Plan:
    """`passes` is above 1 where items look at what peers got for others."""

    def __init__(self, cohort: Cohort, kind: str) -> None:
        self.cohort, self.kind = cohort, kind
        self.scheme = cohort.scheme
        self.work = Work(cohort)
        setting = Setting(self.work, kind)
        self.names: SheetEnvironment = setting.names
        specs = cohort.scheme.indicators
        self.nodes = [node for spec in specs if (node := build(spec, setting)) is not None]
        acquaint(self.nodes)
        _relate(self.nodes)
        self.items_of = self._items_of()
        self.second = [i for i, node in enumerate(self.nodes) if calls(node.spec) & PEERS]
        self.passes = 1 + len(self.second)
        self.limits = [(i, n) for i, n in enumerate(self.nodes) if n.spec.at_most]
        self.stages = [s for s in self.scheme.stages if not s.kinds or kind in s.kinds]
        self.group = cohort.scheme.kind(kind).group
        self.idle = [None if node.dynamic else self._idle(node) for node in self.nodes]

    def _items_of(self) -> dict[str, tuple[int, ...]]:
        found: dict[str, tuple[int, ...]] = {}
        for index, node in enumerate(self.nodes):
            for code in set(node.codes):
                found[code] = (*found.get(code, ()), index)
        return found

    def _idle(self, node: Node) -> Idle:
        work = self.work
        work.reset(Subject(id="", kind=self.kind))
        units = run_node(node, work)
        given = self._close(node, units, work.lines)
        return Idle(
            given,
            work.lines,
            work.missing,
            work.remarks,
            work.flags,
            work.bonus,
            work.deduction,
            work.parts,
        )

    def sheet(self, subject: Subject, skip: list[int]) -> Sheet:
        """`skip`: items whose turn has not come in this pass."""
        work = self.work
        work.take(subject)
        touched: set[int] = set()
        for held in (work.now, work.before):
            for leaf in held:
                touched.update(self.items_of.get(leaf, ()))
        given: list[Units] = []
        lines: list[list[Line]] = []
        for index, node in enumerate(self.nodes):
            idle = self.idle[index]
            if idle is not None and index not in touched:
                given.append(_reuse(idle, work))
                lines.append(idle.lines)
            elif index in skip:
                given.append(0)
                lines.append([])
            else:
                work.lines = []
                given.append(run_node(node, work))
                lines.append(work.lines)
        if self.limits:
            self._limit(given, lines)
        return self._finish(subject, given, lines)

    def _limit(self, given: list[Units], lines: list[list[Line]]) -> None:
        """A deduction at most what the other branch gave."""
        work = self.work
        for index, node in self.limits:
            bound = work.parts.get(node.spec.at_most or "", 0)
            excess = -given[index] - bound
            if excess > 0:
                work.lines = lines[index] = list(lines[index])
                why = f"扣分以加分 {text(bound)} 为限"
                given[index] += work.add("absorbed", node.spec, excess, (), why)

    def _finish(self, subject: Subject, given: list[Units], lines: list[list[Line]]) -> Sheet:
        work = self.work
        items: dict[str, int] = {}
        all_lines: list[Line] = []
        for node, units, mine in zip(self.nodes, given, lines, strict=True):
            if node.spec.item:
                items[node.code] = self._close(node, units, mine)
                all_lines += mine
        sheet = Sheet(
            subject.id,
            subject.kind,
            subject.name,
            subject.kind if self.group is None else group_of(self.cohort, subject),
            items,
            sum(items.values()),
            rounded(work.bonus),
            rounded(work.deduction),
            flags=sorted(set(work.flags)) if work.flags else [],
            missing=sorted(set(work.missing)) if work.missing else [],
            remarks=work.remarks,
            lines=all_lines,
        )
        self._bound(sheet)
        if self.stages:
            self._exit(sheet)
        return sheet

    def _close(self, node: Node, units: Units, lines: list[Line]) -> int:
        """Rounds an item and makes its shown lines add up to it."""
        item = rounded(units, self.scheme.item_places)
        if item == units and type(units) is int:
            return item
        shown = 0
        for line in lines:
            if type(line.units) is not int:
                line.units = round_half_up(line.units)
            shown += line.units
        if shown != item:
            lines.append(Line("adjust", node.code, node.spec.article, item - shown, (), "舍入"))
        return item

    def _bound(self, sheet: Sheet) -> None:
        """A scheme may set a floor or a cap to the total."""
        low, high = self._total(self.scheme.total_floor), self._total(self.scheme.total_cap)
        if low is not None and sheet.total_units < low:
            self._set_total(sheet, low, f"总分不低于 {text(low)}")
        if high is not None and sheet.total_units > high:
            self._set_total(sheet, high, f"总分不高于 {text(high)}")

    def _total(self, formula: Formula | None) -> int | None:
        if formula is None:
            return None
        value = formula(self.names)
        return None if value is None else rounded(whole(Fraction(value) * POINT))

    def _set_total(self, sheet: Sheet, total: int, why: str) -> None:
        node = next(node for node in reversed(self.nodes) if node.spec.item)
        change = total - sheet.total_units
        sheet.lines.append(Line("adjust", node.code, node.spec.article, change, (), why))
        sheet.item_units[node.code] += change
        sheet.total_units = total

    def _exit(self, sheet: Sheet) -> None:
        for stage in self.stages:
            if stage.when.holds(self.names):
                self._end(sheet, stage)
                return

    def _end(self, sheet: Sheet, stage: Stage) -> None:
        """A status with a fixed total, or without any score."""
        sheet.status = stage.status
        sheet.flags = sorted({*sheet.flags, *stage.flags})
        total = self._total(stage.total)
        if total is not None:
            self._set_total(sheet, total, stage.status)
            return
        sheet.item_units, sheet.lines = {}, []
        sheet.total_units = sheet.bonus_units = sheet.deduction_units = 0


def _reuse(idle: Idle, work: Work) -> int:
    if idle.missing:
        work.missing += idle.missing
    if idle.remarks:
        work.remarks += idle.remarks
    if idle.flags:
        work.flags += idle.flags
    if idle.bonus:
        work.bonus += idle.bonus
    if idle.deduction:
        work.deduction += idle.deduction
    work.parts.update(idle.parts)
    return idle.units


def _relate(nodes: list[Node]) -> None:
    weighted = [node for node in nodes if isinstance(node, Weighted)]
    for node in weighted:
        node.siblings = weighted


def calls(spec: Indicator) -> set[str]:
    """The functions that formulas anywhere under the node call."""
    formulas = [spec.formula, spec.value, spec.stand_in, spec.target, spec.only_when]
    formulas += [spec.coefficient, *(effect.when for effect in spec.effects)]
    found = {name for formula in formulas if formula is not None for name, _ in formula.calls}
    return found.union(*(calls(child) for child in spec.children))
