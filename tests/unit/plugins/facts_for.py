"""Random facts that any scheme takes: made from what its leaves declare, the unfit ones left out."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from kaohe.scheme import Indicator, Kind, Period, Scheme
from kaohe.scheme.checks.finding import Looked
from kaohe.scheme.model import Attribute, Field
from kaohe.scheme.parameters import Parameter
from kaohe.scoring import Facts, Record, Subject, check, periods

YEAR = 2026
DAYS = st.integers(0, 364).map(lambda number: date(YEAR, 1, 1) + timedelta(days=number))
PERIODS = {"week": "2026-W20", "month": "2026-05", "quarter": "2026-Q2", "half": "2026-H1", "year": "2026"}


def subjects_of(scheme: Scheme) -> list[Subject]:
    """Three of each kind, hung under the first of its parent's kind."""
    return [
        Subject(
            id=f"{kind.id}{number}",
            kind=kind.id,
            parent=f"{kind.parent}1" if kind.parent else None,
            attributes=_attributes(scheme, kind),
        )
        for kind in scheme.kinds
        for number in (1, 2, 3)
    ]


def _attributes(scheme: Scheme, kind: Kind) -> dict[str, Any]:
    wanted = {n: a for n, a in kind.attributes.items() if a.required or a.required_in or a.default is None}
    return {name: _attribute(scheme, kind, attribute) for name, attribute in wanted.items()}


def _attribute(scheme: Scheme, kind: Kind, attribute: Attribute) -> Any:
    looked = Looked(scheme, {})
    match attribute.type:
        case "map":
            targets = [leaf.code for leaf in scheme.leaves.values() if leaf.rule == "target" and kind.id in leaf.kinds]
            return dict.fromkeys(targets, Decimal(8))
        case "choice":
            return next(iter(attribute.choices))
        case "text":
            return "甲"
        case "boolean":
            return True
    low = looked.number(attribute.min)
    if attribute.above is not None:
        low = Fraction(looked.number(attribute.above) or 0) + 1
    return int(low or 1) if attribute.type == "integer" else Decimal(int(low or 1))


def periods_of(scheme: Scheme) -> st.SearchStrategy[Period]:
    return st.sampled_from([periods.parse(PERIODS[kind], scheme.month_starts) for kind in scheme.periods])


@st.composite
def records_for(draw: st.DrawFn, scheme: Scheme, leaves: list[Indicator] | None = None) -> Record:
    subject = draw(st.sampled_from(subjects_of(scheme)))
    able = [leaf for leaf in leaves or scheme.leaves.values() if subject.kind in leaf.kinds]
    leaf = draw(st.sampled_from(able or [leaf for leaf in scheme.leaves.values() if subject.kind in leaf.kinds]))
    members = {
        name: value for name in leaf.members if (value := draw(_member(scheme, leaf, subject.kind, name))) is not None
    }
    if "rating" in members and "value" in members:
        members.pop(draw(st.sampled_from(["rating", "value"])))
    if "matter" in members:
        members.pop("count", None)
    if members.get("done") != "partial" and leaf.rule == "check":
        members.pop("rating", None)
    return Record(subject=subject.id, leaf=leaf.code, date=draw(DAYS), note="说明", **members)


@st.composite
def parameters_for(draw: st.DrawFn, scheme: Scheme) -> dict[str, Any]:
    """Some of the scheme's parameters with values other than usual, mostly allowed ones."""
    names = draw(st.lists(st.sampled_from(sorted(scheme.parameters)), min_size=1, max_size=2, unique=True))
    return {name: draw(_value_of(scheme.parameters[name])) for name in names}


def _value_of(parameter: Parameter) -> st.SearchStrategy[Any]:
    match parameter.type:
        case "choice":
            return st.sampled_from(sorted(parameter.choices))
        case "boolean":
            return st.booleans()
        case "text":
            return st.sampled_from(["deduction", "bonus", "bonus,deduction"])
        case "map":
            table = dict(parameter.default or {})
            return st.integers(-2, 2).map(lambda more: {name: value + more for name, value in table.items()})
    low, high = int(parameter.min or 0), int(parameter.max if parameter.max is not None else 100)
    near = st.integers(low, min(high, low + 12))
    if parameter.type == "integer":
        return near
    tenths = st.integers(0, 10).map(lambda tenths: low + Decimal(tenths) * (high - low) / 10)
    return near.map(Decimal) | tenths | (st.none() if parameter.nullable else st.nothing())


def _member(scheme: Scheme, leaf: Indicator, kind: str, name: str) -> st.SearchStrategy[Any]:
    looked = Looked(scheme, {})
    low, high = looked.number(leaf.min) or Fraction(0), looked.number(leaf.max)
    match name:
        case "count":
            return st.integers(1, 4)
        case "amount":
            return _decimals(low, high if high is not None else low + 5)
        case "rating":
            full = high if high is not None else looked.points(leaf, kind)
            return _decimals(Fraction(0), full if full is not None else Fraction(1))
        case "value" | "target":
            return st.integers(0, 100).map(Decimal)
    named = {"level": sorted(leaf.levels), "channel": leaf.channels, "done": leaf.done}
    if name in named or name in ("rater", "matter"):
        return st.sampled_from(named.get(name, [None, "甲", "乙"]))
    return st.fixed_dictionaries({field: _field(declared) for field, declared in leaf.fields.items()})


def _decimals(low: Fraction, high: Fraction) -> st.SearchStrategy[Decimal]:
    """To a tenth, exactly."""
    return st.integers(int(low * 10), int(high * 10)).map(lambda tenths: Decimal(tenths) / 10)


def _field(field: Field) -> st.SearchStrategy[Any]:
    match field.type:
        case "boolean":
            return st.booleans()
        case "choice":
            return st.sampled_from(sorted(field.choices))
        case "date":
            return DAYS.map(str)
        case "integer" | "decimal":
            return st.integers(0, 50)
    return st.just("甲")


def fit(scheme: Scheme, period: Period, rows: list[Record]) -> Facts:
    """Without the records that the scheme refuses, alone or together."""
    while True:
        facts = Facts(scheme=scheme.id, period=period.text, subjects=subjects_of(scheme), records=rows)
        problems = check(scheme, facts)
        if not problems:
            return facts
        named = [re.match(r"records\[(\d+)\]", problem.place) for problem in problems]
        assert all(named), problems
        wrong = {int(match.group(1)) for match in named if match}
        rows = [row for index, row in enumerate(rows) if index not in wrong]
