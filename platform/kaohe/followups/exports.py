"""The list of followups as a spreadsheet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Row

from kaohe.followups.views import Line
from kaohe.i18n import _
from kaohe.spreadsheets import write_table


def table(
    rows: Sequence[tuple[Row[Any], Line]],
    state: Callable[[str], tuple[str, str, str]],
) -> bytes:
    """`state`: the tone, word and sign of a status."""
    head = [_("考核"), _("后续"), _("对谁"), _("分组"), _("缘由"), _("由谁办"), _("条款"), _("期限"), _("状态"),
            _("办理结果"), _("办理日期"), _("文号"), _("由谁决定"), _("登记人"), _("说明")]  # fmt: skip
    body = [
        [one.cycle, one.title, one.subject or _("全部对象"), one.group, one.cause, one.actor, one.article,
         _day(one.due), _late(one, one.label or state(one.status)[1]), one.outcome, _day(one.settled_on), one.document,
         row.decided_by, row.settled_name, one.remark]
        for row, one in rows
    ]  # fmt: skip
    return write_table(_("后续"), head, body, freeze=3)


def _late(one: Line, word: str) -> str:
    return _("{state}，逾期").format(state=word) if one.days is not None and one.days < 0 else word


def _day(day: Any) -> str:
    return day.isoformat() if day else ""
