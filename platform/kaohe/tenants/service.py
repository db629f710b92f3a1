"""Setting up a jurisdiction below one's own: tree, schemes, and the first administrator by a one-time link."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.catalogue import service as catalogue
from kaohe.clock import today
from kaohe.db.session import acting_for
from kaohe.errors import FieldProblem, Invalid, NotFound
from kaohe.i18n import _
from kaohe.identity.invitations import LOGIN, Invited, invite
from kaohe.identity.models import Role
from kaohe.jurisdictions import service as jurisdictions
from kaohe.jurisdictions.service import SLUG, TIERS, slug_proposal

CODE = r"[0-9A-Za-z]{0,12}"


@dataclass(frozen=True, slots=True)
class Wanted:
    """`slug` may be empty: proposed from the name."""

    name: str
    tier: str
    division_code: str
    slug: str
    valid_from: date
    schemes: Sequence[str]
    admin_login: str
    admin_name: str


async def own_or_below(session: AsyncSession, jurisdiction_id: UUID) -> Any:
    """The row of the tree. Raises NotFound for any other."""
    return picked(await jurisdictions.links(session), jurisdiction_id)


def picked(rows: Sequence[Any], jurisdiction_id: UUID) -> Any:
    for row in rows:
        if row.id == jurisdiction_id and row.depth >= 0:
            return row
    raise NotFound


def tiers_below(tier: str) -> list[str]:
    """What may stand below it; 其他 stands anywhere, and below it anything."""
    return list(TIERS) if tier == "other" else [*TIERS[TIERS.index(tier) + 1 :]]


async def set_up(session: AsyncSession, above: UUID, wanted: Wanted, *, by: UUID) -> tuple[UUID, Invited]:
    """Raises NotFound unless `above` is one's own or below, Invalid with everything that is wrong."""
    parent = await own_or_below(session, above)
    slug = wanted.slug or slug_proposal(wanted.name, parent.slug)
    if problems := await _problems(session, parent, wanted, slug):
        raise Invalid(problems)
    new_id = await jurisdictions.create_jurisdiction(
        session, slug=slug, name=wanted.name, tier=wanted.tier, division_code=wanted.division_code, parent_id=above,
        valid_from=wanted.valid_from,
    )  # fmt: skip
    await catalogue.grant_schemes(session, new_id, wanted.schemes)
    return new_id, await invite_administrator(session, new_id, login=wanted.admin_login, name=wanted.admin_name, by=by)


async def _problems(session: AsyncSession, parent: Any, wanted: Wanted, slug: str) -> list[FieldProblem]:
    found = []
    if wanted.tier not in tiers_below(parent.tier):
        found.append(FieldProblem("tier", _("这一级不能设在{parent}之下").format(parent=parent.name)))
    if not SLUG.fullmatch(slug):
        found.append(FieldProblem("slug", _("标识「{slug}」应为 2 至 61 位小写字母、数字或 -").format(slug=slug)))
    elif await jurisdictions.by_slug(session, slug):
        found.append(FieldProblem("slug", _("标识「{slug}」已被使用，请换一个").format(slug=slug)))
    siblings = {row.name for row in await jurisdictions.links(session) if row.parent_id == parent.id and row.depth > 0}
    if wanted.name in siblings:
        found.append(FieldProblem("name", _("{parent}之下已有「{name}」").format(parent=parent.name, name=wanted.name)))
    if wanted.valid_from > today():
        found.append(FieldProblem("valid_from", _("设立日期不能晚于今天")))
    if not LOGIN.fullmatch(wanted.admin_login):
        found.append(FieldProblem("admin_login", _("登录名应为 3 至 60 位小写字母、数字或 . _ @ -")))
    return found


async def invite_administrator(
    session: AsyncSession, jurisdiction_id: UUID, *, login: str, name: str, by: UUID
) -> Invited:
    """For one's own jurisdiction or one below. Raises NotFound, Invalid."""
    await own_or_below(session, jurisdiction_id)
    async with acting_for(session, jurisdiction_id):
        return await invite(session, login=login, name=name, role=Role.ADMIN, by=by)
