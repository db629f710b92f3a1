"""Who hears of a contribution: whose step it is now, and its author."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.contributions.access import OFFICE
from kaohe.contributions.models import Contribution
from kaohe.db.session import current_tenant
from kaohe.i18n import _, official
from kaohe.identity.models import Role
from kaohe.inbox import service as inbox


async def tell_next(session: AsyncSession, row: Contribution, step: str) -> None:
    """Those whose step it is."""
    role = Role(row.waits_for)
    with official():
        title = _("{step}：{title}").format(step=step, title=row.title)
        body = _("{unit}的稿件 {number}，起草人 {author}。").format(
            unit=row.subject_name, number=number_words(row.number), author=row.author_name
        )
    await _send(session, row, title, body, roles=(role,), subject_id=None if role in OFFICE else row.subject_id)


async def tell_author(session: AsyncSession, row: Contribution, what: str, words: str, *, but: UUID) -> None:
    """Not of what they did themselves."""
    if row.author_id != but:
        with official():
            title = _("稿件「{title}」{what}").format(title=row.title, what=what)
        await _send(session, row, title, words, person_id=row.author_id)


async def _send(
    session: AsyncSession, row: Contribution, title: str, body: str, *, roles: tuple[Role, ...] = (),
    person_id: UUID | None = None, subject_id: UUID | None = None,
) -> None:  # fmt: skip
    tenant_id = current_tenant(session)
    assert tenant_id is not None
    await inbox.send(session, tenant_id=tenant_id, kind="contribution", title=title, body=body, roles=roles,
                     link=f"/contributions/{row.id}", person_id=person_id, subject_id=subject_id)  # fmt: skip


def number_words(number: int) -> str:
    """20260007 → 2026-0007."""
    return f"{number // 10_000}-{number % 10_000:04}"
