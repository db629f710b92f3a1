"""A scheme with its parameters, compiled once for a kind and period, then run for each subject."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from typing import Any

from msgspec import Struct

from kaohe.scheme.formula import Formula, round_half_up
from kaohe.scheme.model import Indicator
from kaohe.scoring.cohort import NOTHING, Cohort
from kaohe.scoring.ending import Ending
from kaohe.scoring.environment import SheetEnvironment, group_of
from kaohe.scoring.facts import Subject
from kaohe.scoring.memory import Likeness, Memory
from kaohe.scoring.points import Units, rounded, text
from kaohe.scoring.rules import acquaint, build
from kaohe.scoring.rules.around import run_node
from kaohe.scoring.rules.branches import Weighted
from kaohe.scoring.rules.node import Node, Setting, formulas
from kaohe.scoring.sheets import Line, Sheet
from kaohe.scoring.work import Work

PEERS = {"peers_mean", "peers_rank", "peers_count", "best", "worst"}


class Idle(Struct):
    """What an item gives a subject of whom nothing is recorded; shared by all such sheets."""

    units: int
    lines: list[Line]
    work: Work

    def reuse(self, work: Work) -> None:
        """Missing leaves, flags and the like of the item, once more for this subject."""
        work.missing += self.work.missing
        work.flags += self.work.flags
        work.bonus += self.work.bonus
        work.deduction += self.work.deduction
        for remark in self.work.remarks:
            work.remark(remark)


class Row:
    """An item in the order of work; `place` is its place in the tree."""

    __slots__ = ("code", "idle", "is_item", "node", "place", "silent", "skips", "waits")

    def __init__(self, node: Node, place: int, waits: int) -> None:
        self.node, self.code, self.place = node, node.code, place
        self.is_item, self.waits = node.spec.item, waits
        self.idle: Idle | None = None
        self.silent = False  # the idle item says nothing beside its lines
        # One that asks its peers only for a stand-in is itself what they are asked for: it runs in every pass.
        self.skips = waits > 0 and bool(calls(node.spec, _without_stand_in) & PEERS)


class Plan:
    """`passes` is above 1 where items look at what peers got for others."""

    def __init__(self, cohort: Cohort, kind: str, only: Sequence[Indicator] | None = None) -> None:
        self.cohort, self.kind = cohort, kind
        self.scheme = cohort.scheme
        self.step = 10 ** (6 - self.scheme.item_places)
        self.work = Work(cohort)
        setting = Setting(self.work, kind)
        self.names: SheetEnvironment = setting.names
        specs = cohort.scheme.indicators if only is None else only
        built = (build(spec, setting) for spec in specs)
        nodes = [node for node in built if node is not None]
        relate(nodes)
        self.ending = Ending(self.scheme, kind, cohort.period.type, self.names)
        self.ends = only is None and bool(self.ending)  # a part of a sheet is not bounded by itself
        self.group = cohort.scheme.kind(kind).group
        self.rows = self._rows(nodes)
        self.codes = [row.code for row in self.rows if row.is_item]
        self.passes = 1 + max(row.waits for row in self.rows)
        self.places = self._places()
        self.work.look_back(
            frozenset(code for row in self.rows for code in row.node.earlier),
            frozenset(code for row in self.rows for code in row.node.recurring),
        )
        self.recalling = frozenset(code for row in self.rows for code in row.node.recalling)
        alone = not (self.ending or self.recalling or any(row.node.spec.at_most for row in self.rows))
        self.memory = Memory(cohort, kind, setting.names, nodes) if alone and Memory.suits(nodes) else None

    def _rows(self, nodes: list[Node]) -> list[Row]:
        """In the tree's order, but a limited item after the one that limits it."""
        rows, waiting = [], 0
        for place, node in enumerate(nodes):
            peers = bool(calls(node.spec) & PEERS)
            waiting += peers
            row = Row(node, place, waiting if peers else 0)
            if not node.outside and not node.spec.at_most:
                row.idle = self._idle(node)
                told = row.idle.work
                row.silent = not (told.missing or told.flags or told.remarks)
                row.silent = row.silent and not (told.bonus or told.deduction)
            rows.append(row)
        return sorted(rows, key=lambda row: (row.node.spec.at_most is not None, row.place))

    def _places(self) -> dict[str, tuple[int, ...]]:
        """Where in `rows` a leaf's records matter."""
        found: dict[str, tuple[int, ...]] = {}
        for index, row in enumerate(self.rows):
            for code in set(row.node.codes):
                found[code] = (*found.get(code, ()), index)
        return found

    def kin_of(self, subject: Subject, items: Set[str]) -> Any:
        """Subjects of whom these items have no records get the same of them where this is the same; None: nobody knows."""
        if self.memory is not None and not self.memory.means:
            return self.memory.said.get(subject.parent) if self.memory.kin else ()
        return () if all(row.idle for row in self.rows if row.code in items) else None

    def outcome(self, subject: Subject, items: Set[str]) -> Any:
        """What these items give and leave."""
        work = self.work
        work.take(subject)
        units = [self._item(row.node, work) for row in self.rows if row.code in items]
        return units, work.bonus, work.deduction, work.flags, work.missing, work.remarks

    def watched_by(self, items: Set[str]) -> set[str]:
        """The leaves whose records matter to these items."""
        return {code for code, places in self.places.items() if any(self.rows[n].code in items for n in places)}

    def sees(self, subject: Subject, leaves: Set[str]) -> bool:
        """Whether something is recorded of the subject under the leaves, or was earlier in the year."""
        records = self.cohort.now.get(subject.id, NOTHING)
        return subject.id in self.work.with_earlier or any(record.leaf in leaves for record in records)

    def _idle(self, node: Node) -> Idle:
        work = Work(self.cohort)
        work.reset(Subject(id="", kind=self.kind))
        units = run_node(node, work)
        return Idle(self._close(node, units, work.lines), work.lines, work)

    def sheet(self, subject: Subject, number: int = 0, given: Mapping[str, int] | None = None) -> Sheet:
        """`number` is the pass; items that wait for a later one give 0. `given`: items that were made elsewhere."""
        if self.memory is None or given:
            return self._make(subject, number, given)
        records = self.cohort.now.get(subject.id, NOTHING)
        key = self.memory.key(subject, records)
        if key is None:
            return self._make(subject, number)
        like = self.memory.known.get(key)
        if like is not None:
            return like.sheet if self.cohort.shares else like.again(subject, self._group(subject), records)
        sheet = self._make(subject, number)
        self.memory.known[key] = Likeness.of(sheet, records)
        return sheet

    def _make(self, subject: Subject, number: int, given: Mapping[str, int] | None = None) -> Sheet:
        work = self.work
        work.take(subject)
        if given:
            work.parts.update(given)
        touched = self._touched(work)
        items: dict[str, int] = dict.fromkeys(self.codes, 0)
        parts: list[list[Line]] = [[]] * len(self.rows)
        for index, row in enumerate(self.rows):
            idle = row.idle
            if idle is not None and index not in touched:
                units, lines = idle.units, idle.lines
                work.parts[row.code] = units
                if not row.silent:
                    idle.reuse(work)
            elif row.skips and row.waits > number:
                continue
            else:
                work.lines = lines = []
                units = work.parts[row.code] = self._item(row.node, work)
            if row.is_item:
                items[row.code] = units
                parts[row.place] = lines
        if self.recalling:
            self._remember(subject, work)
        with_lines = self.cohort.with_lines
        return self._finish(subject, items, [line for lines in parts for line in lines] if with_lines else [])

    def _remember(self, subject: Subject, work: Work) -> None:
        """For the caps of later periods: what was given up to here."""
        found = {code: work.dated.get(code) or work.recall(code) for code in self.recalling}
        self.cohort.recalled[subject.id] = found

    def _touched(self, work: Work) -> set[int]:
        places = self.places
        touched: set[int] = set()
        for held in (work.now, work.before):
            for leaf in held:
                touched.update(places.get(leaf, ()))
        return touched

    def _item(self, node: Node, work: Work) -> int:
        units = run_node(node, work)
        if node.spec.at_most:
            units += self._limit(node, work, units)
        if type(units) is int and units % self.step == 0:
            return units
        return self._close(node, units, work.lines)

    def _limit(self, node: Node, work: Work, units: Units) -> Units:
        """A deduction at most what the other branch gave."""
        bound = work.parts.get(node.spec.at_most or "", 0)
        if -units <= bound:
            return 0
        why = f"扣分以加分 {text(bound)} 为限"
        return work.add("absorbed", node.spec, -units - bound, (), why)

    def _finish(self, subject: Subject, items: dict[str, int], lines: list[Line]) -> Sheet:
        work = self.work
        sheet = Sheet(
            subject.id,
            subject.kind,
            subject.name,
            self._group(subject),
            items,
            sum(items.values()),
            rounded(work.bonus),
            rounded(work.deduction),
            flags=sorted(set(work.flags)) if work.flags else [],
            missing=sorted(set(work.missing)) if work.missing else [],
            remarks=work.remarks,
            lines=lines,
        )
        if self.ends:
            self.ending.close(sheet)
        return sheet

    def _close(self, node: Node, units: Units, lines: list[Line]) -> int:
        """Rounds an item and makes its shown lines add up to it."""
        item, shown = rounded(units, self.scheme.item_places), 0
        for line in lines:
            if type(line.units) is not int:
                line.units = round_half_up(line.units)
            shown += line.units
        if shown != item:
            lines.append(Line("adjust", node.code, node.spec.article, item - shown, (), "舍入"))
        return item

    def _group(self, subject: Subject) -> str:
        return subject.kind if self.group is None else group_of(self.cohort, subject)


def passes(plan: Plan, members: Sequence[Subject], given: Mapping[str, Mapping[str, int]] | None = None) -> list[Sheet]:
    """Items that look at peers' parts wait for the pass in which these are known; `given` are known before."""
    if plan.passes == 1 and not given:
        return [plan.sheet(subject) for subject in members]
    known = given or {}
    _tell(plan.cohort, known)
    sheets: list[Sheet] = []
    for number in range(plan.passes):
        sheets, parts = [], {}
        for subject in members:
            sheets.append(plan.sheet(subject, number, known.get(subject.id)))
            parts[subject.id] = {code: part for code, part in plan.work.parts.items() if code not in plan.work.missing}
        _tell(plan.cohort, parts)
    return sheets


def _tell(cohort: Cohort, parts: Mapping[str, Mapping[str, Units]]) -> None:
    """What the peers' functions are asked for; what was worked out from less is forgotten."""
    memo = cohort.memo
    for key in [key for key in memo if key[0] == "peers"]:
        del memo[key]
    memo.update({("parts", subject): mine for subject, mine in parts.items()})


def relate(nodes: list[Node]) -> None:
    """Nodes that work together learn of one another."""
    acquaint(nodes)
    weighted = [node for node in nodes if isinstance(node, Weighted)]
    for node in weighted:
        node.siblings = weighted


def calls(spec: Indicator, of: Callable[[Indicator], list[Formula]] = formulas) -> set[str]:
    """The functions that formulas anywhere under the node call."""
    found = {name for formula in of(spec) for name, _ in formula.calls}
    return found.union(*(calls(child, of) for child in spec.children))


def _without_stand_in(spec: Indicator) -> list[Formula]:
    return [formula for formula in formulas(spec) if formula is not spec.stand_in]
