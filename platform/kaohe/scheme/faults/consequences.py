"""What follows: by when, in whole days, and to whom it is copied."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from kaohe.scheme.faults.place import Fault
from kaohe.scheme.formula import FormulaError, NoData, exact
from kaohe.scheme.model import Scheme

_MOST_DAYS = 1000


def faults(scheme: Scheme) -> Iterator[Fault]:
    defaults = {name: exact(parameter.default) for name, parameter in scheme.parameters.items()}
    for index, one in enumerate(scheme.consequences):
        here = ("consequences", index)
        if one.workdays and one.days is None:
            yield (*here, "workdays"), f"后果「{one.title}」写了 workdays，没有写几天，补上 days"
        if one.copies and not one.bulletin:
            yield (*here, "copies"), f"后果「{one.title}」写了抄送，没有通报文稿，补上 bulletin: true"
        if one.days is None or not one.days.names <= set(defaults):
            continue  # names that are not there are told with the formulas
        try:
            days = Fraction(one.days.number(defaults))
        except NoData:
            continue  # a parameter that sets no limit
        except FormulaError as error:
            yield (*here, "days"), f"应为数：{error}"
            continue
        if days.denominator != 1 or not 1 <= days <= _MOST_DAYS:
            yield (*here, "days"), f"后果「{one.title}」的期限 {one.days.text} 应为 1 到 {_MOST_DAYS} 的整数"
