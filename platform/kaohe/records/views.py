"""What the pages of daily records show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from kaohe.catalogue.entries import EntryRow
from kaohe.records.clauses import Group


@dataclass(frozen=True, slots=True)
class SubjectPick:
    search: str
    recent: Sequence[Any]
    found: Sequence[Any]
    more: bool
    kinds: dict[str, str]


@dataclass(frozen=True, slots=True)
class ClausePick:
    subject: Any
    kind: str
    groups: Sequence[Group]


@dataclass(frozen=True, slots=True)
class Photo:
    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class EntryPage:
    """`twin`: the unit's clause that the same event concerns, '' where there is none."""

    subject: Any
    kind: str
    scheme_id: str
    row: EntryRow
    today: date
    day: str
    twin: str
    with_parent: bool
    photos: Sequence[Photo]


@dataclass(frozen=True, slots=True)
class CheckPage:
    """`carried`: (name, value) of the hidden fields; `words` is the entry as it will stand in lists."""

    subject: Any
    kind: str
    title: str
    article: str
    words: str
    day: date
    note: str
    twin: str
    photos: Sequence[Photo]
    reply_until: date
    carried: Sequence[tuple[str, str]]
    query: str


@dataclass(frozen=True, slots=True)
class Line:
    """One record in a list. `matter`: as somebody wrote it."""

    id: UUID
    number: str
    subject: str
    title: str
    article: str
    words: str
    matter: str
    note: str
    day: date
    state: str
    who: str
    replies: int
    photos: int


@dataclass(frozen=True, slots=True)
class ListPage:
    """`office`: sees everything and may filter by subject; `reverse` and `received` say what else is offered."""

    lines: Sequence[Line]
    total: int
    page: int
    pages: int
    filters: dict[str, str]
    query: str
    clauses: Sequence[tuple[str, str]]
    office: bool
    may_write: bool
    may_import: bool
    received: bool
    has_ways: bool


@dataclass(frozen=True, slots=True)
class Other:
    """The reversal of a record, or the record that was reversed."""

    id: UUID
    number: str
    reason: str
    who: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RecordPage:
    line: Line
    scheme: str
    entered_at: datetime
    source: str
    reply_until: date | None
    photos: Sequence[Photo]
    replies: Sequence[Any]
    linked: Sequence[Line]
    reversal: Other | None
    reversed_record: Other | None
    may_reverse: bool
    may_reply: bool
    may_write: bool
    just_made: bool
    again: str


@dataclass(frozen=True, slots=True)
class ImportsPage:
    schemes: Sequence[tuple[str, str]]
    imports: Sequence[Any]


@dataclass(frozen=True, slots=True)
class ImportPage:
    """`rows`: (row, subject, clause, day, entry, note); `counts`: (clause, number, first, last); `problems`: (place, text)."""

    id: UUID
    filename: str
    scheme: str
    state: str
    total: int
    rows: Sequence[Any]
    counts: Sequence[Any]
    problems: Sequence[Any]
    problem_count: int
    sha256: str
    who: str
    at: datetime
    today: date
