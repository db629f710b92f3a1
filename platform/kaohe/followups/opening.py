"""A release opens what follows from it, and settles what no longer does. Repeating it changes nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.audit.service import record
from kaohe.clock import now, today
from kaohe.db.session import current_tenant
from kaohe.followups import telling
from kaohe.followups.models import RECTIFY, TO_ACT, Followup, FollowupAct
from kaohe.i18n import _, official
from kaohe.scheme.titles import Text

CHUNK = 2000
Key = tuple[str, UUID | None]


@dataclass(frozen=True, slots=True)
class Concerned:
    """The subject, and whom it concerns: as on its released sheet."""

    subject_id: UUID
    party_id: UUID
    name: str
    group_id: str = ""
    group_name: str = ""
    sort_key: str = ""
    unit_id: UUID | None = None
    person_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One consequence for one subject, or for the whole result (`concerned` None). `key` names the consequence within the
    cycle. `settled`: words where the platform itself has seen to it."""

    key: str
    position: int
    cause: str
    cause_title: Text
    action: str
    title: Text
    by: Text | None = None
    article: str = ""
    due: date | None = None
    concerned: Concerned | None = None
    settled: str = ""
    bulletin: bool = False

    @property
    def place(self) -> Key:
        return self.key, self.concerned.subject_id if self.concerned else None


@dataclass(frozen=True, slots=True)
class Host:
    """The cycle whose result was released, and in which version."""

    cycle_id: UUID
    title: str
    name: str
    number: int
    release_id: UUID


async def open_followups(session: AsyncSession, host: Host, wanted: Iterable[Wanted]) -> None:
    """What is there already stays as it is, with what was done about it."""
    query = select(Followup).where(Followup.cycle_id == host.cycle_id).with_for_update()
    held: dict[Key, Followup] = {(row.key, row.subject_id): row for row in (await session.execute(query)).scalars()}
    asked = {one.place: one for one in wanted}
    fresh = [_values(session, host, one) for place, one in asked.items() if place not in held]
    for start in range(0, len(fresh), CHUNK):
        await session.execute(insert(Followup), fresh[start : start + CHUNK])
    gone = [row for place, row in held.items() if place not in asked]
    kept = [(row, asked[place]) for place, row in held.items() if place in asked]
    with official():
        changed = {"resumed": list(_resume(session, host, kept)), "withdrawn": list(_withdraw(session, host, gone))}
    if fresh or any(changed.values()):
        counts = {"opened": len(fresh), **{name: len(rows) for name, rows in changed.items()}}
        record(session, "followups.opened", "release", host.release_id, {"cycle": str(host.cycle_id), **counts})
    await session.flush()
    await _tell(session, host, {row.id for row in held.values()}, changed)


def _values(session: AsyncSession, host: Host, one: Wanted) -> dict[str, Any]:
    tenant_id, who = current_tenant(session), one.concerned
    assert tenant_id is not None
    settled = {"state": "done", "outcome": one.settled, "settled_on": today(), "settled_at": now()}
    return {
        "cycle_id": host.cycle_id, "cycle_title": host.title, "host": host.name, "release_number": host.number,
        "key": one.key, "position": one.position, "cause": one.cause,
        "cause_title": _text(one.cause_title), "action": one.action, "title": _text(one.title),
        "actor": _text(one.by), "article": one.article, "due": one.due, "bulletin": one.bulletin,
        "party_id": who.party_id if who else tenant_id,
        "subject_id": who.subject_id if who else None, "subject_name": who.name if who else "",
        "group_id": who.group_id if who else "", "group_name": who.group_name if who else "",
        "sort_key": who.sort_key if who else "",
        "unit_id": who.unit_id if who else None, "person_id": who.person_id if who else None, "opened_at": now(),
        **(settled if one.settled else {"state": "open", "outcome": "", "settled_on": None, "settled_at": None}),
    }  # fmt: skip


def _text(title: Text | None) -> dict[str, str]:
    return {"zh": title.zh, "en": title.en} if title else {"zh": "", "en": ""}


def _resume(session: AsyncSession, host: Host, kept: Sequence[tuple[Followup, Wanted]]) -> Iterator[Followup]:
    """Withdrawn before, called for again. What was done about the whole result was about the version before."""
    for row, one in kept:
        if row.subject_id is None and row.state == "done" and row.release_number < host.number:
            note = _("第 {number} 版结果已发布；要再办一次的，请重新办理。").format(number=host.number)
            _write(session, row, "kept", note)
        row.release_number, again = host.number, not row.follows or row.state == "withdrawn"
        row.follows = True
        if row.state == "withdrawn":
            row.state, row.due = "open", one.due
            if one.settled:
                row.state, row.outcome, row.settled_on, row.settled_at = "done", one.settled, today(), now()
        if again:
            row.version += 1
            _write(session, row, "resumed", _("第 {number} 版结果又有这一项。").format(number=host.number))
            yield row


def _withdraw(session: AsyncSession, host: Host, gone: Sequence[Followup]) -> Iterator[Followup]:
    """What people did stays with a remark; what nobody acted on, and what the platform did itself, is withdrawn."""
    for row in gone:
        by_hand = row.state == "waived" or (row.state == "done" and row.settled_name)
        if row.state == "withdrawn" or not row.follows:
            continue
        row.version += 1
        if by_hand:
            row.follows = False
            _write(session, row, "kept", _("第 {number} 版结果不再有这一项，已办的保留。").format(number=host.number))
            continue
        row.state, row.settled_at, row.settled_on, row.outcome = "withdrawn", None, None, ""
        _write(session, row, "withdrawn", _("第 {number} 版结果不再有这一项。").format(number=host.number))
        yield row


def _write(session: AsyncSession, row: Followup, action: str, note: str) -> None:
    session.add(FollowupAct(
        tenant_id=row.tenant_id, followup_id=row.id, party_id=row.party_id, action=action, note=note, person_name="",
        acted_at=now(),
    ))  # fmt: skip


async def _tell(
    session: AsyncSession, host: Host, known: Collection[UUID], changed: Mapping[str, Sequence[Followup]]
) -> None:
    """Those who have to put something right hear of it as soon as they have a day, and when it is called off."""
    query = select(Followup).where(
        Followup.cycle_id == host.cycle_id, Followup.action == RECTIFY, Followup.due.is_not(None),
        Followup.state.in_(TO_ACT),
    )  # fmt: skip
    again = {row.id for row in changed["resumed"]}
    asked = [row for row in (await session.execute(query)).scalars() if row.id not in known or row.id in again]
    await telling.ask_to_rectify(session, asked)
    await telling.call_off(session, [row for row in changed["withdrawn"] if row.action == RECTIFY])
