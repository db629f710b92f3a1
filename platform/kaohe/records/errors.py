"""What can go wrong with daily records."""

from __future__ import annotations

from kaohe.errors import Conflict


class AlreadyReversed(Conflict):
    title = "已经冲销"
    next_step = "每条记录只能冲销一次，请返回查看冲销记录。"


class ReplyClosed(Conflict):
    title = "申辩期限已过"
    next_step = "如对得分有异议，可在结果公布后提出申诉。"


class ImportChanged(Conflict):
    title = "导入状态已变化"
    next_step = "请返回导入页面查看最新状态。"
