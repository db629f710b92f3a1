"""What the ranking shows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Row

from kaohe.i18n import said
from kaohe.results.consequences import Following
from kaohe.results.queries import Filter
from kaohe.scheme.model import Scheme

FEW = 12
_ITEM = re.compile(r"item\((?P<code>[\w.]+)\)")


def ranked_by(scheme: Scheme) -> str:
    """The item by which the scheme ranks, '' where it is the total."""
    found = _ITEM.fullmatch(scheme.ranking.by.text)
    return found["code"] if found else ""


def group_of(scheme: Scheme, row: Any) -> str:
    """In the reader's language where the scheme names the group."""
    called = {kind.id: kind.title for kind in scheme.kinds}
    for kind in scheme.kinds:
        called |= kind.groups
    return said(called[row.group_id]) if row.group_id in called else row.group_name


def title_of(scheme: Scheme, code: str) -> str:
    return said(scheme.indicator(code).title) if code else ""


@dataclass(frozen=True, slots=True)
class RankingView:
    """`ranked_by`: the title of the item by which the ranks go, '' where it is the total."""

    scheme: Scheme
    cycle: Row[Any]
    run: Row[Any] | None
    busy: Row[Any] | None
    groups: Sequence[Row[Any]]
    rows: Sequence[Row[Any]]
    chosen: Filter
    before: Row[Any] | None
    pages: int
    may: Mapping[str, bool]
    lists: Sequence[tuple[str, str]]
    ranked_by: str
    followed: Sequence[Following] = ()
    handled: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def size(self) -> int:
        return sum(group.size for group in self.groups)

    @property
    def honours(self) -> int:
        return sum(group.honours for group in self.groups)

    @property
    def incomplete(self) -> int:
        return sum(group.incomplete for group in self.groups)

    @property
    def many(self) -> bool:
        """Whether the table goes over several groups: each is ranked by itself."""
        return len(self.groups) > 1 and not self.chosen.group

    @property
    def shown(self) -> Mapping[str, Row[Any]]:
        return {group.group_id: group for group in self.groups if self.chosen.group in {"", group.group_id}}

    @property
    def blocks(self) -> list[tuple[Row[Any] | None, list[Row[Any]]]]:
        """The rows under the head of their group; without heads where there is one group."""
        if not self.many:
            return [(None, list(self.rows))]
        return [(self.shown[group], list(rows)) for group, rows in groupby(self.rows, lambda row: row.group_id)]

    def called(self, group: Row[Any]) -> str:
        return group_of(self.scheme, group)

    @property
    def changed(self) -> bool:
        return any(group.changed for group in self.groups)

    @property
    def judged(self) -> bool:
        """Whether there is anything but points to show of anybody."""
        return any(row.grade or row.honours or row.flags or row.incomplete or row.reason for row in self.rows)

    @property
    def filters(self) -> bool:
        """A short table is looked over faster than it is filtered."""
        return self.size > FEW or bool(self.chosen.search or self.chosen.only)

    def href(self, **changes: Any) -> str:
        chosen = {"group": self.chosen.group, "q": self.chosen.search, "only": self.chosen.only, **changes}
        return "?" + urlencode({name: value for name, value in chosen.items() if value})
