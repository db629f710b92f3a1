"""The words of the home page: what each to-do says and where it leads."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row

from kaohe.cycles.service import name_of
from kaohe.i18n import _


@dataclass(frozen=True, slots=True)
class Task:
    """`days` until it is due, None where nothing is set; `status` a known tag."""

    title: str
    href: str
    hint: str
    days: int | None
    status: str = ""

    @property
    def label(self) -> str | None:
        """A word of our own beside the tag's sign, where the usual one would mislead."""
        return _("待确认收到") if self.status == "receipt" else None


WAITING = {"filed"}
_Words = tuple[str, str, str, str]  # title, address, hint, status


def _receipt(row: Row[Any]) -> _Words:
    return _("确认收到：{title}").format(title=row.title), f"/inbox/{row.id}", row.detail or "", "receipt"


def _self_assessment(row: Row[Any]) -> _Words:
    title = _("{title}：报送自评").format(title=row.title)
    if row.detail == "returned":
        return title, f"/self-assessments/{row.id}", _("已退回，请按退回意见修改后重新报送"), "returned"
    return title, f"/self-assessments/{row.id}", "", "withdrawn" if row.detail == "withdrawn" else ""


def _report(row: Row[Any]) -> _Words:
    title = _("{title}：交{report}").format(title=row.title, report=name_of("", json.loads(row.detail)))
    return title, f"/self-assessments/{row.id}/reports", "", ""


def _reports(row: Row[Any]) -> _Words:
    hint = _("还有 {n} 个没有交，共 {total} 个").format(n=row.number, total=row.total)
    title = _("{title}：收{report}").format(title=row.title, report=name_of("", json.loads(row.detail)))
    return title, f"/cycles/{row.id}/progress", hint, ""


def _filed(row: Row[Any]) -> _Words:
    hint = _("{host}评分中").format(host=row.detail or "")
    return _("{title}：自评已报送").format(title=row.title), f"/self-assessments/{row.id}", hint, "filed"


def _request(row: Row[Any]) -> _Words:
    return _("补充说明：{title}").format(title=row.title), f"/evidence-requests/{row.id}", row.detail or "", ""


def _reply(row: Row[Any]) -> _Words:
    title = _("{n} 条日常记录可以申辩").format(n=row.number)
    return title, "/records", _("有异议的，请在期限内说明"), ""


def _contribution(row: Row[Any]) -> _Words:
    unit, _slash, state = row.detail.rpartition("/")
    words = _("已退回，请按原因修改后重新报送") if state == "returned" else _("等您办理")
    return _("稿件：{title}").format(title=row.title), f"/contributions/{row.id}", f"{unit}，{words}", (
        "returned" if state == "returned" else "")  # fmt: skip


def _grading(row: Row[Any]) -> _Words:
    hint = _("{n} 个对象中还有 {left} 个没有评完").format(n=row.total, left=row.number)
    return _("{title}：评分").format(title=row.title), "/grading", hint, ""


def _draft(row: Row[Any]) -> _Words:
    return _("继续准备：{title}").format(title=row.title), f"/cycles/{row.id}/setup/check", _("尚未发出通知"), "draft"


def _filing(row: Row[Any]) -> _Words:
    hint = _("{n} 个对象中还有 {left} 个没有报送").format(n=row.total, left=row.number)
    return _("{title}：跟进自评").format(title=row.title), f"/cycles/{row.id}/progress", hint, ""


def _graded(row: Row[Any]) -> _Words:
    hint = _("还有 {left} 份评分没有交").format(left=row.number)
    return _("{title}：跟进评分").format(title=row.title), f"/cycles/{row.id}/grading", hint, ""


def _compute(row: Row[Any]) -> _Words:
    return (
        _("{title}：计算结果").format(title=row.title),
        f"/cycles/{row.id}/results",
        _("已到确认阶段，结果还没有计算"),
        "",
    )


def _confirm(row: Row[Any]) -> _Words:
    hint = _("{n} 个对象的结果等待确认").format(n=row.number)
    return _("{title}：确认结果").format(title=row.title), f"/cycles/{row.id}/results", hint, "computed"


def _release(row: Row[Any]) -> _Words:
    return (
        _("{title}：发布结果").format(title=row.title),
        f"/cycles/{row.id}/results",
        _("结果已确认，还没有发布"),
        "confirmed",
    )


def _followups(row: Row[Any]) -> _Words:
    hint = _("办法规定的后续，还有 {n} 项要办").format(n=row.number)
    return _("{title}：办理后续").format(title=row.title), f"/followups?cycle={row.id}", hint, ""


def _acceptance(row: Row[Any]) -> _Words:
    hint = _("{n} 份整改报告等待验收").format(n=row.number)
    return _("{title}：验收整改").format(title=row.title), f"/followups?cycle={row.id}&only=filed", hint, ""


def _rectifying(row: Row[Any]) -> _Words:
    hint = _("{n} 个对象没有按期交整改报告").format(n=row.number)
    return _("{title}：催办整改").format(title=row.title), f"/followups?cycle={row.id}&only=late", hint, ""


def _rectification(row: Row[Any]) -> _Words:
    state, _slash, name = row.detail.partition("/")
    title = _("{title}：交整改报告").format(title=row.title)
    if state == "returned":
        return title, f"/followups/{row.id}", _("{name}，已退回，请按理由重新整改").format(name=name), "returned"
    hint = name if row.due else _("{name}，期限由考核办定").format(name=name)
    return title, f"/followups/{row.id}", hint, ""


def _invitation(row: Row[Any]) -> _Words:
    return _("{n} 份邀请还没有被接受").format(n=row.number), "/people", _("过期后需要重新邀请"), ""


def _scheme(row: Row[Any]) -> _Words:
    return _("启用考核方案"), "/schemes", _("启用后，考核办才能新建考核"), ""


_WORDS: dict[str, Callable[[Row[Any]], _Words]] = {
    "receipt": _receipt,
    "self_assessment": _self_assessment,
    "filed": _filed,
    "report": _report,
    "reports": _reports,
    "request": _request,
    "reply": _reply,
    "contribution": _contribution,
    "grading": _grading,
    "draft": _draft,
    "filing": _filing,
    "graded": _graded,
    "compute": _compute,
    "confirm": _confirm,
    "release": _release,
    "followups": _followups,
    "acceptance": _acceptance,
    "rectifying": _rectifying,
    "rectification": _rectification,
    "invitation": _invitation,
    "scheme": _scheme,
}


def task(row: Row[Any], day: date) -> Task:
    title, href, hint, status = _WORDS[row.area](row)
    return Task(title, href, hint, (row.due - day).days if row.due else None, status)


@dataclass(frozen=True, slots=True)
class Coming:
    title: str
    dates: list[tuple[str, date, date]]


@dataclass(frozen=True, slots=True)
class HomePage:
    name: str
    now: datetime
    tasks: Sequence[Task]
    waiting: Sequence[Task]
    recent: Sequence[Row[Any]]
    coming: Sequence[Coming]
    action: tuple[str, str] | None

    @property
    def greeting(self) -> str:
        hour = self.now.hour
        part = _("早上好") if hour < 9 else _("上午好") if hour < 12 else _("下午好") if hour < 18 else _("晚上好")
        return _("{name}，{greeting}").format(name=self.name, greeting=part)

    @property
    def summary(self) -> str:
        today = _("今天 {month} 月 {day} 日").format(month=self.now.month, day=self.now.day)
        if not self.tasks:
            return _("{today}，没有要办的事。").format(today=today)
        late = sum(one.days is not None and one.days < 0 for one in self.tasks)
        if late:
            return _("{today}，有 {n} 件事要办，其中 {late} 件已逾期。").format(
                today=today, n=len(self.tasks), late=late
            )
        return _("{today}，有 {n} 件事要办。").format(today=today, n=len(self.tasks))


def coming(rows: Sequence[Row[Any]]) -> list[Coming]:
    """By cycle, the next to close first; a handful is enough beside the to-dos."""
    found: dict[str, Coming] = {}
    for row in rows:
        one = found.setdefault(row.title, Coming(row.title, []))
        key, _space, called = row.detail.partition(" ")
        one.dates.append((name_of(key, json.loads(called)), row.opens, row.due))
    return list(found.values())[:4]


@dataclass(frozen=True, slots=True)
class Found:
    title: str
    href: str
    hint: str


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    found: Sequence[Found]
    more: str = ""


@dataclass(frozen=True, slots=True)
class SearchPage:
    words: str
    sections: Sequence[Section]

    @property
    def count(self) -> int:
        return sum(len(section.found) for section in self.sections)
