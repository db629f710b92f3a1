"""Reading the wizard's forms."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol
from uuid import UUID

from kaohe.clock import today
from kaohe.cycles.agenda import REPORT, Dates, stored_title
from kaohe.cycles.drafts import Basics, Choice
from kaohe.cycles.schemes import offered_periods
from kaohe.cycles.setup import Setup
from kaohe.errors import FieldProblem, Invalid
from kaohe.i18n import _, official, period_words
from kaohe.scheme import periods
from kaohe.scheme.model import Scheme


class Posted(Protocol):
    """What these readers need of a form (`kaohe.web.forms.Form`, which a service must not know)."""

    def __getitem__(self, name: str, /) -> str: ...
    def all(self, name: str) -> list[str]: ...


def read_basics(form: Posted, scheme: Scheme) -> Basics:
    try:
        period = periods.parse(form["period"], scheme.month_starts)
    except ValueError:
        period = None
    if period is None or not scheme.has_period(period):
        offered = "、".join(period_words(one.text) for one in offered_periods(scheme, today())[:3])
        text = _("考核周期「{value}」不适用于这个方案，可选 {offered} 等").format(value=form["period"], offered=offered)
        raise Invalid([FieldProblem("period", text)])
    with official():
        title = form["title"].strip() or f"{period_words(period.text)}{scheme.title}"
    if len(title) > 80:
        raise Invalid([FieldProblem("title", _("名称最多 80 字，现有 {now} 字").format(now=len(title)))])
    return Basics(scheme, period, title)


def read_kinds(form: Posted, draft: Setup) -> dict[str, Choice]:
    """`kind-K` is all, some or none; `subject-K` the ids where it is some. Ids of nobody here fall away."""
    kinds: dict[str, Choice] = {}
    problems = []
    for kind in draft.scheme.kinds:
        mode = form[f"kind-{kind.id}"]
        known = [str(one.id) for one in draft.candidates if one.kind == kind.id]
        picked = set(form.all(f"subject-{kind.id}"))
        chosen = [one for one in known if one in picked]
        if mode not in {"all", "some", "none"} or (mode == "some" and not chosen):
            text = _("请选择参加考核的{kind}，或改为「不参加」").format(kind=kind.title)
            problems.append(FieldProblem(f"kind-{kind.id}", text))
        kinds[kind.id] = chosen if mode == "some" else mode
    if not problems and not any(_takes(kinds[kind], draft, kind) for kind in kinds):
        problems.append(FieldProblem(f"kind-{draft.scheme.kinds[0].id}", _("至少要有一个考核对象")))
    if problems:
        raise Invalid(problems)
    return kinds


def read_scope(form: Posted, draft: Setup) -> str:
    """普遍 or 重点, where the regulation knows the two; 普遍 leaves nobody out."""
    if not draft.scheme.demands.scope:
        return ""
    if form["scope"] not in {"all", "chosen"}:
        raise Invalid([FieldProblem("scope", _("请选择普遍考核或重点考核"))])
    return form["scope"]


def _takes(choice: Choice, draft: Setup, kind: str) -> bool:
    return choice != "none" and any(one.kind == kind for one in draft.candidates)


def read_assessors(form: Posted, people: dict[UUID, str], channels: Sequence[str]) -> list[tuple[UUID, str, str]]:
    """(person, name, channel); people without the role fall away."""
    found = []
    for channel in channels:
        ticked = set(form.all(f"channel-{channel}"))
        found += [(person, name, channel) for person, name in people.items() if str(person) in ticked]
    return found


def read_dates(form: Posted, draft: Setup) -> list[Dates]:
    """Of a report only the last day is asked."""
    dates, problems = [], []
    for phase in draft.date_keys:
        asked = (f"closes-{phase}",) if phase.startswith(REPORT) else (f"opens-{phase}", f"closes-{phase}")
        days = [(place, _day(form[place])) for place in asked]
        for place, day in days:
            if day is None:
                text = _("{phase}：请填写日期，如 2026-12-01").format(phase=draft.date_name(phase))
                problems.append(FieldProblem(place, text))
        opens, closes = days[0][1], days[-1][1]
        if opens and closes:
            first = min(draft.day, closes) if phase.startswith(REPORT) else opens
            dates.append(Dates(phase, first, closes, stored_title(draft.date_titles.get(phase))))
    if problems:
        raise Invalid(problems)
    return dates


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None
