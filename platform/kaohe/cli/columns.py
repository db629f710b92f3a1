"""Rows of texts in columns for the terminal, where a Chinese character is as wide as two letters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from unicodedata import east_asian_width


def width(text: str) -> int:
    if text.isascii():
        return len(text)
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def aligned(rows: Iterable[Sequence[str]]) -> list[str]:
    """One line each; a column is as wide as its widest cell, and two spaces stand between columns."""
    held = [list(row) for row in rows]
    widths = [[width(cell) for cell in row] for row in held]
    most = [max(column) for column in zip(*widths, strict=True)]
    return [
        "  ".join(cell + " " * (whole - own) for cell, own, whole in zip(row, wide, most, strict=True)).rstrip()
        for row, wide in zip(held, widths, strict=True)
    ]
