"""What the grading pages show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from kaohe.catalogue.entries import EntryRow, Posted, entry_rows, entry_words
from kaohe.clock import today
from kaohe.errors import FieldProblem
from kaohe.grading.claims import Piece
from kaohe.grading.errors import Theirs
from kaohe.grading.leaves import is_rated
from kaohe.grading.marking import Mark
from kaohe.grading.task import Task, channel_title, closed
from kaohe.i18n import _, said
from kaohe.scheme.formula import plain
from kaohe.scheme.model import Indicator, Scheme
from kaohe.submissions.service import Report
from kaohe.web.templating import moment


@dataclass(frozen=True, slots=True)
class CycleQueue:
    """One cycle of my queue. `next_id`: the assignment to go on with, one begun before one that was filed before the rest."""

    cycle_id: UUID
    title: str
    period: str
    closed: str
    days_left: int | None
    filed: int
    next_id: UUID | None
    rows: list[dict[str, Any]]


def queue(rows: Sequence[Row[Any]], marks: dict[UUID, int], schemes: Mapping[UUID, Scheme]) -> list[CycleQueue]:
    """By cycle; channels that rate one after the other stand apart."""
    groups = groupby(rows, key=lambda row: (row.closes_on, row.cycle_id, row.channel if row.staged else ""))
    return [_cycle(list(group), marks, schemes[key[1]]) for key, group in groups]


def _cycle(rows: list[Row[Any]], marks: dict[UUID, int], scheme: Scheme) -> CycleQueue:
    head = rows[0]
    waiting = sorted(
        (row for row in rows if row.state == "open"),
        key=lambda row: (not marks.get(row.id), row.filing_state != "filed"),
    )
    shown = [
        {"id": row.id, "name": row.subject_name, "group": row.group_name, "channel": channel_title(scheme, row.channel),
         "state": row.state,
         "marks": marks.get(row.id, 0), "filing": row.filing_state, "filed_at": row.filed_at}
        for row in rows
    ]  # fmt: skip
    title = f"{head.cycle} · {channel_title(scheme, head.channel)}" if head.staged else head.cycle
    return CycleQueue(
        head.cycle_id, title, head.period, closed(head.cycle_state, head.opens_on, head.closes_on),
        (head.closes_on - today()).days if head.closes_on else None,
        sum(row.state == "filed" for row in rows), waiting[0].id if waiting else None, shown,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class LeafRow:
    code: str
    title: str
    claim: str
    mark: str
    state: str


@dataclass(frozen=True, slots=True)
class TaskView:
    task: Task
    groups: list[tuple[str, list[LeafRow]]]
    done: int
    total: int
    first_open: str
    reports: list[Report]


def task_view(task: Task, reports: list[Report]) -> TaskView:
    rows = [(branch_title(task.scheme, leaf), _leaf_row(task, leaf)) for leaf in task.leaves]
    groups = [(title, [row for _title, row in group]) for title, group in groupby(rows, key=lambda pair: pair[0])]
    opened = [leaf.code for leaf in task.leaves if not task.is_done(leaf)]
    return TaskView(
        task, groups, len(task.leaves) - len(opened), len(task.leaves), opened[0] if opened else "", reports
    )


def _leaf_row(task: Task, leaf: Indicator) -> LeafRow:
    state = "graded" if task.is_done(leaf) else "owed" if task.owes(leaf) else "optional"
    return LeafRow(leaf.code, said(leaf.title), words(task, leaf, task.claimed(leaf)), mark_words(task, leaf), state)


def branch_title(scheme: Scheme, leaf: Indicator) -> str:
    branch = scheme.branches.get(leaf.parent or "")
    return said(branch.title) if branch else ""


def words(task: Task, leaf: Indicator, entries: Sequence[dict[str, Any]]) -> str:
    return _("；").join(
        entry_words(leaf, entry, scheme=task.scheme, parameters=task.values, units=task.units) for entry in entries
    )


def mark_words(task: Task, leaf: Indicator) -> str:
    if is_rated(leaf):
        mine = task.desk.ratings.get(leaf.code)
        return words(task, leaf, [mine["entry"]]) if mine else ""
    found = task.desk.findings.get(leaf.code)
    return (words(task, leaf, found["entries"]) or _("没有情形")) if found else ""


@dataclass(frozen=True, slots=True)
class Question:
    question: str
    by: str
    due: date
    at: datetime
    answer: str | None
    answered_by: str | None
    answered_at: datetime | None
    files: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class QuestionView:
    """As the party sees it. `files`: what was answered with, each with its own `id` where the reader has a copy;
    `kept`: of a try that was refused."""

    asked: Any
    files: list[tuple[Any, Any]]
    kept: Sequence[Any] = ()


@dataclass(frozen=True, slots=True)
class DeskView:
    """The workbench for one leaf. `stored`: what is saved; `version` 0 where nothing is."""

    task: Task
    leaf: Indicator
    full: str
    rule: str
    rated: bool
    rows: list[EntryRow]
    reason: str
    version: int
    saved: str
    claim: str
    claim_notes: list[str]
    remark: str
    adoptable: bool
    evidence: list[Piece]
    shown: Piece | None
    records: list[dict[str, Any]]
    others: list[dict[str, Any]]
    questions: list[Question]
    number: int
    before: str
    after: str
    due: date

    @property
    def total(self) -> int:
        return len(self.task.leaves)

    @property
    def article(self) -> str:
        return self.task.scheme.articles.get(self.leaf.article, "") or self.task.scheme.regulation


def desk_view(
    task: Task, leaf: Indicator, evidence: list[Piece], records: list[dict[str, Any]], *, show: str = "",
    adopt: bool = False, due: date, posted: Posted | None = None, problems: Sequence[FieldProblem] = (),
) -> DeskView:  # fmt: skip
    codes = [each.code for each in task.leaves]
    place = codes.index(leaf.code)
    claim, form = task.claim(leaf), task.form(leaf)
    entries, reason, version, saved = _stored(task, leaf)
    if adopt and claim:
        entries = claim.entries
    full = leaf.points_for(task.row.subject_kind)
    amount = full(task.values) if full is not None else None
    rows = entry_rows(form, entries, posted=posted, problems=problems)
    if not form.repeats and task.owes(leaf):
        rows = [replace(row, blank=False) for row in rows]
    return DeskView(
        task=task, leaf=leaf, full="" if amount is None else plain(amount), rule=form.rule_words, rated=is_rated(leaf),
        rows=rows, reason=reason, version=version, saved=saved,
        claim=words(task, leaf, claim.entries) if claim else "",
        claim_notes=[entry["note"] for entry in claim.entries if entry.get("note")] if claim else [],
        remark=claim.remark if claim else "", adoptable=bool(claim and claim.entries), evidence=evidence,
        shown=next((piece for piece in evidence if piece.id == show), evidence[0] if evidence else None),
        records=records, others=_others(task, leaf), questions=_questions(task, leaf), number=place + 1,
        before=codes[place - 1] if place else "", after=codes[place + 1] if place + 1 < len(codes) else "", due=due,
    )  # fmt: skip


def _stored(task: Task, leaf: Indicator) -> tuple[list[dict[str, Any]], str, int, str]:
    if is_rated(leaf):
        mine = task.desk.ratings.get(leaf.code)
        return ([mine["entry"]], mine["reason"], 0, "") if mine else ([], "", 0, "")
    found = task.desk.findings.get(leaf.code)
    if not found:
        return [], "", 0, ""
    when = datetime.fromisoformat(found["at"])
    saved = _("{by} 于 {at} 保存（第 {version} 版）").format(by=found["by"], at=moment(when), version=found["version"])
    return found["entries"], found["reason"], found["version"], saved


def _others(task: Task, leaf: Indicator) -> list[dict[str, Any]]:
    return [
        {**other, "channel": channel_title(task.scheme, other["channel"]), "words": words(task, leaf, [other["entry"]])}
        for other in task.desk.others
        if other["leaf"] == leaf.code
    ]


def _questions(task: Task, leaf: Indicator) -> list[Question]:
    return [
        Question(q["question"], q["by"], date.fromisoformat(q["due"]), datetime.fromisoformat(q["at"]), q["answer"],
                 q["answered_by"], datetime.fromisoformat(q["answered_at"]) if q["answered_at"] else None, q["files"])
        for q in task.desk.requests if q["leaf"] == leaf.code
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class ConflictView:
    """`posted`: the fields of my form, to be sent again against their version."""

    task: Task
    leaf: Indicator
    mine: list[tuple[str, str, bool]]
    theirs: list[tuple[str, str, bool]]
    by: str
    at: datetime
    version: int
    posted: list[tuple[str, str]]


def conflict_view(
    task: Task, leaf: Indicator, mark: Mark, theirs: Theirs, posted: list[tuple[str, str]]
) -> ConflictView:
    mine_words, their_words = words(task, leaf, mark.entries), words(task, leaf, theirs.entries)
    sides = [
        [
            (_("认定"), found or _("没有情形"), mine_words != their_words),
            (_("理由"), reason, mark.reason != theirs.reason),
        ]
        for found, reason in ((mine_words, mark.reason), (their_words, theirs.reason))
    ]
    return ConflictView(task, leaf, sides[0], sides[1], theirs.by, theirs.at, theirs.version, posted)
