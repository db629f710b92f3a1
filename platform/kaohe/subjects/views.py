"""What the pages of subjects show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.catalogue import service as catalogue
from kaohe.clock import today
from kaohe.errors import NotFound
from kaohe.i18n import _
from kaohe.jurisdictions import service as jurisdictions
from kaohe.subjects import queries, service
from kaohe.subjects.forms import AttributeField, attribute_facts, attribute_fields
from kaohe.subjects.kinds import SubjectKind, kinds_of, shown_attribute, title_of
from kaohe.subjects.queries import PAGE_ROWS, Filter
from kaohe.subjects.targets import with_targets


@dataclass(frozen=True, slots=True)
class Row:
    id: UUID
    code: str
    name: str
    parent: str
    jurisdiction: str
    attributes: tuple[str, ...]
    active: str
    ended: bool


@dataclass(frozen=True, slots=True)
class SubjectsPage:
    kinds: list[tuple[str, str, int]]
    kind: SubjectKind | None
    parent_title: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    total: int
    number: int
    pages: int
    search: str
    state: str
    with_jurisdiction: bool
    targets: str
    may_manage: bool


@dataclass(frozen=True, slots=True)
class SubjectForm:
    """`values` stand in the plain fields; `version` 0 is a new one."""

    id: UUID | None
    kind: SubjectKind
    parent_title: str
    values: Mapping[str, str]
    version: int
    attributes: list[AttributeField]
    parents: list[tuple[str, str]]
    jurisdictions: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class SubjectPage:
    """For those who may look only."""

    name: str
    facts: list[tuple[str, str]]


STATES = {"active": True, "ended": False, "all": None}


async def subjects_page(
    session: AsyncSession, *, kind: str, search: str, state: str, number: int, may_manage: bool
) -> SubjectsPage:
    schemes, counts = await catalogue.enabled_schemes(session), await queries.counts(session)
    kinds = kinds_of(schemes)
    listed = [(id_, found.title, counts.get(id_, 0)) for id_, found in kinds.items()]
    listed += [(id_, id_, count) for id_, count in counts.items() if id_ not in kinds]
    chosen = kind if kind in {id_ for id_, _title, _count in listed} else (listed[0][0] if listed else "")
    state = state if state in STATES else "active"
    wanted = Filter(chosen, search, STATES[state], today())
    rows = await queries.page(session, wanted, number) if chosen else []
    total = rows[0].total if rows else 0
    held = kinds.get(chosen)
    columns = tuple(title_of(name, attribute) for name, attribute in held.attributes.items()) if held else ()
    return SubjectsPage(
        listed, held, parent_title(held, kinds), columns, tuple(_row(row, held) for row in rows), total, number,
        max(1, -(-total // PAGE_ROWS)), search, state, any(row.jurisdiction for row in rows),
        next((scheme.id for scheme, found in with_targets(schemes) if chosen in {kind.id for kind in found}), ""), may_manage,
    )  # fmt: skip


def _row(row: Any, kind: SubjectKind | None) -> Row:
    known = kind.attributes if kind else {}
    shown = tuple(shown_attribute(attribute, row.attributes.get(name)) for name, attribute in known.items())
    ended = bool(row.active_to and row.active_to < today())
    active = active_words(row.active_from, row.active_to)
    return Row(row.id, row.code, row.name, row.parent or "", row.jurisdiction or "", shown, active, ended)


def active_words(start: date | None, end: date | None) -> str:
    if start and end:
        return _("{start} 至 {end}").format(start=start, end=end)
    if start:
        return _("{start} 起").format(start=start)
    return _("至 {end}").format(end=end) if end else _("一直")


def parent_title(kind: SubjectKind | None, kinds: Mapping[str, SubjectKind]) -> str:
    if kind is None or not kind.parent:
        return ""
    above = kinds.get(kind.parent)
    return _("所属{kind}").format(kind=above.title if above else kind.parent)


async def new_form(session: AsyncSession, kind_id: str) -> SubjectForm:
    """Raises NotFound for a kind that no enabled scheme uses."""
    kinds = await service.kinds(session)
    if kind_id not in kinds:
        raise NotFound
    values = {"code": await service.propose_code(session, kind_id), "active_from": today().isoformat()}
    return await _form(session, kinds[kind_id], kinds, None, values, 0, {})


async def edit_form(session: AsyncSession, subject_id: UUID) -> SubjectForm | SubjectPage:
    """The form; of a kind that no enabled scheme uses any more only the facts. Raises NotFound."""
    found = await queries.detail(session, subject_id)
    if found is None:
        raise NotFound
    kinds, held = await service.kinds(session), found.Subject
    if held.kind not in kinds:
        return subject_page(found, None, kinds)
    values = {
        "code": held.code, "name": held.name, "parent_id": str(held.parent_id or ""), "login": found.login or "",
        "jurisdiction_id": str(held.jurisdiction_id or ""), "active_from": _day(held.active_from),
        "active_to": _day(held.active_to),
    }  # fmt: skip
    return await _form(session, kinds[held.kind], kinds, subject_id, values, held.version, held.attributes)


async def look(session: AsyncSession, subject_id: UUID) -> SubjectPage:
    found = await queries.detail(session, subject_id)
    if found is None:
        raise NotFound
    kinds = await service.kinds(session)
    return subject_page(found, kinds.get(found.Subject.kind), kinds)


def subject_page(found: Any, kind: SubjectKind | None, kinds: Mapping[str, SubjectKind]) -> SubjectPage:
    held = found.Subject
    facts = [(_("编号"), held.code), (_("类别"), kind.title if kind else held.kind)]
    linked = [
        (parent_title(kind, kinds) or _("所属"), found.parent), (_("对应辖区"), found.jurisdiction), (_("账号"), found.login),
    ]  # fmt: skip
    facts += [(label, value) for label, value in linked if value]
    facts += attribute_facts(kind, held.attributes)
    return SubjectPage(held.name, [*facts, (_("参加考核"), active_words(held.active_from, held.active_to))])


async def _form(
    session: AsyncSession,
    kind: SubjectKind,
    kinds: Mapping[str, SubjectKind],
    subject_id: UUID | None,
    values: Mapping[str, str],
    version: int,
    attributes: Mapping[str, Any],
) -> SubjectForm:
    parents = await queries.of_kind(session, kind.parent) if kind.parent else []
    below = [row for row in await jurisdictions.links(session) if row.depth > 0]
    return SubjectForm(
        subject_id, kind, parent_title(kind, kinds), values, version, attribute_fields(kind, attributes),
        [(str(row.id), row.name) for row in parents], [(str(row.id), row.name) for row in _by_code(below)],
    )  # fmt: skip


def _by_code(rows: Sequence[Any]) -> list[Any]:
    return sorted(rows, key=lambda row: row.division_code or "~")


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
