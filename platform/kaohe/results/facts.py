"""The facts of a cycle, gathered once from what was recorded, found and rated."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.catalogue.entries import as_record
from kaohe.catalogue.service import scheme_of
from kaohe.cycles import service as cycles
from kaohe.cycles.models import Changeover
from kaohe.grading import service as grading
from kaohe.national_calendar import national_calendar
from kaohe.records import service as records
from kaohe.results import queries
from kaohe.results.aside import Aside, aside_of, elsewhere, fingerprint, no_such_leaf
from kaohe.results.imports import imported
from kaohe.scheme import periods
from kaohe.scheme.model import Attribute, Indicator, Kind, Scheme
from kaohe.scheme.periods import Period
from kaohe.scheme.typed import yes_or_no
from kaohe.scoring.facts import Facts, Record, Subject

_MEMBERS = ("count", "amount", "level", "value", "target", "rating", "done", "matter", "fields", "note")


@dataclass(frozen=True, slots=True)
class Source:
    """Where a record of the facts stands, for links from a line: `kind` record, finding, rating, claim or release."""

    kind: str
    id: str
    who: str


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a scheme with the parameters under which it is applied."""

    scheme: Scheme
    parameters: Mapping[str, Any]


@dataclass(frozen=True)
class Gathered:
    """`places`: subject code → its participation; `sources`: record id → where it stands; `aside`: what does not count.
    `leaves`: indicators of other versions, under which something was entered. `changes`: of the cycle, newest first."""

    scheme: Scheme
    facts: Facts
    places: dict[str, Row[Any]]
    changes: Sequence[Changeover] = ()
    sources: dict[str, Source] = field(default_factory=dict)
    aside: list[Aside] = field(default_factory=list)
    leaves: dict[str, tuple[Scheme, Indicator]] = field(default_factory=dict)

    @cached_property
    def names(self) -> Mapping[str, str]:
        return {code: place.subject_name for code, place in self.places.items()}

    def leaf(self, code: str) -> Indicator:
        return self.scheme.leaves[code] if code in self.scheme.leaves else self.leaves[code][1]

    def set_aside(self, record: Record, why: str) -> None:
        """An entry of a subject that takes part."""
        scheme = self.scheme if record.leaf in self.scheme.leaves else self.leaves[record.leaf][0]
        who = self.sources[record.id].who
        self.aside.append(aside_of(self.leaf(record.leaf), scheme, record, self.names, who, why))


async def gather(session: AsyncSession, cycle: Row[Any], other: Version | None = None) -> Gathered:
    """`cycle`: as `queries.cycle` gives it. `other`: as if the cycle followed that version, with everything in it that
    it has an indicator for. The session should see one moment of the data."""
    pinned = other or Version(await scheme_of(session, cycle.scheme_id, cycle.scheme_version), cycle.parameters)
    scheme = pinned.scheme.under(pinned.parameters)
    rows = await queries.participants(session, cycle.id)
    codes = {row.id: row.subject_code for row in rows}
    values, _problems = scheme.resolve_parameters(pinned.parameters)
    facts = Facts(
        scheme=scheme.id, period=cycle.period, parameters=values, calendar=national_calendar(),
        subjects=[_subject(scheme, row, set(codes.values())) for row in rows],
    )  # fmt: skip
    changes = await cycles.changeovers(session, cycle.id)
    made = Gathered(scheme, facts, {row.subject_code: row for row in rows}, changes)
    await _add_daily(session, made, cycle)
    await _add_findings(session, made, cycle, codes)
    await _add_ratings(session, made, cycle, codes)
    await _add_claims(session, made, cycle, codes, everything=bool(other or changes))
    _sort_out(
        made,
        {} if other or not changes else {(each["id"], each["print"]): each["why"] for each in changes[0].set_aside},
    )
    await _add_imports(session, made, cycle)
    return made


def _sort_out(made: Gathered, known: Mapping[tuple[str, str], str]) -> None:
    """What has no indicator here, and what the changeover set aside and nobody changed since."""
    fitting = []
    for record in made.facts.records:
        if record.leaf not in made.scheme.leaves and record.leaf in made.leaves:
            made.set_aside(record, no_such_leaf())
        elif known and (why := known.get((record.id, fingerprint(record)))) is not None:
            made.set_aside(record, why)
        else:
            fitting.append(record)
    made.facts.records[:] = fitting


def _subject(scheme: Scheme, row: Row[Any], codes: set[str]) -> Subject:
    kind = next((kind for kind in scheme.kinds if kind.id == row.subject_kind), None)
    attributes = {name: typed(kind, name, value) for name, value in row.attributes.items()}
    parent = row.parent_code if row.parent_code in codes else None
    return Subject(id=row.subject_code, kind=row.subject_kind, name=row.subject_name, parent=parent,
                   attributes=attributes, active_from=row.active_from, active_to=row.active_to)  # fmt: skip


def typed(kind: Kind | None, name: str, value: Any) -> Any:
    """Attributes are kept as text; the scheme says which of them are numbers."""
    declared: Attribute | None = kind.attributes.get(name) if kind else None
    if declared is None:
        return value
    if declared.type == "map" and isinstance(value, Mapping):
        return {key: _number(each) for key, each in value.items()}
    if declared.type == "boolean" and isinstance(value, str):
        return yes_or_no(value) is True
    return _number(value) if declared.type in {"decimal", "integer"} else value


def _number(value: Any) -> Any:
    try:
        return Decimal(value) if isinstance(value, str) else value
    except InvalidOperation:
        return value  # refused by the check, with its place


def window(scheme: Scheme, period: Period) -> tuple[date, date]:
    """Caps and counters look back to the beginning of the longest window that holds the period."""
    begins = [periods.containing(period.start, kind, scheme.month_starts).start for kind in periods.WINDOWS]
    return min(period.start, *begins), period.end


async def _add_daily(session: AsyncSession, made: Gathered, cycle: Row[Any]) -> None:
    period = periods.parse(cycle.period, made.scheme.month_starts)
    start, end = window(made.scheme, period)
    found = await records.confirmed(
        session, made.scheme.id, start, end, [row.subject_id for row in made.places.values()]
    )
    await _know(session, made, (row.leaf for row in found))
    for row in found:
        place = made.places.get(row.subject)
        if place is None:
            continue
        number = shown_number(row.number)
        made.sources[number] = Source("record", str(row.id), row.entered_name)
        members = {name: value for name in _MEMBERS if (value := getattr(row, name)) not in (None, "", {})}
        if "fields" in members:
            members["fields"] = _measures(made, row.leaf, members["fields"])
        made.facts.records.append(Record(id=number, subject=row.subject, leaf=row.leaf, date=row.date, **members))


def shown_number(number: int) -> str:
    text = str(number)
    return f"{text[:4]}-{text[4:]}"


async def _know(session: AsyncSession, made: Gathered, codes: Iterable[str]) -> None:
    made.leaves.update(await elsewhere(session, made.scheme, set(codes) - set(made.leaves)))


def _measures(made: Gathered, leaf: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    declared = made.leaf(leaf).fields if leaf in made.scheme.leaves or leaf in made.leaves else {}
    numeric = {name for name, one in declared.items() if one.type in {"decimal", "integer"}}
    return {name: _number(value) if name in numeric else value for name, value in fields.items()}


async def _add_findings(session: AsyncSession, made: Gathered, cycle: Row[Any], codes: Mapping[UUID, str]) -> None:
    found = await grading.findings_of_cycle(session, cycle.id)
    await _know(session, made, (row.leaf for row in found if row.entries))
    for row in found:
        names = [f"finding-{row.id}-{number}" for number in range(1, len(row.entries) + 1)]
        entered = _entered(made, codes[row.participation_id], row.leaf, row.entries, row.reason, cycle.period_end)
        for name, record in zip(names, entered, strict=True):
            made.sources[name] = Source("finding", str(row.participation_id), row.saved_by_name)
            made.facts.records.append(msgspec.structs.replace(record, id=name))


async def _add_ratings(session: AsyncSession, made: Gathered, cycle: Row[Any], codes: Mapping[UUID, str]) -> None:
    rows = await grading.ratings_of_cycle(session, cycle.id)
    await _know(session, made, (row.leaf for row in rows))
    people = await queries.raters(session, cycle.id) if rows else {}
    unbiased = {channel.id for channel in made.scheme.channels if not channel.self_rating}
    for row in rows:
        who = people[row.person_id]
        (record,) = _entered(made, codes[row.participation_id], row.leaf, [row.entry], row.reason, cycle.period_end)
        leaf = made.leaf(row.leaf)
        # Units that rate one another are named by their own code, so that a rating of oneself can be refused.
        rater = who.unit if row.channel in unbiased and who.unit else who.login
        name = f"rating-{row.id}"
        made.sources[name] = Source("rating", str(row.participation_id), who.name)
        made.facts.records.append(
            msgspec.structs.replace(record, id=name, rater=rater, channel=row.channel if leaf.channels else None)
        )


def _entered(
    made: Gathered, code: str, leaf_code: str, entries: Sequence[Mapping[str, Any]], reason: str, end: date
) -> Iterator[Record]:
    """Entries of a grading belong to the period's last day on which the subject was there."""
    day = _last_day(made.places[code], end)
    for entry in entries:
        leaf = made.leaf(leaf_code)
        record = as_record(leaf, entry, subject=code, day=day)
        yield msgspec.structs.replace(record, note=record.note or reason or None)


def _last_day(place: Row[Any], end: date) -> date:
    return min(end, place.active_to) if place.active_to else end


async def _add_claims(
    session: AsyncSession, made: Gathered, cycle: Row[Any], codes: Mapping[UUID, str], *, everything: bool
) -> None:
    """What was filed is the rating of the channel `self`, where the scheme has one. `everything`: also look for what was
    filed under indicators that this version lacks."""
    rated = {code for code, leaf in made.scheme.leaves.items() if grading.SELF in leaf.channels}
    rows = await grading.claims_of_cycle(session, cycle.id) if rated or everything else []
    claims = [(codes[row.participation_id], row, claim) for row in rows for claim in row.content["claims"]]
    await _know(session, made, (claim["leaf"] for _code, _row, claim in claims if claim["entries"]))
    for code, row, claim in claims:
        if not claim["entries"] or (claim["leaf"] in made.scheme.leaves and claim["leaf"] not in rated):
            continue
        (record,) = _entered(made, code, claim["leaf"], claim["entries"][:1], "", cycle.period_end)
        name = f"claim-{row.participation_id}-{claim['leaf']}"
        made.sources[name] = Source("claim", str(row.participation_id), made.places[code].subject_name)
        made.facts.records.append(msgspec.structs.replace(record, id=name, rater=code, channel=grading.SELF))


async def _add_imports(session: AsyncSession, made: Gathered, cycle: Row[Any]) -> None:
    for record, row in await imported(session, made.scheme, cycle.period, cycle.period_end, list(made.places)):
        place = made.places[record.subject]
        made.sources[record.id or ""] = Source("release", str(row.release_id), f"{row.title} 第 {row.number} 版")
        made.facts.records.append(msgspec.structs.replace(record, date=_last_day(place, cycle.period_end)))
