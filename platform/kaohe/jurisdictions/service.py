"""Setting up jurisdictions and their place in the tree."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from pypinyin import Style, lazy_pinyin
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.audit.service import record
from kaohe.db.session import acting_for
from kaohe.jurisdictions import queries
from kaohe.jurisdictions.models import Jurisdiction, JurisdictionLink, JurisdictionName


def pinyin_key(name: str) -> str:
    """Stored sort key: the database has no Chinese collation."""
    return " ".join(lazy_pinyin(name, style=Style.TONE3, neutral_tone_with_five=True)).lower()


async def create_jurisdiction(
    session: AsyncSession,
    *,
    slug: str,
    name: str,
    tier: str,
    division_code: str = "",
    parent_id: UUID | None = None,
    valid_from: date | None = None,
) -> UUID:
    """Create a tenant, below `parent_id` if given. The session is the parent's, an ancestor's or the operator's."""
    start = valid_from or date.today()
    new_id: UUID = (await session.execute(select(func.uuidv7()))).scalar_one()
    above = await _ancestors(session, parent_id) if parent_id else []
    async with acting_for(session, new_id):
        session.add(
            Jurisdiction(
                id=new_id, slug=slug, name=name, tier=tier, division_code=division_code,
                sort_key=pinyin_key(name), valid_from=start,
            )  # fmt: skip
        )
        await session.flush()
        session.add(JurisdictionName(tenant_id=new_id, valid_from=start, name=name))
        session.add(JurisdictionLink(tenant_id=new_id, jurisdiction_id=new_id, parent_id=parent_id, depth=0,
                                     valid_from=start))  # fmt: skip
        for distance, (ancestor_id, grandparent_id) in enumerate(above, start=1):
            session.add(JurisdictionLink(tenant_id=new_id, jurisdiction_id=ancestor_id, parent_id=grandparent_id,
                                         depth=-distance, valid_from=start))  # fmt: skip
    for distance, (ancestor_id, _) in enumerate(above, start=1):
        async with acting_for(session, ancestor_id):
            session.add(JurisdictionLink(tenant_id=ancestor_id, jurisdiction_id=new_id, parent_id=parent_id,
                                         depth=distance, valid_from=start))  # fmt: skip
    async with acting_for(session, parent_id or new_id):
        record(session, "jurisdiction.created", "jurisdiction", new_id, {"slug": slug, "name": name, "tier": tier})
    return new_id


async def _ancestors(session: AsyncSession, jurisdiction_id: UUID) -> Sequence[tuple[UUID, UUID | None]]:
    """(id, its parent) of the jurisdiction itself and everything above it, nearest first."""
    async with acting_for(session, jurisdiction_id):
        rows = await queries.links(session)
    chain = sorted((row for row in rows if row.depth <= 0), key=lambda row: -row.depth)
    return [(row.id, row.parent_id) for row in chain]
