"""What goes wrong when a cycle goes over to another version."""

from __future__ import annotations

from kaohe.errors import Conflict


class PreviewChanged(Conflict):
    """Something was recorded, rated or set since the page was opened: what was agreed to is no longer what would be."""

    title = "您打开这一页之后，数据或考核又有变化，还没有改用"
