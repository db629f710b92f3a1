"""What goes wrong with cycles."""

from __future__ import annotations

from kaohe.errors import Conflict


class NoDraft(Conflict):
    """The notice is out: scheme, subjects and calendar stand."""

    title = "通知已经发出，方案、对象和日程不能再改"
    next_step = "需要延期的，请在进度页面办理。"
