"""What the pages of followups show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from sqlalchemy import Row

from kaohe.followups.models import RECTIFY, TO_ACT
from kaohe.followups.queries import PAGE, Filter
from kaohe.i18n import _, said
from kaohe.scheme.titles import Text

# Causes that are every result's, not a word for people.
_WHOLE = {"result", "ranking", "month-result"}


@dataclass(frozen=True, slots=True)
class Line:
    """`status` is a known tag, `label` its word where the state says more; `days` until it is due, None where nobody
    waits; `remark` where a later release no longer calls for what was done."""

    id: UUID
    version: int
    title: str
    cause: str
    cycle: str
    subject: str
    group: str
    actor: str
    article: str
    due: date | None
    days: int | None
    status: str
    label: str | None
    outcome: str
    document: str
    settled_on: date | None
    to_act: bool
    remark: str


def line(row: Row[Any], day: date) -> Line:
    waited = row.due is not None and row.state in ("open", "returned")
    status, label = status_of(row)
    return Line(
        row.id, row.version, words(row.title), _cause(row), row.cycle_title,
        row.subject_name, row.group_name, words(row.actor), row.article, row.due,
        (row.due - day).days if waited else None, status, label, row.outcome, row.document, row.settled_on,
        row.state in TO_ACT, "" if row.follows else _("更正后的结果不再有这一项"),
    )  # fmt: skip


def _cause(row: Row[Any]) -> str:
    """'' where the consequence itself says it, or everybody has it."""
    cause = words(row.cause_title)
    return "" if row.cause in _WHOLE or cause == words(row.title) else cause


def words(title: Mapping[str, str]) -> str:
    return said(Text(title["zh"], title["en"]))


def status_of(row: Row[Any]) -> tuple[str, str | None]:
    if row.state == "open":
        return "to_act", _("待整改") if row.action == RECTIFY else None
    if row.state == "withdrawn":
        return "withdrawn", _("撤回")
    if row.state in ("filed", "returned"):
        return row.state, _("待验收") if row.state == "filed" else _("退回重改")
    return row.state, _("已整改") if row.state == "done" and row.action == RECTIFY else None


@dataclass(frozen=True, slots=True)
class ListPage:
    """`tabs`: an office with something of its own to see to besides. `may_act`: rows can be chosen."""

    lines: Sequence[Line]
    counts: Row[Any]
    cycles: Sequence[tuple[str, str]]
    chosen: Filter
    office: bool
    may_act: bool
    tabs: bool
    total: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))

    @property
    def states(self) -> list[tuple[str, str]]:
        return [("", _("要办的")), ("late", _("逾期的")), ("filed", _("待验收的")), ("done", _("已办的")),
                 ("waived", _("不办的")), ("withdrawn", _("撤回的")), ("all", _("全部"))]  # fmt: skip

    def href(self, **changes: Any) -> str:
        chosen = {"cycle": self.chosen.cycle_id or "", "only": self.chosen.only,
                  "show": "received" if self.chosen.received else "", **changes}  # fmt: skip
        return "?" + urlencode({name: value for name, value in chosen.items() if value})


@dataclass(frozen=True, slots=True)
class Act:
    words: str
    who: str
    note: str
    due: date | None
    at: datetime
    files: Sequence[tuple[str, str]]


def act(row: Row[Any], *, host: bool) -> Act:
    """`files`: (id, name); the id is empty where the file is not this side's."""
    said_as = {
        "due_set": _("定期限"), "filed": _("交整改报告"), "returned": _("退回重改"), "done": _("办结"), "waived": _("不办"),
        "reopened": _("重新办理"), "reminded": _("催办"),
        "withdrawn": _("随结果更正撤回"), "resumed": _("随结果更正恢复"), "kept": _("结果更正"),
    }  # fmt: skip
    files = [((own if host else origin) or "", name) for own, origin, name in row.files or ()]
    return Act(said_as[row.action], row.person_name, row.note, row.due, row.acted_at, files)


@dataclass(frozen=True, slots=True)
class FollowupPage:
    """`row` as stored, `report` the last that was handed in; what each `may_…` allows, the pages refuse once more."""

    row: Row[Any]
    line: Line
    acts: Sequence[Act]
    host: bool
    may_settle: bool
    may_return: bool
    may_set_due: bool
    may_reopen: bool
    may_report: bool
    report: Act | None
    sheet: str
    files: Sequence[Any] = ()


@dataclass(frozen=True, slots=True)
class SettlePage:
    lines: Sequence[Line]
    today: date
    files: Sequence[Any] = ()
    back: str = "/followups"
