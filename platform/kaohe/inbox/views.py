"""What the inbox pages show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row


@dataclass(frozen=True, slots=True)
class InboxView:
    chosen: str
    counts: dict[str, int]
    messages: Sequence[Row[Any]]
    page: int
    pages: int
    today: date

    @property
    def total(self) -> int:
        return self.counts[self.chosen]


@dataclass(frozen=True, slots=True)
class MessageView:
    message: Row[Any]
    today: date
