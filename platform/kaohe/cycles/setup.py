"""A draft as the wizard sees it: everything that was chosen, who that comes to, and what still stands in the way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from itertools import pairwise
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.catalogue.service import Parameters, current_parameters, scheme_of
from kaohe.clock import today
from kaohe.cycles import queries, schemes
from kaohe.cycles.drafts import Dates
from kaohe.cycles.errors import NoDraft
from kaohe.cycles.schemes import Group
from kaohe.errors import NotFound
from kaohe.i18n import _
from kaohe.national_calendar import national_calendar
from kaohe.scheme import periods
from kaohe.scheme.model import Scheme

STEPS = ("scheme", "subjects", "assessors", "calendar", "check")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A subject that could take part; `party_id` None: the host's own."""

    id: UUID
    code: str
    kind: str
    name: str
    sort_key: str
    parent_id: UUID | None
    parent_name: str | None
    parent_code: str | None
    person_id: UUID | None
    party_id: UUID | None
    attributes: dict[str, Any]
    group: Group
    chosen: bool


@dataclass(frozen=True, slots=True)
class Hurdle:
    """Something to mend in a step, or (`blocks` False) only to know."""

    step: str
    message: str
    blocks: bool = True


@dataclass(frozen=True)
class Setup:
    """Only what a step needs is loaded; the check loads all of it."""

    cycle: Row[Any]
    scheme: Scheme
    parameters: Parameters
    candidates: Sequence[Candidate] = ()
    people: Sequence[Row[Any]] = ()
    phases: Sequence[Any] = ()
    day: date = field(default_factory=today)

    @property
    def period(self) -> periods.Period:
        return periods.parse(self.cycle.period, self.scheme.month_starts)

    @property
    def phase_names(self) -> tuple[str, ...]:
        return schemes.phases_of(self.scheme)

    @cached_property
    def subjects(self) -> list[Candidate]:
        return [one for one in self.candidates if one.chosen]

    @cached_property
    def assessors(self) -> list[Row[Any]]:
        return [row for row in self.people if row.reason is None]

    @cached_property
    def recusals(self) -> list[Row[Any]]:
        return [row for row in self.people if row.reason is not None]

    @property
    def graded(self) -> bool:
        return "grading" in self.phase_names

    @cached_property
    def hurdles(self) -> list[Hurdle]:
        found = [*_scheme_hurdles(self), *_subject_hurdles(self), *_people_hurdles(self)]
        return found + calendar_hurdles(self, self.phases)

    @property
    def ready(self) -> bool:
        return not any(hurdle.blocks for hurdle in self.hurdles)


async def load(session: AsyncSession, cycle_id: UUID, *parts: str) -> Setup:
    """`parts` of candidates, people, phases. Raises NotFound, or NoDraft."""
    cycle = await queries.cycle(session, cycle_id)
    if cycle is None:
        raise NotFound
    if cycle.state != "draft":
        raise NoDraft
    scheme = await scheme_of(session, cycle.scheme_id)
    parameters = await current_parameters(session, scheme.id, on=min(today(), cycle.period_end))
    scheme = scheme.under(parameters.overrides)
    return Setup(
        cycle, scheme, parameters,
        await _candidates(session, cycle, scheme, parameters) if "candidates" in parts else (),
        await queries.people(session, cycle_id) if "people" in parts else (),
        await queries.phases(session, cycle_id) if "phases" in parts else (),
    )  # fmt: skip


async def _candidates(
    session: AsyncSession, cycle: Row[Any], scheme: Scheme, parameters: Parameters
) -> list[Candidate]:
    kinds = {kind.id: kind for kind in scheme.kinds}
    rows = await queries.subjects(session, list(kinds), cycle.period_start, cycle.period_end)
    chosen = cycle.draft.get("kinds", {})
    found = [
        Candidate(
            row.id, row.code, row.kind, row.name, row.sort_key, row.parent_id, row.parent_name, row.parent_code,
            row.person_id, row.jurisdiction_id, row.attributes,
            schemes.group_of(scheme, kinds[row.kind], row.attributes, parameters.values),
            _is_chosen(chosen.get(row.kind, "all"), row.id),
        )
        for row in rows
    ]  # fmt: skip
    order = list(kinds)
    return sorted(found, key=lambda one: (order.index(one.kind), one.group.id, one.sort_key, one.code))


def _is_chosen(choice: Any, subject_id: UUID) -> bool:
    return choice == "all" or (isinstance(choice, list) and str(subject_id) in choice)


def _scheme_hurdles(setup: Setup) -> Iterable[Hurdle]:
    scheme, period = setup.scheme, setup.period
    if scheme.expires and scheme.expires < period.end:
        text = _("办法有效期至 {day}，本考核周期到 {end} 才结束，请确认办法已延续。")
        yield Hurdle("scheme", text.format(day=scheme.expires, end=period.end), blocks=False)
    if scheme.effective and scheme.effective > period.start:
        text = _("办法自 {day} 起施行，本考核周期从 {start} 开始。")
        yield Hurdle("scheme", text.format(day=scheme.effective, start=period.start), blocks=False)


def _subject_hurdles(setup: Setup) -> Iterable[Hurdle]:
    if not setup.subjects:
        yield Hurdle("subjects", _("还没有选择考核对象。"))
    for one in setup.subjects:
        if one.group.problem:
            yield Hurdle("subjects", _("{name}：{problem}").format(name=one.name, problem=one.group.problem))
    codes = {one.code for one in setup.subjects}
    needs = {kind.id for kind in setup.scheme.kinds if kind.parent and kind.parent_required}
    lost = [one for one in setup.subjects if one.kind in needs and one.parent_code not in codes]
    if lost:
        text = _("{name} 等 {count} 个对象所属的单位没有参加考核。")
        yield Hurdle("subjects", text.format(name=lost[0].name, count=len(lost)))


def _people_hurdles(setup: Setup) -> Iterable[Hurdle]:
    if not setup.graded:
        return
    if not setup.assessors:
        yield Hurdle("assessors", _("还没有选择考核人员。"))
        return
    yield from _channel_hurdles(setup)
    recused = {(row.person_id, row.subject_id) for row in setup.recusals}
    people = {row.person_id for row in setup.assessors}
    alone = [one.name for one in setup.subjects if all((person, one.id) in recused for person in people)]
    if alone:
        yield Hurdle("assessors", _("{name} 的考核人员全部回避，没有人可以评分。").format(name="、".join(alone[:3])))


def _channel_hurdles(setup: Setup) -> Iterable[Hurdle]:
    staffed = {row.channel for row in setup.assessors}
    for channel in setup.scheme.channels:
        if channel.id not in staffed:
            text = _("「{channel}」还没有考核人员，这一渠道的权重会按比例分给其他渠道。")
            yield Hurdle("assessors", text.format(channel=channel.title), blocks=False)


def calendar_hurdles(setup: Setup, dates: Sequence[Any]) -> list[Hurdle]:
    """`dates` as they stand or as they were just typed: order, notice days, and what is only a hint."""
    by_phase = {one.phase: one for one in dates}
    lacking = [schemes.phase_name(phase) for phase in setup.phase_names if phase not in by_phase]
    if lacking:
        return [Hurdle("calendar", _("还没有填写日程：{phases}。").format(phases="、".join(lacking)))]
    ordered = [by_phase[phase] for phase in setup.phase_names]
    return [*_order(ordered), *_notice(setup, ordered), *_days_off(ordered)]


def _order(ordered: Sequence[Any]) -> Iterable[Hurdle]:
    for one in ordered:
        if one.closes_on < one.opens_on:
            text = _("{phase}的截止日期早于开始日期。")
            yield Hurdle("calendar", text.format(phase=schemes.phase_name(one.phase)))
    for before, after in pairwise(ordered):
        if after.opens_on <= before.closes_on:
            text = _("{after}应在{before}截止（{day}）之后开始。")
            names = {"after": schemes.phase_name(after.phase), "before": schemes.phase_name(before.phase)}
            yield Hurdle("calendar", text.format(day=before.closes_on, **names))


def assessment_start(ordered: Sequence[Any]) -> Any:
    """The phase before which the notice days count: the assessment itself, not the self-check."""
    return next((one for one in ordered if one.phase == "grading"), ordered[0])


def _notice(setup: Setup, ordered: Sequence[Any]) -> Iterable[Hurdle]:
    if ordered[0].closes_on < setup.day:
        text = _("{phase}的截止日期 {day} 已经过去。")
        yield Hurdle("calendar", text.format(phase=schemes.phase_name(ordered[0].phase), day=ordered[0].closes_on))
    days, first = schemes.notice_days(setup.scheme, setup.parameters.values), assessment_start(ordered)
    earliest = setup.day + timedelta(days=days)
    if days and first.opens_on < earliest:
        text = _("办法要求提前 {days} 天发出通知：今天发出，{phase}最早 {day} 开始。")
        phase = schemes.phase_name(first.phase)
        yield Hurdle("calendar", text.format(days=days, phase=phase, day=earliest))


def _days_off(ordered: Sequence[Any]) -> Iterable[Hurdle]:
    calendar = national_calendar()
    for one in ordered:
        if not calendar.is_workday(one.closes_on):
            text = _("{phase}截止日 {day} 不是工作日，下一个工作日是 {next}。")
            after = calendar.add_workdays(one.closes_on, 1)
            yield Hurdle("calendar", text.format(phase=schemes.phase_name(one.phase), day=one.closes_on, next=after),
                         blocks=False)  # fmt: skip
        elif calendar.is_provisional(one.closes_on):
            text = _("{year} 年的节假日安排尚未公布，{phase}截止日请届时核对。")
            yield Hurdle("calendar", text.format(year=one.closes_on.year, phase=schemes.phase_name(one.phase)),
                         blocks=False)  # fmt: skip


def proposed_dates(setup: Setup) -> list[Dates]:
    """Two weeks for each phase and one for confirmation, ending on working days, with the notice days kept."""
    lengths = {"self_assessment": 13, "grading": 13, "confirmation": 6}
    calendar, found = national_calendar(), []
    days = schemes.notice_days(setup.scheme, setup.parameters.values)
    start = setup.day + timedelta(days=1)
    for phase in setup.phase_names:
        if phase == "grading" or len(setup.phase_names) == 1:
            start = max(start, setup.day + timedelta(days=days))
        start = start if calendar.is_workday(start) else calendar.add_workdays(start, 1)
        end = start + timedelta(days=lengths[phase])
        end = end if calendar.is_workday(end) else calendar.add_workdays(end, 1)
        found.append(Dates(phase, start, end))
        start = end + timedelta(days=1)
    return found
