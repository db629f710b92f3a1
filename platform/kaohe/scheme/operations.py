"""What the operators and functions of formulas do, exactly."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from kaohe.scheme.numbers import plain, round_half_up

MOST_PLACES = 12
TEXTS = (str, list)


class NoData(Exception):
    """A formula asked for something that is not there, or divided by 0; a `stand_in` answers."""


def _divide(a: Any, b: Any) -> Fraction:
    if b == 0:
        raise NoData("division by 0")
    quotient: Fraction = (a if type(a) is Fraction else Fraction(a)) / b
    return quotient


def _times(a: Any, b: Any) -> Any:
    """Of numbers only: a text must not grow by a factor."""
    if isinstance(a, TEXTS) or isinstance(b, TEXTS):
        raise FormulaError("只有数能相乘")
    return b * a if type(b) is Fraction else a * b  # a fraction is quicker with what it multiplies


def _rest(a: Any, b: Any) -> Any:
    """Of numbers only: `%` of a text fills it in, to any width."""
    if isinstance(a, TEXTS) or isinstance(b, TEXTS):
        raise FormulaError("只有数能求余数")
    if b == 0:
        raise NoData("division by 0")
    return a % b


def _whole_times(a: Any, b: Any) -> Any:
    if b == 0:
        raise NoData("division by 0")
    return a // b


def _round(x: Any, places: Any = 0) -> Fraction:
    if places not in range(MOST_PLACES + 1):
        raise FormulaError(f"round 的位数应为 0 到 {MOST_PLACES}")
    return round_half_up(Fraction(x) * 10**places) / Fraction(10**places)


class FormulaError(ValueError):
    """The text is no formula, or names something that is not there."""


BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: _times,
    ast.Div: _divide,
    ast.FloorDiv: _whole_times,
    ast.Mod: _rest,
}
COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda a, b: a in b,
    ast.NotIn: lambda a, b: a not in b,
}
CONSTANTS = {"true": True, "false": False, "none": None, "True": True, "False": False, "None": None}
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "min": min,
    "max": max,
    "abs": abs,
    "sum": sum,
    "len": len,
    "text": lambda x: plain(x) if isinstance(x, int | Fraction) else str(x),
    "whole": lambda x: Fraction(x) // 1,
    "round": _round,
}
