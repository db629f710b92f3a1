"""What grading refuses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kaohe.errors import Conflict


class GradingClosed(Conflict):
    code, title = "grading-closed", "现在不能评分"
    next_step = "评分的起止日期由考核办设定，如需延长请联系考核办。"


class AlreadyFiled(Conflict):
    code, title = "grading-filed", "评分已提交"
    next_step = "已提交的评分不能修改；确需更正时，请考核办说明理由后退回。"


@dataclass(frozen=True, slots=True)
class Theirs:
    """The finding as somebody else left it."""

    entries: list[dict[str, Any]]
    reason: str
    version: int
    by: str
    at: datetime


class FindingChanged(Conflict):
    """Another assessor saved this finding since the page was opened. Nothing was overwritten."""

    code, title = "finding-changed", "另一位评分人改过这一项"

    def __init__(self, theirs: Theirs) -> None:
        super().__init__()
        self.theirs = theirs
