"""The dates of a draft: what stands against them, and which are proposed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from kaohe.cycles import agenda, schemes
from kaohe.cycles.agenda import CHANNEL, REPORT, Dates
from kaohe.cycles.hurdles import Hurdle
from kaohe.i18n import _, said
from kaohe.national_calendar import national_calendar

if TYPE_CHECKING:
    from kaohe.cycles.setup import Setup

ByKey = Mapping[str, Any]
_LENGTHS = {"self_assessment": 13, "grading": 13, "confirmation": 6}
_CHANNEL_LENGTH = 6


def calendar_hurdles(setup: Setup, dates: Sequence[Any]) -> list[Hurdle]:
    """`dates` as they stand or as they were just typed: order, notice days, and what is only a hint."""
    by_key = {one.phase: one for one in dates}
    lacking = [setup.date_name(key) for key in setup.date_keys if key not in by_key]
    if lacking:
        return [Hurdle("calendar", _("还没有填写日程：{phases}。").format(phases="、".join(lacking)))]
    ordered = [by_key[phase] for phase in setup.phase_names]
    every = [by_key[key] for key in setup.date_keys]
    return [
        *_order(setup, ordered), *_notice(setup, ordered), *_channels(setup, by_key), *_reports(setup, by_key),
        *_months(setup, by_key), *_days_off(setup, every),
    ]  # fmt: skip


def _order(setup: Setup, ordered: Sequence[Any]) -> Iterable[Hurdle]:
    for one in ordered:
        if one.closes_on < one.opens_on:
            text = _("{phase}的截止日期早于开始日期。")
            yield Hurdle("calendar", text.format(phase=setup.date_name(one.phase)), place=f"closes-{one.phase}")
    for before, after in pairwise(ordered):
        if after.opens_on <= before.closes_on:
            text = _("{after}应在{before}截止（{day}）之后开始。")
            names = {"after": setup.date_name(after.phase), "before": setup.date_name(before.phase)}
            yield Hurdle("calendar", text.format(day=before.closes_on, **names), place=f"opens-{after.phase}")


def assessment_start(ordered: Sequence[Any]) -> Any:
    """The phase before which the notice days count: the assessment itself, not the self-check."""
    return next((one for one in ordered if one.phase == "grading"), ordered[0])


def _notice(setup: Setup, ordered: Sequence[Any]) -> Iterable[Hurdle]:
    if ordered[0].closes_on < setup.day:
        text = _("{phase}的截止日期 {day} 已经过去。")
        phase = setup.date_name(ordered[0].phase)
        yield Hurdle("calendar", text.format(phase=phase, day=ordered[0].closes_on), place=f"closes-{ordered[0].phase}")
    days, first = schemes.notice_days(setup.scheme, setup.parameters.values), assessment_start(ordered)
    earliest = setup.day + timedelta(days=days)
    if days and first.opens_on < earliest:
        text = _("办法要求提前 {days} 天发出通知：今天发出，{phase}最早 {day} 开始。")
        phase = setup.date_name(first.phase)
        yield Hurdle("calendar", text.format(days=days, phase=phase, day=earliest), place=f"opens-{first.phase}")


def _channels(setup: Setup, by_key: ByKey) -> Iterable[Hurdle]:
    """One after the other, within the grading."""
    staged = [by_key[key] for key in setup.date_keys if key.startswith(CHANNEL)]
    yield from _order(setup, staged)
    if staged and (
        staged[0].opens_on < by_key["grading"].opens_on or staged[-1].closes_on > by_key["grading"].closes_on
    ):
        text = _("各渠道的日期应在评分的日期（{first} 至 {last}）之内。")
        whole = by_key["grading"]
        yield Hurdle(
            "calendar", text.format(first=whole.opens_on, last=whole.closes_on), place=f"opens-{staged[0].phase}"
        )


def _reports(setup: Setup, by_key: ByKey) -> Iterable[Hurdle]:
    start = by_key.get("grading") or by_key["confirmation"]
    for key in setup.date_keys:
        if not key.startswith(REPORT):
            continue
        due, name = by_key[key].closes_on, setup.date_name(key)
        if due >= start.opens_on:
            text = _("{report}应在{phase}开始（{day}）之前交，现在定在 {due}。")
            phase = setup.date_name(start.phase)
            told = text.format(report=name, phase=phase, day=start.opens_on, due=due)
            yield Hurdle("calendar", told, place=f"closes-{key}")
        elif due < setup.day:
            text = _("{report}的截止日期 {day} 已经过去。")
            yield Hurdle("calendar", text.format(report=name, day=due), place=f"closes-{key}")


def _months(setup: Setup, by_key: ByKey) -> Iterable[Hurdle]:
    """Only told: a regulation's month gives way to what really happened."""
    for one in agenda.rounds(setup.scheme, setup.period):
        held = by_key.get(REPORT + one.id if one.report else one.phase or "")
        if one.month is None or held is None:
            continue
        day = held.closes_on if one.report else held.opens_on
        first, last = agenda.first_day(setup.period, one.month), agenda.last_day(setup.period, one.month)
        if not first <= day <= last:
            text = _("办法规定{round}在 {year} 年 {month} 月，现在定在 {day}。")
            names = {"round": said(one.title), "year": first.year, "month": one.month}
            yield Hurdle("calendar", text.format(day=day, **names), blocks=False)


def _days_off(setup: Setup, dates: Sequence[Any]) -> Iterable[Hurdle]:
    calendar = national_calendar()
    for one in dates:
        if not calendar.is_workday(one.closes_on):
            text = _("{phase}截止日 {day} 不是工作日，下一个工作日是 {next}。")
            after = calendar.add_workdays(one.closes_on, 1)
            yield Hurdle("calendar", text.format(phase=setup.date_name(one.phase), day=one.closes_on, next=after),
                         blocks=False)  # fmt: skip
        elif calendar.is_provisional(one.closes_on):
            text = _("{year} 年的节假日安排尚未公布，{phase}截止日请届时核对。")
            yield Hurdle("calendar", text.format(year=one.closes_on.year, phase=setup.date_name(one.phase)),
                         blocks=False)  # fmt: skip


def proposed_dates(setup: Setup) -> list[Dates]:
    """Two weeks for each phase and one for confirmation and for each channel, in the months that the regulation names
    where these are still to come, ending on working days, with the notice days kept."""
    found: dict[str, Dates] = {}
    start = setup.day + timedelta(days=1)
    for phase in setup.phase_names:
        start = max(start, *_earliest(setup, phase))
        if phase == "grading" and (staged := agenda.channels(setup.scheme)):
            for channel in staged:
                found[CHANNEL + channel.id] = made = _span(CHANNEL + channel.id, start, _CHANNEL_LENGTH)
                start = made.closes_on + timedelta(days=1)
            first = found[CHANNEL + staged[0].id].opens_on
            found[phase] = Dates(phase, first, start - timedelta(days=1))
        else:
            found[phase] = made = _span(phase, start, _LENGTHS[phase])
            start = made.closes_on + timedelta(days=1)
    for report in agenda.reports(setup.scheme, setup.period):
        begins = (found.get("grading") or found["confirmation"]).opens_on
        due = report_due(setup, report.month, begins)
        found[REPORT + report.id] = Dates(REPORT + report.id, min(setup.day, due), due)
    return [found[key] for key in setup.date_keys]


def _earliest(setup: Setup, phase: str) -> Iterable[date]:
    days = schemes.notice_days(setup.scheme, setup.parameters.values)
    if phase == "grading" or len(setup.phase_names) == 1:
        yield setup.day + timedelta(days=days)
    months = [one.month for one in agenda.rounds(setup.scheme, setup.period) if one.phase == phase and one.month]
    yield agenda.first_day(setup.period, months[0]) if months else setup.day


def _span(key: str, start: date, length: int) -> Dates:
    calendar = national_calendar()
    start = start if calendar.is_workday(start) else calendar.add_workdays(start, 1)
    end = start + timedelta(days=length)
    return Dates(key, start, end if calendar.is_workday(end) else calendar.add_workdays(end, 1))


def report_due(setup: Setup, month: int | None, begins: date) -> date:
    """The last working day of its month, or, where that is past, the last one before the assessment."""
    last = begins - timedelta(days=1)
    if month and setup.day <= agenda.last_day(setup.period, month) < begins:
        last = agenda.last_day(setup.period, month)
    workday = national_calendar().is_workday
    while not workday(last) and last > setup.day:
        last -= timedelta(days=1)
    return last
