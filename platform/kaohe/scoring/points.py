"""Points inside the engine: whole millionths, and fractions of them only where a division occurs."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from kaohe.scheme.formula import plain, round_half_up

Units = int | Fraction
POINT = 10**6


@lru_cache(maxsize=65536)
def units(points: int | Decimal | Fraction) -> Units:
    return whole(Fraction(points) * POINT)


def whole(value: Units) -> Units:
    """The same number, as an int where it is one."""
    if isinstance(value, Fraction) and value.denominator == 1:
        return value.numerator
    return value


def normal(number: Decimal) -> Decimal:
    """The same number without exponent and needless zeros."""
    return Decimal(plain(number))


def points(value: Units) -> Fraction:
    return Fraction(value) / POINT


def rounded(value: Units, places: int = 2) -> int:
    """To so many decimals of a point, ties away from zero, still in millionths."""
    step: int = 10 ** (6 - places)
    if type(value) is int and value % step == 0:
        return value
    return round_half_up(Fraction(value) / step) * step


def divided(value: int, by: int, step: int = 1) -> int:
    """The quotient of whole units to a multiple of `step`, ties away from zero."""
    size = (2 * abs(value) + by * step) // (2 * by * step) * step
    return size if value >= 0 else -size


@lru_cache(maxsize=65536)
def text(value: Units) -> str:
    """Points for a person: no needless zeros, at most 6 decimals."""
    return plain(points(value))
