"""What can be wrong with acting on something."""

from __future__ import annotations

from kaohe.errors import Conflict


class Settled(Conflict):
    code, title = "followup-settled", "这一项刚被办理过"
    next_step = "请刷新页面，看看它现在的状态。"
