"""One assignment with what is needed to work on it: scheme, subject, desk, and what the party claimed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.catalogue.entries import EntryForm, EntryValues
from kaohe.catalogue.service import scheme_of
from kaohe.clock import today
from kaohe.errors import NotFound
from kaohe.grading import queries
from kaohe.grading.claims import Claim, Filed, filed_by_party
from kaohe.grading.errors import AlreadyFiled, GradingClosed
from kaohe.grading.leaves import form_for, gradable, is_owed, is_rated
from kaohe.i18n import _, said
from kaohe.records.service import unit_names
from kaohe.scheme import periods
from kaohe.scheme.model import Indicator, Scheme
from kaohe.scheme.parameters import Values
from kaohe.scheme.periods import Period
from kaohe.scoring.facts import Subject


@dataclass(frozen=True)
class Task:
    """`row` is the assignment with its cycle and participation (`queries.one`). `units`: names of those that an entry
    may name, by code."""

    row: Row[Any]
    desk: Row[Any]
    filed: Filed
    scheme: Scheme
    units: Mapping[str, str]

    @cached_property
    def values(self) -> Values:
        return self.scheme.resolve_parameters(self.row.parameters)[0]

    @cached_property
    def subject(self) -> Subject:
        row = self.row
        return Subject(id=row.subject_code, kind=row.subject_kind, name=row.subject_name, attributes=row.attributes)

    @cached_property
    def leaves(self) -> list[Indicator]:
        return gradable(self.scheme, self.row.subject_kind, self.row.channel)

    def leaf(self, code: str) -> Indicator:
        """Raises NotFound for a leaf that is not this person's to grade."""
        found = next((leaf for leaf in self.leaves if leaf.code == code), None)
        if found is None:
            raise NotFound
        return found

    def form(self, leaf: Indicator) -> EntryForm:
        return form_for(self.scheme, leaf, self.subject, self.values, self.period.type)

    def claim(self, leaf: Indicator) -> Claim | None:
        return self.filed.claims.get(leaf.code)

    def claimed(self, leaf: Indicator) -> list[EntryValues]:
        claim = self.claim(leaf)
        return claim.entries if claim else []

    def is_done(self, leaf: Indicator) -> bool:
        return leaf.code in (self.desk.ratings if is_rated(leaf) else self.desk.findings)

    def owes(self, leaf: Indicator) -> bool:
        asked = not leaf.asks_nothing(self.row.attributes, self.period.type)
        return asked and is_owed(leaf, bool(self.claimed(leaf))) and not self.is_done(leaf)

    @property
    def channel(self) -> str:
        return channel_title(self.scheme, self.row.channel)

    @property
    def period(self) -> Period:
        return periods.parse(self.row.period, self.scheme.month_starts)

    @cached_property
    def owed(self) -> list[Indicator]:
        """What stands between this assignment and its filing."""
        return [leaf for leaf in self.leaves if self.owes(leaf)]

    @property
    def days_left(self) -> int | None:
        return (self.row.closes_on - today()).days if self.row.closes_on else None

    @property
    def why_closed(self) -> str:
        """Why nothing can be saved now; '' when it can."""
        row = self.row
        if row.state == "filed":
            return _("您已提交这份评分，不能再修改。")
        return closed(row.cycle_state, row.opens_on, row.closes_on)

    def check_open(self) -> None:
        if self.row.state == "filed":
            raise AlreadyFiled
        if self.why_closed:
            raise GradingClosed(self.why_closed)


def channel_title(scheme: Scheme, channel: str) -> str:
    """'' where the scheme has no channels."""
    return next((said(one.title) for one in scheme.channels if one.id == channel), channel)


def closed(state: str, opens_on: date | None, closes_on: date | None) -> str:
    if state != "issued":
        return _("这项考核没有在进行。")
    if opens_on and today() < opens_on:
        return _("评分从 {day} 开始。").format(day=opens_on)
    if closes_on and today() > closes_on:
        return _("评分已于 {day} 截止。").format(day=closes_on)
    return ""


async def open_task(session: AsyncSession, person_id: UUID, assignment_id: UUID, *, lock: bool = False) -> Task:
    """Raises NotFound for another's assignment, and where 回避 left none."""
    row = await queries.one(session, assignment_id, person_id, lock=lock)
    if row is None:
        raise NotFound
    filed = await filed_by_party(session, row.participation_id)
    scheme = (await scheme_of(session, row.scheme_id, row.scheme_version)).under(row.parameters)
    units = await unit_names(session, scheme.leaves.values())
    return Task(row, await queries.desk(session, row), filed, scheme, units)
