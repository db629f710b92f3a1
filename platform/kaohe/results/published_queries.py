"""Reading releases: the host's, and the copies that others may see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Text, and_, any_, cast, func, literal_column, or_, select, text
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from kaohe.cycles.models import Participation
from kaohe.identity.models import Reader as Reader
from kaohe.identity.models import Role
from kaohe.results.models import Release, ReleasedSheet, Standing

R = ReleasedSheet
UNIT = (Role.REPORTER, Role.LEAD)
SHOWN = (
    R.release_id, R.subject_id, R.cycle_id, R.tenant_id, R.party_id, R.number, R.title, R.host, R.period, R.scheme_id,
    R.scheme_version, R.digest, R.released_at, R.subject, R.name, R.kind, R.group_id, R.group_name, R.total, R.base,
    R.bonus, R.deduction, R.rank, R.grade, R.honours, R.flags, R.incomplete,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reach:
    """`whole`: the jurisdiction's own sheet and those of its units; else the units' and the person's own."""

    tenant_id: UUID
    person_id: UUID
    whole: bool
    units: frozenset[UUID]


def reach_of(person: Reader, tenant_id: UUID) -> Reach:
    units = person.units(*UNIT)
    whole = person.has(Role.ORGANISER, Role.APPROVER) or units is None
    return Reach(tenant_id, person.id, whole, units or frozenset())


def _within(reach: Reach) -> ColumnElement[bool]:
    """Of the copies made for this jurisdiction (its own, or as the party of another's cycle)."""
    mine = R.party_id == reach.tenant_id
    if reach.whole:
        return mine
    own = or_(R.person_id == reach.person_id, R.subject_id.in_(reach.units), R.unit_id.in_(reach.units))
    return and_(mine, R.tenant_id == reach.tenant_id, own)


async def releases_for(session: AsyncSession, reach: Reach) -> Sequence[Row[Any]]:
    """The newest release of each cycle in which this person may see a sheet, with how many and the only one's subject and
    score."""
    newest: Any = (
        select(R.cycle_id, func.max(R.number).label("number")).where(_within(reach)).group_by(R.cycle_id).subquery()
    )
    query: Any = (
        select(R.release_id, R.title, R.host, R.period, R.number, R.released_at, R.tenant_id, func.count().label("sheets"),
               func.array_agg(R.subject_id)[1].label("subject_id"), func.min(R.total).label("total"),
               func.min(R.rank).label("rank"), func.min(R.grade).label("grade"))
        .join(newest, and_(newest.c.cycle_id == R.cycle_id, newest.c.number == R.number))
        .where(_within(reach))
        .group_by(R.release_id, R.title, R.host, R.period, R.number, R.released_at, R.tenant_id)
        .order_by(R.released_at.desc()).limit(100)
    )  # fmt: skip
    rows: Sequence[Row[Any]] = (await session.execute(query)).all()
    return rows


async def released_sheets(session: AsyncSession, reach: Reach, release_id: UUID) -> Sequence[Row[Any]]:
    query: Any = select(*SHOWN).where(R.release_id == release_id, _within(reach))
    rows = await session.execute(query.order_by(R.group_id, R.rank.asc().nulls_last(), R.sort_key).limit(1000))
    return rows.all()


async def released_sheet(session: AsyncSession, reach: Reach, release_id: UUID, subject_id: UUID) -> Row[Any] | None:
    query: Any = select(*SHOWN, R.payload)
    query = query.where(R.release_id == release_id, R.subject_id == subject_id, _within(reach))
    row: Row[Any] | None = (await session.execute(query)).one_or_none()
    return row


async def carrying(session: AsyncSession, release_id: UUID, names: Sequence[str]) -> Sequence[Row[Any]]:
    """The sheets with one of these grades, honours, flags or awards."""
    awards = func.jsonb_path_query_array(R.payload, literal_column("'$.awards[*].name'"))
    asked = cast(list(names), ARRAY(Text))
    query: Any = (
        select(R.subject_id, R.party_id, R.name, R.group_id, R.group_name, R.sort_key, R.unit_id, R.person_id, R.grade,
               R.honours, R.flags, func.jsonb_build_object("awards", R.payload["awards"]).label("payload"))
        .where(R.release_id == release_id, or_(R.grade == any_(asked), R.honours.op("&&")(asked),
                                               R.flags.op("&&")(asked), func.jsonb_exists_any(awards, asked)))
        .order_by(R.group_id, R.sort_key, R.subject)
    )  # fmt: skip
    return (await session.execute(query)).all() if names else []


async def released_places(session: AsyncSession, release_id: UUID) -> Sequence[Row[Any]]:
    """Every sheet of one's own release, as a ranking shows it."""
    query: Any = select(R.subject_id, R.group_name, R.rank, R.name, R.total, R.grade, R.honours).where(
        R.release_id == release_id, R.tenant_id == func.app.tenant_id()
    )
    query = query.order_by(R.group_id, R.rank.asc().nulls_last(), R.sort_key, R.subject)
    rows: Sequence[Row[Any]] = (await session.execute(query)).all()
    return rows


async def parameters_of(session: AsyncSession, cycle_id: UUID, subject_id: UUID) -> Mapping[str, Any]:
    """As the notice told them to whom the sheet is about."""
    query = select(Participation.notice["parameters"]).where(
        Participation.cycle_id == cycle_id, Participation.subject_id == subject_id
    )
    return (await session.execute(query)).scalar_one_or_none() or {}


async def newest_sheets(
    session: AsyncSession, scheme_id: str, version: str, period: str, subjects: Sequence[str]
) -> Sequence[Row[Any]]:
    """Of the host's own latest release of that scheme, version and period, one a subject."""
    query: Any = (
        select(R.release_id, R.subject, R.total, R.payload, R.title, R.number)
        .ext(distinct_on(R.subject))
        .where(R.tenant_id == func.app.tenant_id(), R.scheme_id == scheme_id, R.scheme_version == version,
               R.period == period, R.subject.in_(subjects))
        .order_by(R.subject, R.released_at.desc())
    )  # fmt: skip
    rows: Sequence[Row[Any]] = (await session.execute(query)).all()
    return rows


async def standing(session: AsyncSession, row: Row[Any], *, host: bool) -> Sequence[Any]:
    """The published ranking of the sheet's group: [rank, name, total, grade, honours]."""
    if not host:
        places = select(Standing.places).where(Standing.release_id == row.release_id, Standing.group_id == row.group_id)
        return (await session.execute(places.limit(1))).scalar_one_or_none() or []
    query: Any = select(R.rank, R.name, R.total, R.grade, R.honours).where(
        R.release_id == row.release_id, R.group_id == row.group_id
    )
    return (await session.execute(query.order_by(R.rank.asc().nulls_last(), R.sort_key).limit(200))).all()


async def history(session: AsyncSession, scheme_id: str, subject: str, period: str) -> Sequence[Row[Any]]:
    """Published totals of this subject in this scheme for periods of the same length, the last twelve, oldest first."""
    same_length = func.length(R.period) == len(period)
    ordered = func.row_number().over(partition_by=R.cycle_id, order_by=R.number.desc()).label("place")
    inner: Any = (
        select(R.period, R.total, R.rank, R.grade, ordered)
        .where(R.scheme_id == scheme_id, R.subject == subject, same_length, R.period <= period)
        .subquery()
    )
    query: Any = select(inner).where(inner.c.place == 1).order_by(inner.c.period.desc()).limit(12)
    return list(reversed((await session.execute(query)).all()))


async def releases_of(session: AsyncSession, cycle_id: UUID) -> Sequence[Row[Any]]:
    query: Any = select(
        Release.id, Release.number, Release.digest, Release.result_sha256, Release.note, Release.released_by_name,
        Release.released_at, Release.decisions, Release.run_id,
    ).where(Release.cycle_id == cycle_id)  # fmt: skip
    rows: Sequence[Row[Any]] = (await session.execute(query.order_by(Release.number.desc()))).all()
    return rows


async def release_bytes(session: AsyncSession, cycle_id: UUID, release_id: UUID, name: str) -> bytes | None:
    column = {"facts": Release.facts, "result": Release.result}[name]
    query = select(column).where(Release.id == release_id, Release.cycle_id == cycle_id)
    return (await session.execute(query)).scalar_one_or_none()


async def numbered_bytes(session: AsyncSession, cycle_id: UUID, number: int) -> Row[Any] | None:
    """(facts, result) of that version."""
    query: Any = select(Release.facts, Release.result).where(Release.cycle_id == cycle_id, Release.number == number)
    row: Row[Any] | None = (await session.execute(query)).one_or_none()
    return row


async def differences(session: AsyncSession, release_id: UUID, before_id: UUID) -> Sequence[Row[Any]]:
    """Subjects whose published result is not the same in both releases."""
    new, old = aliased(ReleasedSheet), aliased(ReleasedSheet)
    columns = [
        column.label(f"{name}_{side}")
        for name in ("total", "rank", "grade", "honours", "flags")
        for side, column in (("now", getattr(new, name)), ("before", getattr(old, name)))
    ]
    changed = or_(*(getattr(new, name).is_distinct_from(getattr(old, name))
                    for name in ("total", "rank", "grade", "honours", "flags")))  # fmt: skip
    query: Any = (
        select(new.subject_id, new.name, new.group_name, *columns)
        .outerjoin(old, and_(old.tenant_id == new.tenant_id, old.release_id == before_id, old.subject_id == new.subject_id))
        .where(new.release_id == release_id, changed).order_by(new.group_id, new.rank.asc().nulls_last()).limit(500)
    )  # fmt: skip
    rows: Sequence[Row[Any]] = (await session.execute(query)).all()
    return rows


COPY_SHEETS = text(
    """
    INSERT INTO released_sheets (release_id, subject_id, cycle_id, party_id, person_id, unit_id, number, title, host,
      scheme_id, scheme_version, period, digest, released_at, subject, kind, name, sort_key, group_id, group_name, total,
      base, bonus, deduction, rank, grade, honours, flags, incomplete, payload)
    SELECT r.id, s.subject_id, c.id, s.party_id, u.person_id, p.unit_id, r.number, c.title, :host,
      c.scheme_id, c.scheme_version, c.period, r.digest, r.released_at, s.subject, s.kind, s.name, s.sort_key, s.group_id,
      s.group_name, s.total, s.base, s.bonus, s.deduction, s.rank, coalesce(d.grade, s.grade),
      coalesce(d.honours, s.honours), coalesce(d.flags, s.flags), s.incomplete, s.payload
    FROM releases r
    JOIN cycles c ON c.tenant_id = r.tenant_id AND c.id = r.cycle_id
    JOIN sheets s ON s.tenant_id = r.tenant_id AND s.run_id = r.run_id
    JOIN participations p ON p.tenant_id = s.tenant_id AND p.id = s.participation_id
    JOIN subjects u ON u.tenant_id = s.tenant_id AND u.id = s.subject_id
    LEFT JOIN decisions d ON d.tenant_id = s.tenant_id AND d.run_id = s.run_id AND d.subject_id = s.subject_id
    WHERE r.tenant_id = (SELECT app.tenant_id()) AND r.id = :release
    """
)

COPY_STANDINGS = text(
    """
    INSERT INTO standings (release_id, group_id, party_id, places)
    SELECT parties.release_id, parties.group_id, parties.party_id, places.listed
      FROM (SELECT DISTINCT release_id, group_id, party_id FROM released_sheets
             WHERE tenant_id = (SELECT app.tenant_id()) AND release_id = :release AND party_id <> tenant_id) parties
      JOIN (SELECT group_id, jsonb_agg(jsonb_build_array(rank, name, total::text, grade, to_jsonb(honours))
                                       ORDER BY rank NULLS LAST, sort_key) AS listed
              FROM released_sheets WHERE tenant_id = (SELECT app.tenant_id()) AND release_id = :release
             GROUP BY group_id) places USING (group_id)
    """
)

RECEIVERS = text(
    """
    SELECT DISTINCT party_id, unit_id, NULL::uuid AS person_id FROM released_sheets
     WHERE tenant_id = (SELECT app.tenant_id()) AND release_id = :release
    UNION SELECT party_id, NULL, person_id FROM released_sheets
     WHERE tenant_id = (SELECT app.tenant_id()) AND release_id = :release AND person_id IS NOT NULL
    """
)
