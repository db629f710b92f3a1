"""Reading subjects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from kaohe.identity.models import Membership, Person
from kaohe.jurisdictions.models import Jurisdiction
from kaohe.subjects.models import Subject, SubjectImport

PAGE_ROWS = 50
Parent = aliased(Subject)


@dataclass(frozen=True, slots=True)
class Filter:
    """`active`: on the day given, not (any more) on that day, or any."""

    kind: str = ""
    search: str = ""
    active: bool | None = True
    day: date = date.min
    parent_id: UUID | None = None


async def page(session: AsyncSession, chosen: Filter, number: int) -> Sequence[Any]:
    """`total` on every row is the number of all that fit."""
    query = (
        select(
            Subject.id, Subject.code, Subject.kind, Subject.name, Subject.attributes, Subject.active_from,
            Subject.active_to, Parent.name.label("parent"), Jurisdiction.name.label("jurisdiction"),
            func.count().over().label("total"),
        )
        .outerjoin(Parent, (Parent.tenant_id == Subject.tenant_id) & (Parent.id == Subject.parent_id))
        .outerjoin(Jurisdiction, Jurisdiction.id == Subject.jurisdiction_id)
        .order_by(Subject.kind, Subject.sort_key, Subject.code)
        .offset((number - 1) * PAGE_ROWS)
        .limit(PAGE_ROWS)
    )  # fmt: skip
    found: Sequence[Any] = (await session.execute(_narrowed(query, chosen))).all()
    return found


def _narrowed(query: Select[Any], chosen: Filter) -> Select[Any]:
    if chosen.kind:
        query = query.where(Subject.kind == chosen.kind)
    if chosen.parent_id:
        query = query.where(Subject.parent_id == chosen.parent_id)
    if chosen.search:
        like = "%" + chosen.search.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        query = query.where(or_(Subject.name.ilike(like), Subject.code.ilike(like), Parent.name.ilike(like)))
    if chosen.active is None:
        return query
    begun = or_(Subject.active_from.is_(None), Subject.active_from <= chosen.day)
    going = or_(Subject.active_to.is_(None), Subject.active_to >= chosen.day)
    return query.where(begun & going if chosen.active else ~(begun & going))


async def counts(session: AsyncSession) -> dict[str, int]:
    """Kind → how many."""
    rows = await session.execute(select(Subject.kind, func.count().label("number")).group_by(Subject.kind))
    return {row.kind: row.number for row in rows}


async def of_kind(session: AsyncSession, kind: str) -> Sequence[Any]:
    """(id, code, name) in order; for choices, so not without end."""
    query = (
        select(Subject.id, Subject.code, Subject.name)
        .where(Subject.kind == kind)
        .order_by(Subject.sort_key, Subject.code)
    )
    return (await session.execute(query.limit(2000))).all()


async def by_code(session: AsyncSession) -> Mapping[str, Any]:
    """Every subject, as an import compares it."""
    query = select(
        Subject.id, Subject.code, Subject.kind, Subject.name, Subject.parent_id, Subject.attributes, Subject.active_from,
        Subject.active_to, Subject.jurisdiction_id, Subject.person_id, Subject.version,
    )  # fmt: skip
    return {row.code: row for row in await session.execute(query)}


async def with_attributes(
    session: AsyncSession, kind: str, *, ids: Sequence[UUID] | None = None, day: date | None = None, number: int = 0
) -> Sequence[Any]:
    """Of one kind: those named, or those active on a day; page `number` of them, 0 for all."""
    query = (
        select(
            Subject.id, Subject.code, Subject.name, Subject.attributes, Subject.version,
            func.count().over().label("total"),
        )
        .where(Subject.kind == kind)
        .order_by(Subject.sort_key, Subject.code)
    )  # fmt: skip
    if ids is not None:
        query = query.where(Subject.id.in_(ids))
    if day is not None:
        query = _narrowed(query, Filter(day=day))
    if number:
        query = query.offset((number - 1) * PAGE_ROWS).limit(PAGE_ROWS)
    return (await session.execute(query)).all()


async def code_taken(session: AsyncSession, code: str, *, but: UUID | None = None) -> bool:
    query = select(Subject.id).where(Subject.code == code)
    if but:
        query = query.where(Subject.id != but)
    return (await session.execute(query)).first() is not None


async def kind_of(session: AsyncSession, subject_id: UUID) -> str | None:
    return (await session.execute(select(Subject.kind).where(Subject.id == subject_id))).scalar_one_or_none()


async def account(session: AsyncSession, login: str) -> UUID | None:
    """Of somebody who holds a role here."""
    query = (
        select(Person.id)
        .join(Membership, Membership.person_id == Person.id)
        .where(Person.login == login, Membership.tenant_id == func.app.tenant_id(), Membership.ended_at.is_(None))
        .limit(1)
    )
    return (await session.execute(query)).scalar_one_or_none()


async def detail(session: AsyncSession, subject_id: UUID) -> Any:
    """With the names of what it is linked to, None where there is no such subject."""
    query = (
        select(
            Subject, Parent.name.label("parent"), Jurisdiction.name.label("jurisdiction"), Person.login.label("login")
        )
        .outerjoin(Parent, (Parent.tenant_id == Subject.tenant_id) & (Parent.id == Subject.parent_id))
        .outerjoin(Jurisdiction, Jurisdiction.id == Subject.jurisdiction_id)
        .outerjoin(Person, Person.id == Subject.person_id)
        .where(Subject.id == subject_id)
    )
    return (await session.execute(query)).one_or_none()


async def next_number(session: AsyncSession, prefix: str) -> int:
    """One more than the highest code `PREFIX<digits>`."""
    query = text(
        "SELECT max(substr(code, :after)::bigint) FROM subjects WHERE code ~ ('^' || :prefix || '[0-9]{1,9}$')"
    )
    highest = (await session.execute(query, {"prefix": prefix, "after": len(prefix) + 1})).scalar_one()
    return int(highest or 0) + 1


async def import_of(session: AsyncSession, import_id: UUID, *, lock: bool = False) -> SubjectImport | None:
    query = select(SubjectImport).where(SubjectImport.id == import_id)
    return (await session.execute(query.with_for_update() if lock else query)).scalar_one_or_none()


async def change(session: AsyncSession, subject_id: UUID, version: int, values: Mapping[str, Any]) -> bool:
    """Whether the row still had that version; it has the next one then."""
    done = await session.execute(
        update(Subject)
        .where(Subject.id == subject_id, Subject.version == version)
        .values(**values, version=version + 1)
        .returning(Subject.id)
    )
    return done.first() is not None
