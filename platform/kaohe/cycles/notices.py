"""The notice 通知: the text that is proposed, and the copy that each participant keeps."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from kaohe.catalogue.service import stored
from kaohe.cycles.agenda import REPORT
from kaohe.cycles.schemes import notice_days
from kaohe.cycles.setup import Setup
from kaohe.i18n import _, apart, official, period_words


@official()
def notice_text(setup: Setup, host: str) -> str:
    """What goes out when nobody writes another text; it follows the draft."""
    lines = [
        _("各有关单位："),
        _("根据《{regulation}》，现就开展{title}工作通知如下。").format(
            regulation=setup.scheme.regulation.strip("《》"), title=apart(setup.cycle.title)),
        _("一、考核周期：{period}（{start} 至 {end}）。").format(
            period=period_words(setup.period.text), start=setup.period.start, end=setup.period.end),
        _("二、考核对象：{subjects}。").format(subjects=_scope(setup) + _subjects(setup)),
        _("三、时间安排：{dates}。").format(dates="；".join(_dates(setup))),
    ]  # fmt: skip
    if setup.graded:
        lines.append(_("四、请各单位按时完成自评，由单位负责人核对后报送；逾期需延期的，应在截止前说明理由。"))
    days = notice_days(setup.scheme, setup.parameters.values)
    if days:
        lines.append(_("本通知按办法规定提前 {days} 天发出。").format(days=days))
    lines += [_("请收到后在平台上点击“确认收到”。"), host, _day(setup.day)]
    return "\n".join(lines)


def _subjects(setup: Setup) -> str:
    titles = {kind.id: str(kind.title) for kind in setup.scheme.kinds}
    counts = Counter(titles[one.kind] for one in setup.subjects)
    return "、".join(_("{title} {count} 个").format(title=title, count=count) for title, count in counts.items())


def _scope(setup: Setup) -> str:
    return {"all": _("普遍考核，"), "chosen": _("重点考核，")}.get(setup.scope, "")


def _dates(setup: Setup) -> list[str]:
    by_key = {one.phase: one for one in setup.phases}
    return [_dated(setup.date_name(key), by_key[key]) for key in setup.date_keys if key in by_key]


def _dated(name: str, one: Any) -> str:
    if one.phase.startswith(REPORT):
        return _("{report} {day} 截止").format(report=name, day=_day(one.closes_on))
    return _("{phase} {first} 至 {last}").format(phase=name, first=_day(one.opens_on), last=_day(one.closes_on))


def _day(day: date) -> str:
    return _("{year} 年 {month} 月 {day} 日").format(year=day.year, month=day.month, day=day.day)


def pinned(setup: Setup) -> dict[str, Any]:
    """Every parameter with its value, numbers as text."""
    return {name: stored(value) for name, value in setup.parameters.values.items()}


def snapshot(setup: Setup, host: str) -> dict[str, Any]:
    """The copy of the cycle in each participation."""
    return {
        "cycle": str(setup.cycle.id),
        "title": setup.cycle.title,
        "scheme_id": setup.scheme.id,
        "scheme_version": setup.scheme.version,
        "scheme_hash": setup.scheme.content_hash,
        "parameters": pinned(setup),
        "period": setup.period.text,
        "period_start": setup.period.start.isoformat(),
        "period_end": setup.period.end.isoformat(),
        "phases": [
            {"phase": one.phase, "opens_on": one.opens_on.isoformat(), "closes_on": one.closes_on.isoformat(),
             "title": one.title}
            for one in setup.phases
        ],
        "scope": setup.scope,
        "host": host,
    }  # fmt: skip
