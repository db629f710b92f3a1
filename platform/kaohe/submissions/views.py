"""What the list and the task list of self-assessments show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from kaohe.clock import today
from kaohe.i18n import _, said
from kaohe.scheme.model import Indicator
from kaohe.submissions.reports import Report
from kaohe.submissions.words import full_points, grouped
from kaohe.submissions.work import Work
from kaohe.web.templating import points


@dataclass(frozen=True, slots=True)
class Mine:
    """A row of the list of what is to be filled in. `state` as a tag names it."""

    id: UUID
    title: str
    subject: str
    period: str
    host: str
    state: str
    claimed: int
    days_left: int | None
    opens: Any
    closes: Any


@dataclass(frozen=True, slots=True)
class MineView:
    rows: list[Mine]
    page: int
    more: bool


def mine_view(rows: Sequence[Any], page: int, most: int) -> MineView:
    return MineView([_mine(row) for row in rows[:most]], page, len(rows) > most)


def _mine(row: Any) -> Mine:
    days = (row.self_assessment_closes - today()).days
    state = row.state if row.state == "filed" else _open_state(row, days)
    left = days if state in {"draft", "not_started", "returned"} else None
    return Mine(row.id, row.notice["title"], row.subject_name, row.notice["period"], row.notice["host"], state,
                row.claimed, left, row.self_assessment_opens, row.self_assessment_closes)  # fmt: skip


def _open_state(row: Any, days: int) -> str:
    if row.return_reason:
        return "returned"
    if today() < row.self_assessment_opens:
        return "scheduled"
    if days < 0:
        return "closed"
    return "draft" if row.claimed else "not_started"


@dataclass(frozen=True, slots=True)
class LeafRow:
    code: str
    title: str
    article: str
    claimed: str | None
    full: str
    state: str
    files: int
    hint: str


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    note: str
    rows: list[LeafRow]


@dataclass(frozen=True, slots=True)
class TasksView:
    work: Work
    groups: list[Group]
    total: str
    next_code: str
    reports: list[Report]
    may_file: bool


def tasks_view(work: Work, reports: list[Report], *, may_file: bool) -> TasksView:
    left = [leaf.code for leaf in work.leaves if leaf.code in work.open_problems]
    total = claimed_total(work)
    return TasksView(work, [_group(work, title, leaves) for title, leaves in grouped(work)], total,
                     left[0] if left else "", reports, may_file)  # fmt: skip


def claimed_total(work: Work) -> str:
    return _("{points} 分").format(points=points(work.sheet.total)) if work.sheet else "—"


def claimed_note(work: Work, top: Indicator) -> str:
    """「自评 3.00 分 / 30」 of one item; '' where it has no points."""
    item = work.sheet.items.get(top.code) if work.sheet else None
    if item is None:
        return ""
    full = full_points(work, top)
    claimed: str = _("自评 {points} 分").format(points=points(item))
    return f"{claimed} / {full}" if full else claimed


def _group(work: Work, top: Indicator, leaves: list[Indicator]) -> Group:
    return Group(said(top.title), claimed_note(work, top), [_leaf_row(work, leaf) for leaf in leaves])


def _leaf_row(work: Work, leaf: Indicator) -> LeafRow:
    claimed = work.points(leaf)
    state: str = work.state(leaf)
    problems = work.open_problems.get(leaf.code, [])
    hint = problems[0].message if problems and state == "draft" else ""
    if state == "not_started" and not work.owes(leaf):
        state = "optional"
    return LeafRow(leaf.code, said(leaf.title), leaf.article, None if claimed is None else points(claimed),
                   full_points(work, leaf), state, len(work.files(leaf)), hint)  # fmt: skip
