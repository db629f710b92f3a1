"""Figures and answers as offices type them."""

from __future__ import annotations

import re

_WIDE = str.maketrans("０１２３４５６７８９．。－−＋％，", "0123456789..--+%,")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_YES, _NO = {"是", "1", "on", "true", "yes"}, {"否", "0", "false", "no"}


def number_text(text: str, unit: str = "") -> str:
    """６．５, 1,200, 3分: without wide signs, commas between thousands and its own unit. Not looked at otherwise."""
    return _THOUSANDS.sub("", text.translate(_WIDE).strip().removesuffix(unit).rstrip())


def yes_or_no(text: str) -> bool | None:
    """None for what is neither."""
    word = text.strip().lower()
    return True if word in _YES else False if word in _NO else None
