"""Facts that a scheme takes, made from what it declares: two subjects of each kind, a record for each leaf."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from kaohe.national_calendar import national_calendar
from kaohe.scheme.checks.finding import Looked
from kaohe.scheme.formula import plain
from kaohe.scheme.kinds import Attribute, Kind
from kaohe.scheme.model import Field, Indicator, Scheme
from kaohe.scheme.periods import Period, containing
from kaohe.scheme.problems import BadFacts
from kaohe.scoring import check, decode_facts, score
from kaohe.scoring.encoding import document

Facts = dict[str, Any]
_NAMES = ("甲", "乙")


def period_for(scheme: Scheme, day: date) -> Period:
    """The shortest that the scheme scores, around the day; the next one back where it has none there."""
    for kind in scheme.periods:
        found = containing(day, kind, scheme.month_starts)
        if scheme.has_period(found):
            return found
    return containing(day, scheme.periods[0], scheme.month_starts)


def sample(scheme: Scheme, day: date) -> Facts:
    """What the scheme would refuse is left out."""
    period, looked = period_for(scheme, day), Looked(scheme, {})
    subjects = [subject for kind in scheme.kinds for subject in _subjects(looked, kind)]
    records = [
        {"subject": f"{kind.id}1", "leaf": leaf.code, "date": period.start.isoformat(), **members}
        for kind in scheme.kinds
        for leaf in scheme.leaves.values()
        if kind.id in leaf.kinds and (not leaf.periods or period.type in leaf.periods)
        for members in _members(looked, leaf, kind.id)
    ]
    return _fitting(scheme, {"scheme": scheme.id, "period": period.text, "subjects": subjects, "records": records})


def _fitting(scheme: Scheme, facts: Facts) -> Facts:
    for _round in range(len(facts["records"]) + 1):
        problems = check(scheme, decode_facts(facts, calendar=national_calendar()))
        wrong = {int(found[1]) for each in problems if (found := re.match(r"records\[(\d+)\]", each.place))}
        if not wrong:
            break
        facts = facts | {"records": [row for n, row in enumerate(facts["records"]) if n not in wrong]}
    return facts


def _subjects(looked: Looked, kind: Kind) -> Iterator[Facts]:
    attributes = {name: _attribute(looked, each) for name, each in kind.attributes.items() if each.default is None}
    for number, name in enumerate(_NAMES, 1):
        subject: Facts = {"id": f"{kind.id}{number}", "kind": kind.id, "name": f"{kind.title.zh}{name}"}
        subject |= {"parent": f"{kind.parent}1"} if kind.parent else {}
        yield subject | ({"attributes": attributes} if attributes else {})


def _attribute(looked: Looked, attribute: Attribute) -> Any:
    match attribute.type:
        case "map":
            leaves = looked.scheme.leaves.values()
            return {leaf.code: 8 for leaf in leaves if leaf.rule == "target"}
        case "choice":
            return next(iter(attribute.choices), "")
        case "text":
            return "甲"
        case "boolean":
            return True
    low = looked.number(attribute.min)
    above = looked.number(attribute.above)
    return _exact(above + 1 if above is not None else low or Fraction(1))


def _members(looked: Looked, leaf: Indicator, kind: str) -> Iterator[Facts]:
    """One record, or one for each channel; none where a leaf takes none."""
    if leaf.rule == "formula" or (leaf.rule == "function" and not (leaf.levels or leaf.fields)):
        return
    taken = leaf.members
    made: Facts = {"note": "样例"} if leaf.note == "required" else {}
    made |= {"matter": "样例事项"} if leaf.matter == "required" else {}
    if leaf.levels and "level" in taken:
        made["level"] = next(iter(leaf.levels))
    if "amount" in taken:
        made["amount"] = _exact(looked.number(leaf.min) or Fraction(1))
    if "rating" in taken and leaf.rule == "judged" and "value" not in taken:
        made["rating"] = _exact(_most(looked, leaf, kind))
    if "value" in taken:
        made["value"] = _exact(looked.number(leaf.target) or looked.number(leaf.max) or Fraction(1))
    if "target" in taken:
        made["target"] = made.get("value", 1)
    if leaf.fields:
        made["fields"] = {name: _field(looked, each) for name, each in leaf.fields.items() if each.required}
    if leaf.rule == "check" and not (leaf.fields and leaf.formula):
        made["done"] = leaf.done[0]
    for channel in leaf.channels or (None,):
        yield made | ({"channel": channel} if channel else {})


def _most(looked: Looked, leaf: Indicator, kind: str) -> Fraction:
    return looked.number(leaf.max) or looked.points(leaf, kind) or Fraction(1)


def _field(looked: Looked, field: Field) -> Any:
    match field.type:
        case "choice":
            return next(iter(field.choices))
        case "boolean":
            return True
        case "text" | "subject":
            return "甲"
        case "date":
            return "2026-01-05"
    return _exact(looked.number(field.min) or Fraction(1))


def _exact(value: Fraction) -> int | Decimal:
    return int(value) if value.denominator == 1 else Decimal(plain(value))


def cases(scheme: Scheme, day: date) -> Mapping[str, Any]:
    """A file of cases: nobody recorded anything, and everything once. What comes out is what the scheme gives today."""
    full = sample(scheme, day)
    shared = {name: full[name] for name in ("scheme", "period", "subjects")}
    made = [
        _case(scheme, shared, name, rows) for name, rows in (("没有记录", []), ("每项各有一条记录", full["records"]))
    ]
    return shared | {"cases": [case for case in made if case]}


def _case(scheme: Scheme, shared: Facts, name: str, records: list[Facts]) -> Facts | None:
    try:
        result = document(score(scheme, decode_facts(shared | {"records": records}, calendar=national_calendar())))
    except BadFacts as bad:
        return {"name": name, "records": records, "problems": [str(problem) for problem in bad.problems]}
    expect = {sheet["subject"]: _expected(sheet) for sheet in result["results"]}
    return {"name": name, "records": records, "expect": expect} if expect else None


def _expected(sheet: Facts) -> Facts:
    lines = [{"kind": each["kind"], "leaf": each["leaf"], "amount": Decimal(each["amount"])} for each in sheet["lines"]]
    kept = {name: sheet[name] for name in ("grade", "rank", "flags")}
    total = {"total": Decimal(sheet["total"])} if sheet["total"] is not None else {}
    return total | {"items": {code: Decimal(given) for code, given in sheet["items"].items()}} | kept | {"lines": lines}
