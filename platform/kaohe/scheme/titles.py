"""A title in Chinese, with its English translation."""

from __future__ import annotations

from msgspec import Struct


class Text(Struct, frozen=True, forbid_unknown_fields=True):
    zh: str
    en: str = ""

    def __str__(self) -> str:
        return self.zh
