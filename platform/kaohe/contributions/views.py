"""What the pages of contributions show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from kaohe.catalogue.entries import EntryRow, entry_words
from kaohe.contributions.access import Reader
from kaohe.contributions.models import ContributionAct
from kaohe.contributions.place import Standing
from kaohe.contributions.telling import number_words
from kaohe.i18n import _, said
from kaohe.records.service import number_words as record_number
from kaohe.scheme.model import Scheme


@dataclass(frozen=True, slots=True)
class Line:
    """`status` is a known tag, `label` its word where the step says more."""

    id: UUID
    number: str
    title: str
    way: str
    unit: str
    author: str
    status: str
    label: str | None
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class ListPage:
    lines: Sequence[Line]
    show: str
    total: int
    page: int
    pages: int
    may_begin: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """A way that may be begun."""

    scheme_id: str
    scheme: str
    way_id: str
    way: str
    first: str
    subjects: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class WritePage:
    """`row` is None where the measures are recorded already, or the way records nothing; `files`: (id, name) kept.
    `next_step`: what sending it off leads to, '' where the text is only edited."""

    heading: str
    unit: str
    way: str
    action: str
    back: str
    title: str
    body: str
    version: int
    row: EntryRow | None
    files: Sequence[Any]
    takes_files: bool
    next_step: str
    returned: str


@dataclass(frozen=True, slots=True)
class RecordLine:
    id: UUID
    number: str
    title: str
    words: str
    day: date
    reversed: bool


@dataclass(frozen=True, slots=True)
class Act:
    words: str
    note: str
    who: str
    at: datetime
    before: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class ContributionPage:
    line: Line
    body: str
    scheme: str
    words: str
    created_at: datetime
    version: int
    steps: Sequence[str]
    at: int
    step: str
    holders: Sequence[str]
    waiting: bool
    may_pass: bool
    may_send_back: bool
    may_write: bool
    may_withdraw: bool
    adds: Sequence[tuple[str, str]]
    acts: Sequence[Act]
    records: Sequence[RecordLine]
    files: Sequence[Any]


@dataclass(frozen=True, slots=True)
class AddPage:
    line: Line
    heading: str
    clause: str
    proof: str
    row: EntryRow
    day: str
    today: date
    action: str
    files: Sequence[Any]


def line(row: Any, scheme: Scheme | None) -> Line:
    """Of a row of the list or a whole contribution. A way that is gone is shown by its id."""
    way = next((one for one in scheme.ways if one.id == row.way), None) if scheme else None
    step = next((one for one in way.steps if one.id == row.step), None) if way else None
    status, label = {"waiting": ("in_progress", said(step.title) if step else row.step),
                     "done": ("complete", _("已办结"))}.get(row.state, (row.state, None))  # fmt: skip
    return Line(row.id, number_words(row.number), row.title, said(way.title) if way else row.way, row.subject_name,
                row.author_name, status, label, row.changed_at)  # fmt: skip


def contribution_page(
    place: Standing, person: Reader, acts: Sequence[ContributionAct], records: Sequence[Any], files: Sequence[Any],
    holders: Sequence[str], units: Mapping[str, str],
) -> ContributionPage:  # fmt: skip
    row, step, leaf = place.row, place.step, place.way.recorded(place.row.subject_kind)
    words = entry_words(place.scheme.leaves[leaf], row.entry, units=units) if leaf and row.entry.get("fields") else ""
    drafting = place.index == 0
    return ContributionPage(
        line(row, place.scheme), row.body, said(place.scheme.title), words, row.created_at, row.version,
        [said(one.title) for one in place.steps], min(place.index + 1, len(place.steps)) if row.state != "done" else 99,
        said(step.title) if step else "", holders, row.state == "waiting",
        may_pass=place.may_act(person) and not drafting, may_send_back=place.may_send_back(person),
        may_write=place.may_write(person), may_withdraw=place.may_withdraw(person),
        adds=[(one.leaf, said(one.title)) for one in place.may_add(person)], acts=[_act(act) for act in acts],
        records=[_record(one, place.scheme, units) for one in records], files=files,
    )  # fmt: skip


def _act(act: ContributionAct) -> Act:
    words = {
        "passed": act.title,
        "edited": _("{step}：修改文字").format(step=act.title),
        "returned": _("{step}：退回").format(step=act.title),
        "withdrawn": _("撤回"),
        "added": act.title,
    }[act.action]
    before = (act.before["title"], act.before["body"]) if act.before else None
    return Act(words, act.note, act.person_name, act.acted_at, before)


def _record(one: Any, scheme: Scheme, units: Mapping[str, str]) -> RecordLine:
    leaf = scheme.leaves[one.leaf]
    entry = {"level": one.level, "fields": one.fields}
    words = entry_words(leaf, {name: value for name, value in entry.items() if value}, scheme=scheme, units=units)
    return RecordLine(
        one.id, record_number(one.number), said(leaf.title), words, one.date, one.reversed_by_id is not None
    )
