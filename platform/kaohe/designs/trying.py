"""A draft tried on facts that somebody pasted: sheets, or every problem with its place. Nothing is stored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kaohe.designs.document import read_facts
from kaohe.designs.import_columns import RECORDS
from kaohe.designs.members import text_of
from kaohe.national_calendar import national_calendar
from kaohe.scheme.model import Scheme
from kaohe.scheme.problems import BadFacts, Problem
from kaohe.scoring import decode_facts, score
from kaohe.scoring.encoding import document
from kaohe.spreadsheets import Table, read_table

MOST_RECORDS = 3_000


@dataclass(frozen=True, slots=True)
class Outcome:
    """`sheets` as in the result's document; `problems`: (place, what is wrong)."""

    sheets: list[dict[str, Any]]
    problems: list[tuple[str, str]]


def attempt(scheme: Scheme, facts: dict[str, Any] | str, places: dict[str, str] | None = None) -> Outcome:
    """Blocks. The draft's own id and version hold, whatever the facts name."""
    try:
        raw = dict(_parsed(facts)) | {"scheme": scheme.id}
        read = decode_facts(raw, calendar=national_calendar())
        return Outcome(document(score(scheme, read))["results"], [])
    except BadFacts as bad:
        said = [(_place(problem.place, places or {}), problem.message) for problem in bad.problems]
        return Outcome([], said)


def _parsed(facts: dict[str, Any] | str) -> Any:
    found = facts if isinstance(facts, dict) else read_facts(facts)
    if not isinstance(found, dict):
        raise BadFacts([Problem("facts", "type", str(found)[:40], "a mapping", allowed_zh="键值表")])
    return found


def _place(place: str, places: dict[str, str]) -> str:
    """`records[3].amount` of a table is a row of it."""
    head, _dot, member = place.partition(".")
    return f"{places[head]} {member}".strip() if head in places else place


def own_titles(scheme: Scheme) -> dict[str, str]:
    """By code: the titles that only one leaf has."""
    taken = Counter(leaf.title.zh for leaf in scheme.leaves.values())
    return {code: leaf.title.zh for code, leaf in scheme.leaves.items() if taken[leaf.title.zh] == 1}


def as_table(scheme: Scheme, facts: Mapping[str, Any]) -> str | None:
    """The records as they would be copied out of a spreadsheet; None where a table cannot say it all."""
    names = {each["id"]: each["name"] for each in facts["subjects"]}
    titles = own_titles(scheme)
    rows = [
        {**record, "subject": names[record["subject"]], "leaf": titles.get(record["leaf"], record["leaf"])}
        for record in facts["records"]
    ]
    columns = [column for column in RECORDS if any(column.name in row for row in rows)]
    lines = [[column.label for column in columns], *([text_of(row.get(c.name)) for c in columns] for row in rows)]
    table = "".join("\t".join(line) + "\n" for line in lines)
    read, _places, found = from_table(scheme, facts["period"], table.encode(), "表.csv")
    return None if not rows or found.problems or attempt(scheme, read).problems else table


def from_table(scheme: Scheme, period: str, data: bytes, name: str) -> tuple[dict[str, Any], dict[str, str], Table]:
    """Records from a spreadsheet; whoever is named in it is a subject of the kind that the leaf is for."""
    table = read_table(data, name, RECORDS)
    titles = {title: scheme.leaves[code] for code, title in own_titles(scheme).items()} | dict(scheme.leaves)
    subjects: dict[str, dict[str, Any]] = {}
    records: list[dict[str, Any]] = []
    places: dict[str, str] = {}
    for row in table.rows[:MOST_RECORDS]:
        leaf = titles.get(row["leaf"])
        who, kind = row["subject"], leaf.kinds[0] if leaf else scheme.kinds[0].id
        subjects.setdefault(who, {"id": who, "kind": kind, "name": who})
        places[f"records[{len(records)}]"] = f"{table.sheet} 第 {row.number} 行"
        cells = {key: value for key, value in row.cells.items() if value and not key.startswith("fields.")}
        fields = {
            key.removeprefix("fields."): value
            for key, value in row.cells.items()
            if key.startswith("fields.") and value
        }
        record: dict[str, Any] = cells | {"leaf": leaf.code if leaf else row["leaf"]}
        if record.get("count", "").isdecimal():
            record["count"] = int(record["count"])
        records.append(record | ({"fields": fields} if fields else {}))
    return {"period": period, "subjects": [*subjects.values()], "records": records}, places, table
