"""Entering who is named, and ending it."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.audit.service import record as audited
from kaohe.clock import today
from kaohe.db.session import current_tenant
from kaohe.errors import FieldProblem, Invalid, NotFound
from kaohe.i18n import _
from kaohe.identity.models import Reader
from kaohe.registers import queries
from kaohe.registers.models import RegisterEntry
from kaohe.scheme.model import Register, Scheme


def register_of(scheme: Scheme, register_id: str) -> Register:
    """Raises NotFound."""
    found = next((one for one in scheme.registers if one.id == register_id), None)
    if found is None:
        raise NotFound
    return found


async def enter(
    session: AsyncSession, person: Reader, scheme: Scheme, register: Register, subject_id: UUID, who: str, since: date,
    evidence_id: UUID | None,
) -> UUID:  # fmt: skip
    """Raises Invalid for a unit that the register is not for, or a day to come."""
    units = {row.id: row for row in await queries.units(session, register.kinds, today(), None)}
    if subject_id not in units:
        raise Invalid([FieldProblem("subject", _("请选择单位"))])
    if since > today():
        raise Invalid([FieldProblem("since", _("日期「{day}」不能晚于今天").format(day=since))])
    made = RegisterEntry(
        tenant_id=current_tenant(session), scheme_id=scheme.id, register=register.id, subject_id=subject_id, who=who,
        since=since, evidence_id=evidence_id, entered_by=person.id, entered_name=person.name,
    )  # fmt: skip
    session.add(made)
    await session.flush()
    detail = {
        "scheme": scheme.id,
        "register": register.id,
        "subject": units[subject_id].name,
        "who": who,
        "since": since,
    }
    audited(session, "register.entered", "register_entry", made.id, detail)
    return made.id


async def end(session: AsyncSession, entry_id: UUID) -> RegisterEntry:
    """As of today; ended before it stays as it is. Raises NotFound."""
    row = await queries.entry(session, entry_id)
    if row is None:
        raise NotFound
    if row.until is None:
        row.until = today()
        await session.flush()
        audited(session, "register.ended", "register_entry", row.id, {"who": row.who, "until": row.until})
    return row
