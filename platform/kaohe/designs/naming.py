"""Codes and names that are proposed, so that nobody has to think them up."""

from __future__ import annotations

import keyword
import re
from collections.abc import Collection

from pypinyin import Style, lazy_pinyin

CODE = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")
SCHEME_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
# What a formula takes for something else.
_TAKEN = {*keyword.kwlist, "total", "base", "bonus", "deduction", "rank", "grade", "group", "period", "kind", "none"}


def word_of(title: str, most: int = 8) -> str:
    """工作考勤 → gzkq: the initials, which people can type and read out."""
    letters = "".join(lazy_pinyin(title, style=Style.FIRST_LETTER, errors=_latin))
    bare = re.sub(r"[^a-z0-9]", "", letters.lower())[:most]
    return bare if bare[:1].isalpha() and bare not in _TAKEN else f"x{bare}"


def _latin(text: str) -> str:
    return "".join(re.findall(r"[A-Za-z0-9]+", text))


def code_for(title: str, parent: str, taken: Collection[str]) -> str:
    """Under the parent's code; another one of the same letters gets a number."""
    start = f"{parent}.{word_of(title)}" if parent else word_of(title)
    return free(start, taken, "")


def free(start: str, taken: Collection[str], between: str) -> str:
    number, name = 2, start
    while name in taken:
        name, number = f"{start}{between}{number}", number + 1
    return name


def full_word(title: str) -> str:
    """为民服务 → weiminfuwu, for the id of a whole scheme."""
    word = re.sub(r"[^a-z0-9]", "", "".join(lazy_pinyin(title, errors=_latin)).lower())[:24]
    return word if word[:1].isalpha() else f"x{word}"
