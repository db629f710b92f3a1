"""The facts file: who is scored and what was recorded."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from msgspec import Struct

from kaohe.scheme.calendar import Calendar
from kaohe.scheme.periods import Period
from kaohe.scheme.problems import Problem
from kaohe.scoring.points import normal

Done = Literal["full", "partial", "none", "not_applicable"]


class Subject(Struct, kw_only=True, omit_defaults=True, forbid_unknown_fields=True, gc=False):
    active_from: date | None = None
    active_to: date | None = None
    attributes: dict[str, Any] = {}
    id: str
    kind: str
    name: str = ""
    parent: str | None = None

    def is_active(self, period: Period) -> bool:
        return period.overlaps(self.active_from, self.active_to)


class Record(Struct, kw_only=True, omit_defaults=True, forbid_unknown_fields=True, gc=False):
    """Members stand in the order of their names, so that the canonical form needs no sorting.

    A member that was not given is None; `count` then stands for 1.
    """

    amount: Decimal | None = None
    channel: str | None = None
    count: int | None = None
    date: date
    done: str | None = None
    fields: dict[str, Any] | None = None
    id: str = ""
    leaf: str
    level: str | None = None
    matter: str | None = None
    note: str | None = None
    rater: str | None = None
    rating: Decimal | None = None
    subject: str
    target: Decimal | None = None
    value: Decimal | None = None

    def __post_init__(self) -> None:
        if self.amount is not None:
            self.amount = finite(self.amount)
        if self.rating is not None:
            self.rating = finite(self.rating)
        if self.target is not None:
            self.target = finite(self.target)
        if self.value is not None:
            self.value = finite(self.value)


def finite(number: Decimal) -> Decimal:
    """One spelling for one number, so that equal facts have equal digests."""
    if not number.is_finite() or abs(number.adjusted()) > 20 or len(number.as_tuple().digits) > 30:
        raise ValueError("not a number of sensible size")
    return normal(number)


class Facts(Struct, kw_only=True):
    """`unread` are members that could not be read at all: `check` reports them with the rest."""

    scheme: str
    period: str
    parameters: Mapping[str, Any] = {}
    calendar: Calendar = Calendar()
    subjects: list[Subject] = []
    records: list[Record] = []
    unread: tuple[Problem, ...] = ()
