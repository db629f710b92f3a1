"""Facts of any scheme with many subjects, whose records differ from each other as real ones do."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from kaohe.designs.sampling import period_for, sample
from kaohe.national_calendar import national_calendar
from kaohe.scheme.model import Scheme
from kaohe.scoring import Facts, check, decode_facts

DAY = date(2026, 3, 15)
ALWAYS = frozenset({"judged", "check", "target", "steps", "measured"})
NUMBERS = ("amount", "rating", "value")


def facts_of(scheme: Scheme, most: int, *, varied: bool, seed: int = 5) -> Facts:
    """About `most` subjects. Varied: who has which record, when, how often and how much is drawn by lot."""
    chance, base = random.Random(seed), sample(scheme, DAY)
    copies = max(1, most // len(scheme.kinds))
    period = period_for(scheme, DAY)
    days = [period.start + timedelta(days=n) for n in range((min(period.end, DAY) - period.start).days + 1)]
    firsts = {subject["kind"]: subject for subject in base["subjects"] if subject["id"] == f"{subject['kind']}1"}
    subjects = [_numbered(subject, n) for subject in firsts.values() for n in range(1, copies + 1)]
    records = [
        made
        for row in base["records"]
        for n in range(1, copies + 1)
        for made in _drawn(scheme, row | {"subject": f"{row['subject'][:-1]}{n}"}, days, chance if varied else None)
    ]
    return _fitting(scheme, base | {"subjects": subjects, "records": records})


def _numbered(subject: dict[str, Any], n: int) -> dict[str, Any]:
    changed: dict[str, Any] = {"id": f"{subject['kind']}{n}", "name": f"{subject['name']}{n}"}
    if "parent" in subject:
        changed["parent"] = f"{subject['parent'][:-1]}{n}"
    return subject | changed


def _drawn(
    scheme: Scheme, row: dict[str, Any], days: list[date], chance: random.Random | None
) -> Iterator[dict[str, Any]]:
    leaf = scheme.leaves[row["leaf"]]
    if chance is None:
        yield row
        return
    for _ in range(1 if leaf.rule in ALWAYS or leaf.channels else chance.choice((0, 0, 1, 2))):
        made = row | {"date": chance.choice(days).isoformat()}
        for name in NUMBERS:
            if name in row:
                made[name] = Decimal(str(row[name])) * chance.randint(20, 100) / 100
        if "done" in row:
            made["done"] = chance.choice(leaf.done)
        if "level" in row:
            made["level"] = chance.choice(list(leaf.levels))
        if "count" in leaf.members and "amount" not in row:
            made["count"] = chance.randint(1, 3)
        yield made


def _fitting(scheme: Scheme, raw: dict[str, Any]) -> Facts:
    """Without what the scheme refuses."""
    for _round in range(4):
        facts = decode_facts(raw, calendar=national_calendar())
        wrong = {int(place[8 : place.index("]")]) for each in check(scheme, facts)
                 if (place := each.place).startswith("records[")}  # fmt: skip
        if not wrong:
            break
        raw = raw | {"records": [row for n, row in enumerate(raw["records"]) if n not in wrong]}
    return facts
