"""What was sent long ago has been read, and its receipt confirmed: only what is recent waits."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from sqlalchemy import select

from kaohe.clock import ZONE, pretending, today
from kaohe.db.session import Database
from kaohe.identity.models import Person
from kaohe.inbox import service
from kaohe.inbox.models import Delivery, Message
from kaohe.jurisdictions.models import Jurisdiction

RECENT = timedelta(days=10)


async def load(database: Database) -> None:
    async with database.system() as session:
        tenants = (await session.execute(select(Jurisdiction.id))).scalars().all()
    before = datetime.combine(today() - RECENT, time(), ZONE)
    for tenant_id in tenants:
        async with database.tenant(tenant_id) as session:
            query = (
                select(Delivery.person_id, Message.id, Message.asks_receipt, Message.sent_at)
                .join(Message, (Message.tenant_id == Delivery.tenant_id) & (Message.id == Delivery.message_id))
                .where(Message.sent_at < before)
                .order_by(Message.id)
            )
            sent = (await session.execute(query)).all()
            people = select(Person.id, Person.name).where(Person.id.in_({row.person_id for row in sent}))
            names = {row.id: row.name for row in await session.execute(people)}
            for row in sent:
                if row.asks_receipt:
                    with pretending(row.sent_at.astimezone(ZONE).date() + timedelta(days=1)):
                        await service.confirm_receipt(session, row.person_id, names[row.person_id], row.id)
            for person_id in names:
                await service.mark_read(session, person_id, [row.id for row in sent if row.person_id == person_id])
