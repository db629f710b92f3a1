"""How a party of the demo fills in its self-assessment and files it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.clock import pretending, today
from kaohe.cycles.models import Participation
from kaohe.db.session import Database
from kaohe.demo.actors import Actor, actor
from kaohe.demo.papers import paper
from kaohe.evidence import service as evidence
from kaohe.identity.models import Membership, Person, Role
from kaohe.settings import Settings
from kaohe.submissions import claims, filing, reports
from kaohe.submissions.work import Work, open_work, slots

Claims = Mapping[str, tuple[list[dict[str, Any]], str]]


async def people_of(database: Database, tenant_id: UUID) -> tuple[Actor, Actor]:
    """The reporter and the lead who answer for a whole jurisdiction."""
    async with database.tenant(tenant_id, read_only=True) as session:
        query = (
            select(Membership.role, Person.login)
            .join(Person, Person.id == Membership.person_id)
            .where(Membership.tenant_id == tenant_id, Membership.subject_id.is_(None), Membership.ended_at.is_(None))
        )
        logins = {row.role: row.login for row in await session.execute(query)}
    return await actor(database, logins[Role.REPORTER]), await actor(database, logins[Role.LEAD])


async def fill_in(reporter: Actor, participation: Participation, claimed: Claims) -> None:
    """`claimed`: leaf → its entries and the remark."""
    async with reporter.at_work() as session:
        work = await open_work(session, reporter, participation.id)
        for leaf in work.leaves:
            entries, remark = claimed.get(leaf.code, ([], ""))
            if entries:
                await claims.save_claim(session, reporter, work, leaf, entries=entries, remark=remark, based_on=0)


async def attach(settings: Settings, reporter: Actor, participation: Participation, leaves: Iterable[str]) -> None:
    """A paper in the first slot of each leaf."""
    for code in leaves:
        async with reporter.at_work() as session:
            work = await open_work(session, reporter, participation.id)
            await _attach(settings, session, reporter, work, code)


async def _attach(settings: Settings, session: AsyncSession, reporter: Actor, work: Work, code: str) -> None:
    leaf = work.leaf(code)
    kept = await _keep(settings, session, reporter, work, str(leaf.title), code)
    await claims.attach(session, reporter, work, leaf, slots(leaf)[0].name, kept)


async def _keep(settings: Settings, session: AsyncSession, who: Actor, work: Work, title: str, code: str) -> UUID:
    """A paper about the subject."""
    text = f"{work.row.subject_code} {code} {work.row.notice['period']}"
    return await keep_paper(settings, session, who, f"{work.row.subject_name}-{title}", text, work.row.unit_id)


async def keep_paper(
    settings: Settings, session: AsyncSession, who: Actor, title: str, text: str, unit_id: UUID | None
) -> UUID:
    """The unit's own."""
    name = f"{title}.pdf"
    content = await evidence.store_pieces(settings, who.tenant_id, name, _pieces(paper(text)))
    return await evidence.keep(session, who, content, name, audience="unit", unit_id=unit_id)


async def _pieces(data: bytes) -> AsyncIterator[bytes]:
    yield data


async def hand_in_reports(settings: Settings, lead: Actor, participation: Participation) -> None:
    """Each on the day before it is due, or today."""
    async with lead.at_work() as session:
        work = await open_work(session, lead, participation.id)
        asked = await reports.of_work(session, work)
    for one in asked:
        with pretending(min(today(), one.due - timedelta(days=1))):
            async with lead.at_work() as session:
                work = await open_work(session, lead, participation.id)
                kept = await _keep(settings, session, lead, work, one.title, one.key)
                await reports.hand_in(settings, session, lead, work, one.key, [kept])


async def file(settings: Settings, lead: Actor, participation: Participation) -> None:
    async with lead.at_work() as session:
        work = await open_work(session, lead, participation.id)
        await filing.file_self_assessment(settings, session, lead, work)
