"""Setting up jurisdictions and their place in the tree."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from uuid import UUID

from pypinyin import Style, lazy_pinyin
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.audit.service import record
from kaohe.clock import today
from kaohe.db.session import acting_for
from kaohe.errors import FieldProblem, Invalid, NotFound
from kaohe.i18n import _
from kaohe.jurisdictions import queries
from kaohe.jurisdictions.models import Jurisdiction, JurisdictionLink, JurisdictionName
from kaohe.jurisdictions.queries import administrators as administrators
from kaohe.jurisdictions.queries import by_slug as by_slug
from kaohe.jurisdictions.queries import descendant as descendant
from kaohe.jurisdictions.queries import links as links
from kaohe.jurisdictions.queries import name_of as name_of
from kaohe.jurisdictions.queries import own_slug as own_slug

SLUG = re.compile(r"[a-z0-9][a-z0-9-]{1,60}")
# What may stand below what; 其他 stands anywhere.
TIERS = ("province", "city", "county", "township", "other")


def tier_names() -> dict[str, str]:
    return {
        "province": _("省级"), "city": _("市级"), "county": _("区县"), "township": _("乡镇街道"), "other": _("其他"),
    }  # fmt: skip


def slug_proposal(name: str, above: str = "") -> str:
    """From the pinyin of the name, put behind the slug of the jurisdiction above: `rongcheng-dayi`."""
    bare = name[:-1] if len(name) > 2 and name[-1] in "省市区县镇乡" else name
    words = "".join(lazy_pinyin(bare)).lower()
    return "-".join(filter(None, (above, re.sub(r"[^a-z0-9]+", "", words))))[:60]


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
    start = valid_from or today()
    new_id: UUID = (await session.execute(select(func.uuidv7()))).scalar_one()
    above = await _ancestors(session, parent_id) if parent_id else []
    async with acting_for(session, new_id):
        made = Jurisdiction(id=new_id, slug=slug, name=name, tier=tier, division_code=division_code, valid_from=start)
        made.sort_key = pinyin_key(name)
        session.add(made)
        await session.flush()
        session.add(JurisdictionName(tenant_id=new_id, valid_from=start, name=name))
        session.add(JurisdictionLink(tenant_id=new_id, jurisdiction_id=new_id, parent_id=parent_id, depth=0,
                                     valid_from=start))  # fmt: skip
        for distance, (ancestor_id, grandparent_id) in enumerate(above, start=1):
            session.add(JurisdictionLink(tenant_id=new_id, jurisdiction_id=ancestor_id, parent_id=grandparent_id,
                                         depth=-distance, valid_from=start))  # fmt: skip
    for distance, (ancestor_id, _parent) in enumerate(above, start=1):
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


async def rename_jurisdiction(session: AsyncSession, jurisdiction_id: UUID, name: str, *, valid_from: date) -> None:
    """Itself or one below. What was issued under the old name keeps it.

    Raises NotFound for any other, Invalid for a day to come or one before the latest name.
    """
    rows = {row.id: row for row in await queries.links(session) if row.depth >= 0}
    if jurisdiction_id not in rows:
        raise NotFound
    if valid_from > today():
        raise Invalid([FieldProblem("valid_from", _("更名日期不能晚于今天，请到当天再登记"))])
    if rows[jurisdiction_id].name == name:
        raise Invalid([FieldProblem("name", _("名称没有变化"))])
    async with acting_for(session, jurisdiction_id):
        latest = await queries.latest_name(session, jurisdiction_id)
        if valid_from <= latest.valid_from:
            message = _("更名日期应晚于现名的起始日期 {day}").format(day=latest.valid_from)
            raise Invalid([FieldProblem("valid_from", message)])
        session.add(JurisdictionName(tenant_id=jurisdiction_id, valid_from=valid_from, name=name))
        held = await session.get_one(Jurisdiction, jurisdiction_id)
        held.name, held.sort_key = name, pinyin_key(name)
        await session.flush()
        detail = {"from": latest.name, "to": name, "valid_from": valid_from}
        record(session, "jurisdiction.renamed", "jurisdiction", jurisdiction_id, detail)
    if rows[jurisdiction_id].depth:
        record(session, "jurisdiction.renamed", "jurisdiction", jurisdiction_id, detail)


async def end_jurisdiction(session: AsyncSession, jurisdiction_id: UUID, *, last_day: date, reason: str) -> None:
    """Abolished or merged: after `last_day` it stands in no tree any more; everything it did stays as it is.

    Raises NotFound unless it is below, Invalid while something stands below it.
    """
    below = [row for row in await queries.links(session) if row.depth > 0]
    held = next((row for row in below if row.id == jurisdiction_id), None)
    if held is None:
        raise NotFound
    if any(row.parent_id == jurisdiction_id for row in below):
        raise Invalid([FieldProblem("last_day", _("下面还有辖区，请先处理下级辖区"))])
    async with acting_for(session, jurisdiction_id):
        related = await queries.links(session)
        ended = await session.get_one(Jurisdiction, jurisdiction_id)
        if last_day < ended.valid_from:
            raise Invalid([FieldProblem("last_day", _("不能早于设立日期 {day}").format(day=ended.valid_from))])
        ended.valid_to = last_day
        record(session, "jurisdiction.ended", "jurisdiction", jurisdiction_id, {"last_day": last_day, "reason": reason})
        await queries.end_links(session, None, last_day)
    for row in related:
        if row.depth < 0:
            async with acting_for(session, row.id):
                await queries.end_links(session, jurisdiction_id, last_day)
    record(session, "jurisdiction.ended", "jurisdiction", jurisdiction_id, {"last_day": last_day, "reason": reason})
