"""Who hears of a record, a reversal, a reply, and of an import."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.catalogue.entries import entry_words
from kaohe.db.session import current_tenant
from kaohe.i18n import _, official
from kaohe.identity.models import Role
from kaohe.inbox import service as inbox
from kaohe.records.models import DailyRecord
from kaohe.scheme.model import Indicator

UNIT = (Role.LEAD, Role.REPORTER)


def addressee(session: AsyncSession, subject: Any) -> Mapping[str, Any]:
    """A person by their account; a unit by its lead and reporter; a jurisdiction in its own inbox."""
    own = current_tenant(session)
    if subject.jurisdiction_id is not None and subject.jurisdiction_id != own:
        return {"tenant_id": subject.jurisdiction_id, "roles": UNIT}
    if subject.person_id is not None:
        return {"tenant_id": own, "person_id": subject.person_id}
    return {"tenant_id": own, "roles": UNIT, "subject_id": subject.parent_id or subject.id}


async def tell_of_record(
    session: AsyncSession, subject: Any, row: DailyRecord, leaf: Indicator, number: str, units: Mapping[str, str]
) -> None:
    with official():
        title = _("{name} 有一条新记录 {number}").format(name=subject.name, number=number)
        body = _("{day}，{article}「{leaf}」：{entry}。{note}").format(
            day=row.date, article=leaf.article, leaf=leaf.title, entry=entry_words(leaf, entry_of(row), units=units),
            note=row.note or "",
        )  # fmt: skip
    await inbox.send(
        session, kind="record", title=title, body=body, link=f"/records/{row.id}", due=row.reply_until,
        **addressee(session, subject),
    )  # fmt: skip


async def tell_of_reversal(session: AsyncSession, subject: Any, row: Any, number: str, reason: str) -> None:
    with official():
        title = _("记录 {number} 已冲销，不再计分").format(number=number)
        body = _("对象：{name}。原因：{reason}").format(name=row.subject_name, reason=reason)
    await inbox.send(session, kind="record", title=title, body=body, link=f"/records/{row.id}",
                     **addressee(session, subject))  # fmt: skip


async def tell_of_reply(session: AsyncSession, row: Any, number: str, who: str) -> None:
    """Whoever recorded it, in the jurisdiction of the record."""
    with official():
        title = _("{name} 对记录 {number} 提出申辩").format(name=row.subject_name, number=number)
        body = _("申辩人：{who}").format(who=who)
    await inbox.send(session, tenant_id=row.tenant_id, kind="record", title=title, body=body,
                     link=f"/records/{row.id}", person_id=row.entered_by)  # fmt: skip


async def tell_of_import(session: AsyncSession, counts: Sequence[Any]) -> None:
    """One message for each subject, and few statements however many they are."""
    by_tenant: dict[UUID, list[inbox.Letter]] = {}
    for row in counts:
        goes = dict(addressee(session, row))
        link = "/records?" + urlencode({"subject": row.id, "start": row.first, "end": row.last})
        if row.jurisdiction_id is not None and row.jurisdiction_id == goes["tenant_id"]:
            link = "/records?show=received"
        with official():
            title = _("{name} 有 {count} 条新记录").format(name=row.name, count=row.records)
            body = _("{first} 至 {last} 的记录，由表格导入。").format(first=row.first, last=row.last)
        letter = inbox.Letter(kind="record", title=title, body=body, link=link, due=row.until,
                              **{name: value for name, value in goes.items() if name != "tenant_id"})  # fmt: skip
        by_tenant.setdefault(goes["tenant_id"], []).append(letter)
    for tenant_id, letters in by_tenant.items():
        await inbox.send_all(session, tenant_id, letters)


def entry_of(row: Any) -> dict[str, Any]:
    """The entry of a stored record, as `catalogue.entries` speaks of it."""
    names = ("count", "amount", "level", "value", "target", "rating", "done", "matter", "fields", "note")
    held = {name: getattr(row, name) for name in names}
    return {name: _text(value) for name, value in held.items() if value is not None}


def _text(value: Any) -> Any:
    if isinstance(value, dict | str):
        return value
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
