"""Adding and changing subjects. Codes are the ids of facts files and never change."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.audit.service import record
from kaohe.catalogue import service as catalogue
from kaohe.db.session import current_tenant
from kaohe.errors import Conflict, FieldProblem, Invalid, NotFound
from kaohe.i18n import _
from kaohe.jurisdictions import service as jurisdictions
from kaohe.subjects import queries
from kaohe.subjects.kinds import SubjectKind, kinds_of
from kaohe.subjects.models import Subject

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")


@dataclass(frozen=True, slots=True)
class Draft:
    """A subject as somebody wants it; attributes are already read (`kinds.read_attribute`)."""

    code: str
    kind: str
    name: str
    parent_id: UUID | None = None
    jurisdiction_id: UUID | None = None
    person_id: UUID | None = None
    attributes: Mapping[str, Any] = field(default_factory=dict)
    active_from: date | None = None
    active_to: date | None = None

    def values(self) -> dict[str, Any]:
        """What can change of it."""
        return {
            "name": self.name, "parent_id": self.parent_id, "jurisdiction_id": self.jurisdiction_id,
            "person_id": self.person_id, "attributes": dict(self.attributes), "active_from": self.active_from,
            "active_to": self.active_to,
        }  # fmt: skip


async def kinds(session: AsyncSession) -> dict[str, SubjectKind]:
    """Of the schemes enabled here."""
    return kinds_of(await catalogue.enabled_schemes(session))


async def subject_of(session: AsyncSession, subject_id: UUID) -> Subject:
    found = await session.get(Subject, (current_tenant(session), subject_id))
    if found is None:
        raise NotFound
    return found


async def add_subject(session: AsyncSession, draft: Draft) -> UUID:
    """Raises Invalid."""
    problems = await _problems(session, draft)
    if not CODE.fullmatch(draft.code):
        problems.append(
            FieldProblem("code", _("编号「{code}」只能用字母、数字和 . _ -，最多 40 位").format(code=draft.code))
        )
    elif await queries.code_taken(session, draft.code):
        problems.append(FieldProblem("code", _("编号「{code}」已被使用").format(code=draft.code)))
    if problems:
        raise Invalid(problems)
    return await insert_subject(session, draft)


async def insert_subject(session: AsyncSession, draft: Draft) -> UUID:
    """Without checks: the caller made them."""
    made = Subject(
        tenant_id=current_tenant(session), code=draft.code, kind=draft.kind,
        sort_key=jurisdictions.pinyin_key(draft.name), **draft.values(),
    )  # fmt: skip
    session.add(made)
    await session.flush()
    record(session, "subject.added", "subject", made.id, {"code": draft.code, "kind": draft.kind, **draft.values()})
    return made.id


async def change_subject(session: AsyncSession, subject_id: UUID, draft: Draft, *, version: int) -> None:
    """`version` is the one the person saw. Raises NotFound, Invalid, Conflict; code and kind stay as they are."""
    held = await subject_of(session, subject_id)
    problems = await _problems(session, draft, subject_id=subject_id)
    if problems:
        raise Invalid(problems)
    before = {name: getattr(held, name) for name in draft.values()}
    if held.version != version or not await queries.change(session, subject_id, version, _row(draft)):
        raise Conflict(_("「{name}」刚被另一位同事修改过").format(name=held.name))
    changed = {name: [before[name], value] for name, value in draft.values().items() if value != before[name]}
    record(session, "subject.changed", "subject", subject_id, {"code": held.code, "changed": changed})


def _row(draft: Draft) -> dict[str, Any]:
    return {**draft.values(), "sort_key": jurisdictions.pinyin_key(draft.name)}


async def _problems(session: AsyncSession, draft: Draft, *, subject_id: UUID | None = None) -> list[FieldProblem]:
    found = []
    kind = (await kinds(session)).get(draft.kind)
    if kind is None:
        found.append(FieldProblem("kind", _("没有启用的方案使用「{kind}」这类对象").format(kind=draft.kind)))
    if draft.active_from and draft.active_to and draft.active_to < draft.active_from:
        found.append(FieldProblem("active_to", _("结束日期不能早于开始日期")))
    if draft.parent_id is not None:
        parent = await queries.kind_of(session, draft.parent_id)
        if parent is None or draft.parent_id == subject_id or (kind and parent != kind.parent):
            found.append(FieldProblem("parent_id", _("所选的所属单位无效")))
    elif kind and kind.parent and kind.parent_required:
        found.append(FieldProblem("parent_id", _("请选择所属单位")))
    if draft.jurisdiction_id is not None and await jurisdictions.descendant(session, draft.jurisdiction_id) is None:
        found.append(FieldProblem("jurisdiction_id", _("所选的辖区不在本级之下")))
    return found


async def propose_code(session: AsyncSession, kind: str) -> str:
    """`window-13` after `window-12`."""
    prefix = f"{kind}-"
    return f"{prefix}{await queries.next_number(session, prefix)}"
