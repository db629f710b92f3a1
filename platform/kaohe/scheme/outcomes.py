"""What follows from the points: channels, ranks, grades, honours, awards, flags, the calendar."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from kaohe.scheme.formula import Formula
from kaohe.scheme.periods import PeriodType
from kaohe.scheme.titles import Text

Phase = Literal["self_assessment", "grading", "confirmation"]


class Channel(Struct, frozen=True, forbid_unknown_fields=True):
    """Who rates. Its weight is the parameter `channel_<id>`; `self_rating` False refuses one's own."""

    id: str
    title: Text
    self_rating: bool = True


class Grade(Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    when: Formula | None = None
    min: Formula | None = None
    flags: tuple[str, ...] = ()


class Grading(Struct, frozen=True, forbid_unknown_fields=True):
    """Grades by thresholds, highest first; `parameter` names a map of grade to threshold instead."""

    periods: tuple[PeriodType, ...] = ()
    kinds: tuple[str, ...] = ()
    grades: tuple[Grade, ...] = ()
    parameter: str | None = None
    otherwise: str | None = None
    confirmed: bool = False


class Ranking(Struct, frozen=True, forbid_unknown_fields=True):
    by: Formula = Formula("total")
    periods: tuple[PeriodType, ...] = ()
    minimum: Formula | None = None


class Honour(Struct, frozen=True, forbid_unknown_fields=True):
    """A title under a quota: `ratio` of `base` (default: the group's size), or `count`, or neither.

    `bars` are flags that pass a subject over; `shared` lets a tie at the first place share it;
    `award_points` or money are awards, not honours.
    """

    name: str
    kinds: tuple[str, ...] = ()
    periods: tuple[PeriodType, ...] = ()
    ratio: Formula | None = None
    base: Formula | None = None
    count: Formula | None = None
    by: Formula | None = None
    when: Formula | None = None
    bars: tuple[str, ...] = ()
    shared: bool = False
    confirmed: bool = True
    decision: bool = False


class Award(Struct, frozen=True, forbid_unknown_fields=True):
    """A sum handed on. Money shows only when `when` holds; points are listed even when 0."""

    name: str
    amount: Formula
    unit: Literal["元", "分"] = "分"
    when: Formula | None = None
    kinds: tuple[str, ...] = ()
    periods: tuple[PeriodType, ...] = ()


class FlagRule(Struct, frozen=True, forbid_unknown_fields=True):
    flag: str
    when: Formula
    kinds: tuple[str, ...] = ()
    periods: tuple[PeriodType, ...] = ()
    remark: str = ""


class Stage(Struct, frozen=True, forbid_unknown_fields=True):
    """An early exit: where `when` holds the sheet ends with this status and, if given, this total.

    Of the periods named; without any, of those that are not averaged from shorter ones.
    """

    status: str
    when: Formula
    total: Formula | None = None
    flags: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    periods: tuple[PeriodType, ...] = ()


class Round(Struct, frozen=True, forbid_unknown_fields=True):
    """A step that the regulation sets in the calendar (`month` 1-12), for cycles of these `periods` (default: all).

    `phase`: the part of a cycle that begins in this month. `report`: by the end of the month (without one: before the
    assessment) each participant hands in a report.
    """

    id: str
    title: Text
    month: int | None = None
    article: str = ""
    phase: Phase | None = None
    report: bool = False
    periods: tuple[PeriodType, ...] = ()


class Demands(Struct, frozen=True, forbid_unknown_fields=True):
    """`scope`: a cycle is 普遍 over all subjects or 重点 over chosen ones. `staged`: the channels rate one after the
    other, each in dates of its own."""

    notice_days: Formula | None = None
    self_check_report: bool = False
    self_check_before: str = ""
    rounds: tuple[Round, ...] = ()
    scope: bool = False
    staged: bool = False
    bulletin: str = ""
    article: str = ""


class Consequence(Struct, frozen=True, forbid_unknown_fields=True):
    """What follows from a grade, honour, flag or award in the regulation's words, for the platform to act.

    `on` is one of these names, or `result`, `ranking`, `month-result` for what follows from every result. `by`: who acts.
    `days` after the release it is due, counted in working days with `workdays`; without them the organiser sets a day.
    `bulletin`: it is done in writing, so that a draft of the document is offered; `copies`: to whom it goes besides.
    """

    on: str
    action: str
    title: Text
    by: Text | None = None
    article: str = ""
    days: Formula | None = None
    workdays: bool = False
    bulletin: bool = False
    copies: tuple[str, ...] = ()
