"""A title in Chinese, with its English translation."""

from __future__ import annotations

import re

from msgspec import Struct

_UNIT = re.compile(r"(?P<name>.+?)\s*[（(](?P<unit>[^（()）]{1,8})[）)]")


class Text(Struct, frozen=True, forbid_unknown_fields=True):
    zh: str
    en: str = ""

    def __str__(self) -> str:
        return self.zh


def parted(title: str) -> tuple[str, str]:
    """「建筑面积（平方米）」 → name and unit; '' where the title names none."""
    found = _UNIT.fullmatch(title)
    return (found["name"], found["unit"]) if found else (title, "")


def measure_words(title: str, value: str) -> str:
    """「满意（%）」 86 → 满意 86%."""
    name, unit = parted(title)
    return f"{name} {value}{'' if unit == '%' else ' '}{unit}".rstrip()
