"""Reading one mark from its form, and whether it may stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import msgspec

from kaohe.catalogue.entries import EntryValues, as_record, label_of, read_entries
from kaohe.errors import FieldProblem, Invalid
from kaohe.grading.leaves import is_rated, same
from kaohe.grading.task import Task
from kaohe.i18n import _
from kaohe.scheme.model import Indicator
from kaohe.scoring import check_record
from kaohe.scoring.facts import Record

MOST_REASON = 500


@dataclass(frozen=True, slots=True)
class Mark:
    """What an assessor says under one leaf. `adopted`: exactly what the party claimed."""

    entries: list[EntryValues]
    reason: str
    adopted: bool


class Posted(Protocol):
    """The page's form."""

    problems: list[FieldProblem]

    def __getitem__(self, name: str, /) -> str: ...
    def __contains__(self, name: str, /) -> bool: ...
    def text(self, name: str, label: str, *, required: bool = ..., max_length: int = ...) -> str: ...
    def boolean(self, name: str) -> bool: ...


def read_mark(task: Task, leaf: Indicator, posted: Posted) -> Mark:
    """Raises Invalid with every problem at its field."""
    claimed = task.claimed(leaf)
    reason = posted.text("reason", _("理由"), required=False, max_length=MOST_REASON)
    if posted.boolean("adopt"):
        entries, places = [_for_grading(leaf, entry) for entry in claimed], ["" for _entry in claimed]
    else:
        read = read_entries(posted, task.form(leaf))
        entries, places = [entry.values for entry in read], [f"e{number}." for number in range(len(read))]
        posted.problems += [problem for entry in read for problem in entry.problems]
    mark = Mark(entries, reason, bool(claimed) and same(entries, claimed))
    if not posted.problems:
        posted.problems += _refused(task, leaf, mark, places)
    if posted.problems:
        raise Invalid(posted.problems)
    return mark


def _for_grading(leaf: Indicator, entry: EntryValues) -> EntryValues:
    return {name: value for name, value in entry.items() if name != "note" or not is_rated(leaf)}


def _refused(task: Task, leaf: Indicator, mark: Mark, places: list[str]) -> Iterator[FieldProblem]:
    if is_rated(leaf) and not mark.entries:
        yield FieldProblem("e0.rating", _("请填写评分"))
    if not mark.reason and (why := needs_reason(task, leaf, mark)):
        yield FieldProblem("reason", why)
        return
    for place, entry in zip(places, mark.entries, strict=True):
        for problem in check_record(task.scheme, task.values, task.subject, record_of(task, leaf, entry, mark.reason)):
            member = problem.place.partition(".")[2] or problem.place
            asked = member != "note" or task.form(leaf).input("note") is not None
            where = place + member if asked else "reason"
            yield FieldProblem(where, f"{label_of(leaf, member) if asked else _('理由')}：{problem.message}")


def record_of(task: Task, leaf: Indicator, entry: EntryValues, reason: str) -> Record:
    """As scoring will see it."""
    record = as_record(leaf, entry, subject=task.subject.id, day=task.row.period_end)
    changes: dict[str, Any] = {"note": record.note or reason or None}
    if is_rated(leaf):
        changes["rater"] = "me"
    if leaf.channels:
        changes["channel"] = task.row.channel
    return msgspec.structs.replace(record, **changes)


def needs_reason(task: Task, leaf: Indicator, mark: Mark) -> str:
    """What the reason is asked for; '' when it may be left out."""
    claimed = task.claimed(leaf)
    if claimed and not mark.adopted:
        return _("与单位申报不一致，请写明理由")
    if not mark.entries:
        return ""
    if leaf.rule.startswith("deduct") and not all(entry.get("note") for entry in mark.entries):
        return _("扣分须写明理由")
    if leaf.note == "required" and not all(entry.get("note") for entry in mark.entries):
        return _("本项须写明理由")
    return ""
