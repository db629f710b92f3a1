"""The dates of a cycle that is played: its phases are told, the rest goes with them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from kaohe.cycles.agenda import CHANNEL, REPORT, Dates, channels, last_day, reports, stored_title
from kaohe.scheme.model import Scheme
from kaohe.scheme.periods import Period


def further_dates(scheme: Scheme, period: Period, phases: Sequence[Dates], day: date) -> list[Dates]:
    """What goes with these phases of a cycle announced on `day`: reports due in their months, or when the
    self-assessment ends; channels that share the grading's days in their order."""
    by_phase, staged = {one.phase: one for one in phases}, channels(scheme)
    found = []
    for one in reports(scheme, period):
        last = by_phase["self_assessment"].closes_on
        named_day = last_day(period, one.month) if one.month else last
        due = named_day if day <= named_day < last else last
        found.append(Dates(REPORT + one.id, due, due, stored_title(one.title)))
    for number, channel in enumerate(staged):
        opens = by_phase["grading"].opens_on
        days = (by_phase["grading"].closes_on - opens).days + 1
        first, after = days * number // len(staged), days * (number + 1) // len(staged)
        key, title = CHANNEL + channel.id, stored_title(channel.title)
        found.append(Dates(key, opens + timedelta(days=first), opens + timedelta(days=after - 1), title))
    return found
