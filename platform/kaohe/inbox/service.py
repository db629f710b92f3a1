"""Sending messages, marking them read, confirming receipt."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.audit.service import record
from kaohe.clock import now, shift
from kaohe.db.session import acting_for, current_tenant, entered
from kaohe.errors import Conflict, NotFound
from kaohe.i18n import _
from kaohe.identity.models import Role
from kaohe.inbox import queries
from kaohe.inbox.models import Delivery, Message

Receiver = Callable[[AsyncSession, UUID, str], Awaitable[None]]
_receivers: dict[str, Receiver] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One message before it is sent; the meaning of each member stands at `send`."""

    kind: str
    title: str
    body: str = ""
    link: str = ""
    roles: Sequence[Role] = field(default=())
    person_id: UUID | None = None
    subject_id: UUID | None = None
    due: date | None = None
    asks_receipt: bool = False
    about: tuple[str, UUID] | None = None


async def send(
    session: AsyncSession, *, tenant_id: UUID, kind: str, title: str, body: str = "", link: str = "",
    roles: Sequence[Role] = (), person_id: UUID | None = None, subject_id: UUID | None = None, due: date | None = None,
    asks_receipt: bool = False, about: tuple[str, UUID] | None = None,
) -> UUID:  # fmt: skip
    """Into the inboxes of `tenant_id`: to the person, and to those who hold one of the roles for the unit `subject_id`
    (of that tenant), or for the whole jurisdiction where no unit is given or nobody holds any of them for the unit.

    `kind` is the domain that sends (`cycle`, `record`, `result` …), `link` a path of ours. The caller has checked that
    it may write to that tenant. `about` (`("participation", id)`) is what a receipt is handed on to (`on_receipt`).
    """
    letter = Letter(kind=kind, title=title, body=body, link=link, roles=roles, person_id=person_id,
                    subject_id=subject_id, due=due, asks_receipt=asks_receipt, about=about)  # fmt: skip
    return (await send_all(session, tenant_id, [letter]))[0]


async def send_all(session: AsyncSession, tenant_id: UUID, letters: Sequence[Letter]) -> list[UUID]:
    """Many messages to one tenant with the same few statements."""
    if not letters:
        return []
    person, home = entered(session), current_tenant(session)
    made = [_message(letter, tenant_id, person.person_id if person else None, person.name if person else "", home)
            for letter in letters]  # fmt: skip
    if home == tenant_id:
        await _deliver(session, made)
    else:
        async with acting_for(session, tenant_id):
            await _deliver(session, made)
    if home is not None:
        detail = {"tenant": str(tenant_id), "kind": letters[0].kind, "title": letters[0].title, "messages": len(made)}
        record(session, "message.sent", "message", made[0].id, detail)
    return [message.id for message in made]


def _message(letter: Letter, tenant_id: UUID, sender_id: UUID | None, sender: str, home: UUID | None) -> Message:
    about_type, about_id = letter.about or (None, None)
    return Message(
        tenant_id=tenant_id, kind=letter.kind, title=letter.title, body=letter.body, link=letter.link,
        roles=[role.value for role in letter.roles], person_id=letter.person_id, subject_id=letter.subject_id,
        due=letter.due, asks_receipt=letter.asks_receipt, about_type=about_type, about_id=about_id,
        sender_id=sender_id, sender_name=sender, sender_tenant_id=home,
    )  # fmt: skip


async def _deliver(session: AsyncSession, made: Sequence[Message]) -> None:
    if moved := shift():  # ids are ordered by time: what the demo sends in its past lies under what came after
        ids = await session.execute(queries.IDS_OF_THE_PAST, {"shift": moved, "count": len(made)})
        for message, message_id in zip(made, ids.scalars(), strict=True):
            message.id = message_id
    session.add_all(made)
    await session.flush()
    await session.execute(queries.DELIVER, {"ids": [message.id for message in made]})


async def mark_read(session: AsyncSession, person_id: UUID, message_ids: Sequence[UUID] | None) -> int:
    """`message_ids` None: all. Others' messages and those read before are left alone. Answers how many there were."""
    change = update(Delivery).where(Delivery.person_id == person_id, Delivery.read_at.is_(None))
    if message_ids is not None:
        change = change.where(Delivery.message_id.in_(message_ids))
    done = (await session.execute(change.values(read_at=now()).returning(Delivery.message_id))).scalars().all()
    if done:
        record(
            session, "message.read", "person", person_id, {"messages": [str(message_id) for message_id in done[:50]]}
        )
    return len(done)


def on_receipt(about: str) -> Callable[[Receiver], Receiver]:
    """Registers what else happens when the receipt of a message about such a thing is confirmed:
    `async def receiver(session, about_id, name_of_the_person)`."""

    def register(receiver: Receiver) -> Receiver:
        _receivers[about] = receiver
        return receiver

    return register


async def confirm_receipt(session: AsyncSession, person_id: UUID, name: str, message_id: UUID) -> Message:
    """The first of those who got the message confirms for all. Raises NotFound, or Conflict where none is asked for."""
    query = (
        select(Message)
        .join(Delivery, (Delivery.tenant_id == Message.tenant_id) & (Delivery.message_id == Message.id))
        .where(Message.id == message_id, Delivery.person_id == person_id)
        .with_for_update(of=Message)
    )
    message = (await session.execute(query)).scalar_one_or_none()
    if message is None:
        raise NotFound
    if not message.asks_receipt:
        raise Conflict(_("这条消息不需要确认收到。"))
    if message.receipt_at is None:
        message.receipt_at, message.receipt_by, message.receipt_name = now(), person_id, name
        record(session, "message.received", "message", message.id, {"title": message.title})
        if message.about_type in _receivers and message.about_id:
            await _receivers[message.about_type](session, message.about_id, name)
    await mark_read(session, person_id, [message_id])
    return message
