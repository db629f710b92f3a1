"""The result as the exact JSON of the file format, and facts as JSON that reads back the same."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import msgspec

from kaohe.scoring.canonical import calendar_members
from kaohe.scoring.facts import Facts
from kaohe.scoring.sheets import Award, Line, Result, Sheet

_json = msgspec.json.Encoder(decimal_format="string")


def encode(result: Result) -> bytes:
    """Indented by two, Chinese as it is, one newline at the end."""
    return msgspec.json.format(_json.encode(document(result)), indent=2) + b"\n"


def document(result: Result) -> dict[str, Any]:
    """The same as plain objects, for tables and spreadsheets."""
    return {
        "scheme": result.scheme,
        "version": result.version,
        "period": result.period,
        "digest": result.digest,
        "results": [sheet_members(sheet) for sheet in result.sheets],
    }


def sheet_members(sheet: Sheet) -> dict[str, Any]:
    scored = sheet.status is None or bool(sheet.item_units)
    base = sheet.total_units - sheet.bonus_units + sheet.deduction_units
    return {
        "subject": sheet.subject,
        "kind": sheet.kind,
        "name": sheet.name,
        "group": sheet.group,
        "total": shown(sheet.total_units) if scored else None,
        "base": shown(base) if scored else None,
        "bonus": shown(sheet.bonus_units) if scored else None,
        "deduction": shown(sheet.deduction_units) if scored else None,
        "items": {code: shown(units) for code, units in sheet.item_units.items()},
        "grade": sheet.grade,
        "rank": sheet.rank,
        "honours": sheet.honours,
        "awards": [_award(award) for award in sheet.awards],
        "flags": sheet.flags,
        "missing": sheet.missing,
        "remarks": sheet.remarks,
        "lines": [_line(line) for line in sheet.lines],
    }


def _line(line: Line) -> dict[str, Any]:
    return {
        "kind": line.kind,
        "leaf": line.leaf,
        "article": line.article,
        "amount": shown(line.units),
        "records": line.records,
        "why": line.why,
    }


def _award(award: Award) -> dict[str, Any]:
    return {"name": award.name, "amount": format(award.amount, "f"), "unit": award.unit}


@lru_cache(maxsize=65536)
def shown(units: int) -> str:
    """At least 2 decimals, at most 6, none of them needless."""
    sign, size = ("-", -units) if units < 0 else ("", units)
    whole, rest = divmod(size, 10**6)
    decimals = f"{rest:06}".rstrip("0")
    return f"{sign}{whole}.{decimals:0<2}"


def encode_facts(facts: Facts) -> bytes:
    """Canonical JSON: `decode_facts` of it gives the same facts and the same digest."""
    members: dict[str, Any] = {
        "parameters": facts.parameters,
        "period": facts.period,
        "records": facts.records,
        "scheme": facts.scheme,
        "subjects": facts.subjects,
    }
    if facts.calendar.known_years is None and (facts.calendar.holidays or facts.calendar.workdays):
        days = calendar_members(facts.calendar)
        members["calendar"] = {name: days[name] for name in ("holidays", "workdays")}
    return _number_json.encode(dict(sorted(members.items()))) + b"\n"


_number_json = msgspec.json.Encoder(decimal_format="number", order="deterministic")
