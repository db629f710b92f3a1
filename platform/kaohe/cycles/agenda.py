"""Which dates a regulation asks of a cycle: its phases, the reports handed in before the assessment, and channels that
rate one after the other. Each has a key: the phase, `report:ROUND`, or `channel:CHANNEL`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import NamedTuple

from kaohe.cycles.schemes import PHASES, phase_name, phases_of
from kaohe.i18n import _, said
from kaohe.scheme.model import Channel, Round, Scheme
from kaohe.scheme.periods import Period
from kaohe.scheme.titles import Text

REPORT, CHANNEL = "report:", "channel:"
OWN_CHANNEL = "self"  # filled by the self-assessment, in its own phase
_DEFAULT = Round("self_check", Text("自查报告", "Self-check report"), report=True)


class Dates(NamedTuple):
    """`phase`: a key. `title` {zh, en}: of a report or channel."""

    phase: str
    opens_on: date
    closes_on: date
    title: Mapping[str, str] = {}


def rounds(scheme: Scheme, period: Period) -> list[Round]:
    """Those of the regulation that concern a cycle of this period."""
    return [one for one in scheme.demands.rounds if not one.periods or period.type in one.periods]


def reports(scheme: Scheme, period: Period) -> list[Round]:
    """A regulation that asks for a report and names no round for it has the one before the assessment."""
    found = [one for one in rounds(scheme, period) if one.report]
    return found or ([_DEFAULT] if scheme.demands.self_check_report else [])


def rated_channels(scheme: Scheme) -> list[Channel]:
    """Those that need assessors."""
    return [one for one in scheme.channels if one.id != OWN_CHANNEL]


def channels(scheme: Scheme) -> list[Channel]:
    """Those with dates of their own, in the order in which they rate."""
    return rated_channels(scheme) if scheme.demands.staged else []


def keys(scheme: Scheme, period: Period) -> tuple[str, ...]:
    """In the order of the calendar page."""
    staged = [CHANNEL + one.id for one in channels(scheme)]
    found = [REPORT + one.id for one in reports(scheme, period)]
    for phase in phases_of(scheme):
        found += [phase, *staged] if phase == "grading" else [phase]
    return tuple(found)


def titles(scheme: Scheme, period: Period) -> dict[str, Text]:
    """Of reports and channels, by key."""
    named = {REPORT + one.id: one.title for one in reports(scheme, period)}
    return named | {CHANNEL + one.id: one.title for one in channels(scheme)}


def stored_title(title: Text | None) -> dict[str, str]:
    return {"zh": title.zh, "en": title.en} if title else {}


def report_due(last: date, ends: date | None, extended: date | None) -> date:
    """A report due when the self-assessment `ends` moves with an extension of that."""
    return max(last, extended) if extended is not None and last == ends else last


def name_of(key: str, title: Mapping[str, str] | Text | None) -> str:
    """`title` as the scheme has it, or as it is stored."""
    if key in PHASES:
        return phase_name(key)
    text = title if isinstance(title, Text) else Text(**title) if title else Text(key)
    return _("评分：{channel}").format(channel=said(text)) if key.startswith(CHANNEL) else said(text)


def first_day(period: Period, month: int) -> date:
    """Of the first such month that begins after the period has begun: January of a year's cycle is the next one's."""
    year = period.start.year + (date(period.start.year, month, 1) <= period.start)
    return date(year, month, 1)


def last_day(period: Period, month: int) -> date:
    first = first_day(period, month)
    return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
