"""What self-assessment refuses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kaohe.errors import Conflict


class SelfAssessmentClosed(Conflict):
    code, title = "self-assessment-closed", "现在不能修改自评"
    next_step = "确需延期的，请与组织考核的单位联系。"


class AlreadyFiled(Conflict):
    code, title = "already-filed", "自评已经报送"
    next_step = "已报送的内容不能修改；截止前单位负责人可以撤回，或由组织考核的单位退回。"


class NotFiled(Conflict):
    code, title = "not-filed", "没有已报送的自评"


@dataclass(frozen=True, slots=True)
class Theirs:
    """The claim as somebody else left it."""

    entries: list[dict[str, Any]]
    remark: str
    version: int
    by: str
    at: datetime


class ClaimChanged(Conflict):
    """Somebody saved this claim since the page was opened. Nothing was overwritten."""

    code, title = "claim-changed", "另一位同事改过这一项"

    def __init__(self, theirs: Theirs) -> None:
        super().__init__()
        self.theirs = theirs
