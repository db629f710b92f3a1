"""The states that a tag knows, each with its tone, word and sign."""

from __future__ import annotations

from kaohe.i18n import _

_STATES = {
    "not_started": ("", "未开始", "circle"), "draft": ("active", "草稿", "half"), "in_progress": ("active", "进行中", "half"),
    "complete": ("good", "已填完", "check"), "checked": ("active", "已核对", "check"), "filed": ("active", "已报送", "send"),
    "withdrawn": ("", "已撤回", "return"), "returned": ("warn", "退回", "return"), "grading": ("active", "评分中", "half"),
    "graded": ("good", "已评", "check"), "computed": ("active", "已计算", "check"), "confirmed": ("good", "已确认", "check"),
    "released": ("good", "已发布", "tick-circle"), "reversed": ("", "已冲销", "return"), "replied": ("active", "已申辩", "appeals"),
    "open": ("active", "进行中", "clock"), "closed": ("", "已结束", "lock"), "scheduled": ("", "未到时间", "clock"),
    "due_soon": ("warn", "临近截止", "clock"), "overdue": ("bad", "逾期", "alert"), "vetoed": ("bad", "一票否决", "veto"),
    "upheld": ("good", "成立", "check"), "rejected": ("", "不成立", "cross"), "recused": ("warn", "回避", "veto"),
    "enabled": ("good", "已启用", "check"), "disabled": ("", "未启用", "minus"), "unread": ("active", "未读", "inbox"),
    "to_act": ("active", "待办", "clock"), "done": ("good", "已办", "check"), "waived": ("", "不办", "minus"),
    "failed": ("bad", "失败", "cross-circle"), "waiting": ("", "排队中", "clock"), "honour": ("good", "拟评优", "star"),
}  # fmt: skip


def state(status: object) -> tuple[str, str, str]:
    """Of an unknown one the name is the word."""
    known = _STATES.get(str(status))
    return (known[0], _(known[1]), known[2]) if known else ("", str(status), "circle")
