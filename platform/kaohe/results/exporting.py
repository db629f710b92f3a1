"""The exact bytes of a cycle's facts and result, for use outside the platform."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.catalogue.service import is_own, versions_of
from kaohe.db.session import Database
from kaohe.errors import NotFound
from kaohe.i18n import _
from kaohe.jurisdictions.models import Jurisdiction
from kaohe.results import published_queries, queries
from kaohe.results.facts import gather
from kaohe.results.outcome import work_out


async def export_cycle(url: str, cycle_id: UUID, number: int | None) -> dict[str, bytes]:
    """`number` None: of the last computation, or computed now where there was none. Raises NotFound, BadFacts."""
    database = Database(url, pool_size=1)
    try:
        async with database.system() as session:
            tenants = (await session.execute(select(Jurisdiction.id))).scalars().all()
        for tenant_id in tenants:  # a command knows no tenant, and no tenant's rows are seen without it
            async with database.tenant(tenant_id, read_only=True) as session:
                if found := await _files(session, cycle_id, number):
                    return found
    finally:
        await database.close()
    raise NotFound(_("没有考核 {cycle}").format(cycle=cycle_id), next_step=_("编号是页面网址中 /cycles/ 后面的部分。"))


async def _files(session: AsyncSession, cycle_id: UUID, number: int | None) -> dict[str, bytes]:
    cycle = await queries.cycle(session, cycle_id)
    if cycle is None:
        return {}
    if number is not None:
        stored = await published_queries.numbered_bytes(session, cycle_id, number)
        if stored is None:
            raise NotFound(_("这项考核没有第 {number} 版发布").format(number=number))
    else:
        stored = await queries.run_bytes(session, cycle_id)
    own = await _own_scheme(session, cycle)
    if stored is not None:
        return {"facts.json": stored.facts, "result.json": stored.result, **own}
    outcome = work_out(await gather(session, cycle))
    return {"facts.json": outcome.facts, "result.json": outcome.result, **own}


async def _own_scheme(session: AsyncSession, cycle: Row[Any]) -> dict[str, bytes]:
    """No plugin brings it, so whoever recomputes needs its text."""
    if not is_own(cycle.scheme_id):
        return {}
    versions = await versions_of(session, cycle.scheme_id)
    text = next(one.text for one in versions if one.scheme.version == cycle.scheme_version)
    return {"scheme.yaml": text.encode()}
