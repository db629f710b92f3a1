"""From gathered facts to rows that can be stored. Pure, and run in a thread."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import msgspec

from kaohe.results.aside import kept
from kaohe.results.facts import Gathered
from kaohe.scheme.model import Scheme
from kaohe.scoring import decode_facts, encode, encode_facts, score
from kaohe.scoring.encoding import sheet_members
from kaohe.scoring.facts import Record
from kaohe.scoring.sheets import Sheet

_PAYLOAD = ("items", "awards", "missing", "remarks", "lines")
_HIDDEN = {"id", "subject", "rater"}


@dataclass(frozen=True)
class Outcome:
    """`facts` and `result` are exact bytes: `kaohe score` on the first gives the second."""

    digest: str
    facts: bytes
    result: bytes
    rows: list[dict[str, Any]]


def work_out(gathered: Gathered) -> Outcome:
    """Scores what the exported bytes read back as, so that nobody else can get another result. Raises BadFacts."""
    exported = encode_facts(gathered.facts)
    facts = decode_facts(exported, calendar=gathered.facts.calendar)
    result = score(gathered.scheme, facts)
    known = {record.id: record for record in facts.records}
    more, left_out = _changed(gathered), _left_out(gathered, facts.records)
    rows = [_row(gathered, known, sheet, more | left_out.get(sheet.subject, {})) for sheet in result.sheets]
    return Outcome(result.digest, exported, encode(result), rows)


def _changed(gathered: Gathered) -> dict[str, Any]:
    """A sheet that was reached by a changeover says so, wherever it is read."""
    return {"changeovers": [change.told for change in gathered.changes]} if gathered.changes else {}


def _row(gathered: Gathered, known: dict[str, Record], sheet: Sheet, more: dict[str, Any]) -> dict[str, Any]:
    place, members = gathered.places[sheet.subject], sheet_members(sheet)
    payload = {name: members[name] for name in _PAYLOAD} | more
    if aside := [each for each in gathered.aside if each.subject == sheet.subject]:
        payload["set_aside"] = kept(aside)
    payload["sources"] = dict(_sources(gathered, known, sheet))
    return {
        "subject_id": place.subject_id, "participation_id": place.id, "party_id": place.party_id,
        "subject": sheet.subject, "kind": sheet.kind, "name": sheet.name, "sort_key": place.sort_key,
        "group_id": sheet.group, "group_name": place.group_name or _group_title(gathered.scheme, sheet),
        **{name: _points(members[name]) for name in ("total", "base", "bonus", "deduction")},
        "rank": sheet.rank, "grade": sheet.grade, "honours": sheet.honours, "flags": sheet.flags,
        "incomplete": bool(sheet.missing), "payload": msgspec.to_builtins(payload),
    }  # fmt: skip


def _group_title(scheme: Scheme, sheet: Sheet) -> str:
    return str(scheme.kind(sheet.kind).title) if sheet.group == sheet.kind else sheet.group


def _points(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _sources(gathered: Gathered, known: dict[str, Record], sheet: Sheet) -> Iterator[tuple[str, dict[str, Any]]]:
    """The entry behind each line, so that a copy of the sheet explains itself."""
    for name in {name for line in sheet.lines for name in line.records}:
        if record := known.get(name):
            source = gathered.sources[name]
            entry = {key: _text(value) for key, value in msgspec.to_builtins(record, builtin_types=(Decimal,)).items()
                     if value is not None and key not in _HIDDEN}  # fmt: skip
            yield name, {"kind": source.kind, "at": source.id, "who": source.who, "entry": entry,
                         **_units(gathered, record)}  # fmt: skip


def _units(gathered: Gathered, record: Record) -> dict[str, Any]:
    """Names of the units that the entry names: who reads a copy elsewhere cannot look them up."""
    fields = gathered.scheme.leaves[record.leaf].fields if record.leaf in gathered.scheme.leaves else {}
    codes = {
        value for name, value in (record.fields or {}).items() if name in fields and fields[name].type == "subject"
    }
    return {"units": {each.id: each.name for each in gathered.facts.subjects if each.id in codes}} if codes else {}


def _left_out(gathered: Gathered, records: Iterable[Record]) -> dict[str, dict[str, Any]]:
    """What does not apply to a subject, of which no line tells; by subject."""
    found: dict[str, dict[str, Any]] = {}
    for record in records:
        if record.done == "not_applicable":
            told = {"leaf": record.leaf, "note": record.note or "", "who": gathered.sources[record.id].who}
            found.setdefault(record.subject, {"left_out": []})["left_out"].append(told)
    return found


def _text(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _text(each) for key, each in value.items()}
    return format(value, "f") if isinstance(value, Decimal) else value
