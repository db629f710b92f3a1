"""What can be wrong with a step."""

from __future__ import annotations

from kaohe.errors import Conflict, Forbidden


class NotYourStep(Forbidden):
    code, title = "not-your-step", "这一步不由您办理"
    next_step = "稿件页上写着这一步由谁办理。"


class Moved(Conflict):
    code, title = "contribution-moved", "稿件刚被办理过"
    next_step = "请刷新页面，看看它现在到了哪一步。"


class StillAdded(Conflict):
    code, title = "contribution-has-additions", "稿件还有补记的记录"
    next_step = "先请登记人冲销这些记录，再撤回稿件。"
