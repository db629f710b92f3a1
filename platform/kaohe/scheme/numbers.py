"""Exact numbers: as formulas work with them, rounded, and as they are written."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any


def exact(value: Any) -> Any:
    """Numbers as a formula works with them; everything else unchanged."""
    return _exact(value) if isinstance(value, Decimal) else value


@lru_cache(maxsize=4096)
def _exact(value: Decimal) -> int | Fraction:
    return int(value) if value == value.to_integral_value() else Fraction(value)


def round_half_up(value: int | Fraction) -> int:
    """To a whole number, ties away from zero."""
    if isinstance(value, int):
        return value
    doubled, divisor = 2 * abs(value.numerator) + value.denominator, 2 * value.denominator
    size = doubled // divisor
    return size if value.numerator >= 0 else -size


def plain(value: int | Decimal | Fraction) -> str:
    """Shortest text without exponent; a fraction that has no finite decimal is cut to 6 places."""
    if isinstance(value, Fraction):
        scaled = round_half_up(value * 10**6)
        value = Decimal(scaled).scaleb(-6)
    text = format(Decimal(value), "f")
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text
