"""A draft as the wizard sees it: everything that was chosen, who that comes to, and what still stands in the way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.catalogue.service import Parameters, current_parameters, scheme_of
from kaohe.clock import today
from kaohe.cycles import agenda, queries, schemes
from kaohe.cycles.calendar import calendar_hurdles
from kaohe.cycles.errors import NoDraft
from kaohe.cycles.hurdles import Hurdle
from kaohe.cycles.schemes import Group
from kaohe.errors import NotFound
from kaohe.i18n import _
from kaohe.scheme import periods
from kaohe.scheme.model import Scheme
from kaohe.scheme.titles import Text

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


@dataclass(frozen=True)
class Setup:
    """Only what a step needs is loaded; the check loads all of it. `twins`: titles of cycles that run or ran by the same
    scheme over the same period."""

    cycle: Row[Any]
    scheme: Scheme
    parameters: Parameters
    candidates: Sequence[Candidate] = ()
    people: Sequence[Row[Any]] = ()
    phases: Sequence[Any] = ()
    twins: Sequence[str] = ()
    day: date = field(default_factory=today)

    @property
    def period(self) -> periods.Period:
        return periods.parse(self.cycle.period, self.scheme.month_starts)

    @property
    def phase_names(self) -> tuple[str, ...]:
        return schemes.phases_of(self.scheme)

    @cached_property
    def date_keys(self) -> tuple[str, ...]:
        """Phases, and the further dates that the regulation asks for (`agenda`)."""
        return agenda.keys(self.scheme, self.period)

    @cached_property
    def date_titles(self) -> dict[str, Text]:
        return agenda.titles(self.scheme, self.period)

    def date_name(self, key: str) -> str:
        return agenda.name_of(key, self.date_titles.get(key))

    @property
    def scope(self) -> str:
        """`all` (普遍) or `chosen` (重点); '' where the regulation knows no such choice, or none was made."""
        chosen = self.cycle.draft.get("scope", "") if self.scheme.demands.scope else ""
        return str(chosen)

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
    """`parts` of candidates, people, phases, twins. Raises NotFound, or NoDraft."""
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
        await queries.twins(session, cycle) if "twins" in parts else (),
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
    for title in setup.twins:
        text = _("同一方案、同一周期已有一次考核：{title}。确要再考核一次的，请在名称中写明。")
        yield Hurdle("scheme", text.format(title=title), blocks=False)


def _subject_hurdles(setup: Setup) -> Iterable[Hurdle]:
    if not setup.subjects:
        yield Hurdle("subjects", _("还没有选择考核对象。"))
    if setup.scheme.demands.scope and not setup.scope:
        yield Hurdle("subjects", _("还没有选择普遍考核或重点考核。"))
    if setup.scope == "all" and len(setup.subjects) < len(setup.candidates):
        yield Hurdle("subjects", _("普遍考核应包括全部 {n} 个对象。").format(n=len(setup.candidates)))
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
    for channel in agenda.rated_channels(setup.scheme):
        if channel.id not in staffed:
            text = _("「{channel}」还没有考核人员，这一渠道的权重会按比例分给其他渠道。")
            yield Hurdle("assessors", text.format(channel=channel.title), blocks=False)
