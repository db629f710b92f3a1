"""Who hears of a rectification: those who have to put something right, and the office that waits for them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.followups.models import Followup
from kaohe.i18n import _, official
from kaohe.identity.models import Role
from kaohe.inbox.service import Letter, send, send_all

UNIT_ROLES = (Role.REPORTER, Role.LEAD)


async def ask_to_rectify(session: AsyncSession, rows: Sequence[Followup], note: str = "") -> None:
    """By a day that is set."""
    with official():
        title = _("{title}，{day} 前交整改报告")
        letters = [(row, title.format(title=_about(row), day=row.due), note or row.article) for row in rows]
    await _send(session, letters)


async def remind(session: AsyncSession, rows: Sequence[Followup]) -> None:
    with official():
        title = _("催办：{title}，期限 {day} 已过，请尽快交整改报告")
        letters = [(row, title.format(title=_about(row), day=row.due), "") for row in rows]
    await _send(session, letters)


async def send_back(session: AsyncSession, row: Followup, reason: str) -> None:
    with official():
        title = _("{title}：整改报告被退回").format(title=_about(row))
    await _send(session, [(row, title, reason)])


async def tell_outcome(session: AsyncSession, row: Followup) -> None:
    with official():
        words = _("{title}：整改已通过验收") if row.state == "done" else _("{title}：不再要求整改")
    await _send(session, [(row, words.format(title=_about(row)), row.outcome)])


async def call_off(session: AsyncSession, rows: Sequence[Followup]) -> None:
    with official():
        title = _("{title}：结果已更正，不再要求整改")
        letters = [(row, title.format(title=_about(row)), "") for row in rows]
    await _send(session, letters)


async def tell_host(session: AsyncSession, row: Followup, note: str) -> None:
    with official():
        title = _("{name}交了整改报告").format(name=row.subject_name)
    await send(session, tenant_id=row.tenant_id, kind="followup", title=title, body=note, link=f"/followups/{row.id}",
               roles=(Role.ORGANISER,))  # fmt: skip


def _about(row: Followup) -> str:
    return _("{cycle}：{name}{title}").format(cycle=row.cycle_title, name=row.subject_name, title=row.title["zh"])


async def _send(session: AsyncSession, letters: Sequence[tuple[Followup, str, str]]) -> None:
    """To the people of the unit, and to the person whom it is about."""
    by_party: dict[UUID, list[Letter]] = {}
    for row, title, body in letters:
        said = {"kind": "followup", "title": title, "body": body, "link": f"/followups/{row.id}"}
        theirs = by_party.setdefault(row.party_id, [])
        theirs.append(Letter(**said, roles=UNIT_ROLES, subject_id=row.unit_id, due=row.due))  # type: ignore[arg-type]
        if row.person_id:
            theirs.append(Letter(**said, person_id=row.person_id, due=row.due))  # type: ignore[arg-type]
    for party_id, theirs in by_party.items():
        await send_all(session, party_id, theirs)
