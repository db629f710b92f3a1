"""What can go wrong while a scheme is drawn up."""

from __future__ import annotations

from collections.abc import Sequence

from kaohe.errors import Conflict, Invalid
from kaohe.i18n import _


class Unreadable(Invalid):
    """The text is no document that could be edited: not YAML, too large, too deep."""


class Stale(Conflict):
    """Somebody saved since the page was opened. `rows`: (label, mine, theirs) of what differs."""

    def __init__(self, version: int, rows: Sequence[tuple[str, str, str]] = ()) -> None:
        super().__init__(_("您打开这一页之后，另一位同事保存过这份方案，您的内容还没有保存。"))
        self.version, self.rows = version, tuple(rows)
