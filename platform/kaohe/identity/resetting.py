"""A forgotten password: the old one and every login end at once, and a one-time link lets the person set a new one.

Whoever hands the link on could open it, and with it whatever the person may do elsewhere: in a jurisdiction this is
for those who hold roles there only.
"""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.audit.service import record
from kaohe.db.session import Database, Scope
from kaohe.errors import Conflict, NotFound
from kaohe.i18n import _
from kaohe.identity import people, queries
from kaohe.identity.invitations import Invited, invite
from kaohe.identity.models import LoginSession, Membership, Person, Role


async def reset_here(database: Database, session: AsyncSession, membership_id: UUID, *, by: UUID) -> Invited:
    """By the administrator of the session's jurisdiction. Raises NotFound, Conflict."""
    held = await people.held(session, membership_id)
    if held.person_id == by:
        raise Conflict(_("自己的密码请在「修改密码」里改。"), next_step=_("忘记时请由另一位管理员重设。"))
    if set(await _homes(database, held.person_id)) != {held.tenant_id}:
        raise Conflict(
            _("此人在别的辖区也有角色，本辖区不能重设其密码。"), next_step=_("请平台运维执行 kaohe people reset。")
        )
    return await _reset(session, held, by)


async def reset(database: Database, login: str) -> Invited:
    """By whoever runs the platform. Raises NotFound."""
    async with database.system() as session:
        person = await queries.person_by_login(session, login)
    homes = await _homes(database, person.id) if person else ()
    if person is None or not homes:
        raise NotFound(f"没有登录名为「{login}」且有角色的人员", next_step="登录名在各辖区的「人员」页。")
    async with database.tenant(homes[0]) as session:
        session.sync_session.info["actor"] = "kaohe people reset"
        return await _reset(session, await people.any_held(session, person.id), None)


async def _homes(database: Database, person_id: UUID) -> tuple[UUID, ...]:
    """Seen as the person: of others' roles elsewhere a jurisdiction sees nothing."""
    async with database.begin(Scope(person_id=person_id, read_only=True)) as session:
        return tuple(await queries.tenants_of(session, person_id))


async def _reset(session: AsyncSession, held: Membership, by: UUID | None) -> Invited:
    person = await session.get_one(Person, held.person_id)
    person.password_hash = None
    await session.execute(
        update(LoginSession)
        .where(LoginSession.person_id == person.id, LoginSession.revoked_at.is_(None))
        .values(revoked_at=datetime.now(UTC), revoked_reason="password reset")
    )
    record(session, "password.reset", "person", person.id, {"login": person.login})
    return await invite(
        session, login=person.login, name=person.name, role=Role(held.role), subject_id=held.subject_id, by=by
    )
