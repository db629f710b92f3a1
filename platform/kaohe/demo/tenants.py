"""The jurisdictions, people and subjects of the demo, from the same files and by the same way as real ones."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from sqlalchemy import select, update

from kaohe.audit.models import AuditEntry
from kaohe.audit.service import record
from kaohe.db.session import Database, acting_for
from kaohe.identity.models import Person
from kaohe.jurisdictions.models import Jurisdiction

ROOT = "rongcheng"
# In a checkout the folder stands at the root; in an installed wheel it is packed beside this module.
_CANDIDATES = (Path(__file__).parents[3] / "tenants", Path(__file__).parent / "data")


def folder() -> Path:
    return next(path for path in _CANDIDATES if (path / ROOT).is_dir())


def content_hash() -> str:
    digest = hashlib.sha256()
    for path in sorted(folder().glob("*/*.yaml")):
        digest.update(f"{path.parent.name}/{path.name}\n".encode() + path.read_bytes())
    return digest.hexdigest()


async def load(database: Database, password: str) -> None:
    """Once for each state of the files."""
    mark = content_hash()
    if not await marked(database, "demo", mark):
        await _apply(database, password, mark)


async def _apply(database: Database, password: str, mark: str) -> None:
    from kaohe.identity.service import hash_password
    from kaohe.tenants.applying import apply
    from kaohe.tenants.files import read_folders

    listed = read_folders(folder())
    async with database.system() as session:
        session.sync_session.info["actor"] = "演示数据"
        outcome = await apply(session, listed, invites=False)
        hashed = hash_password(password)
        await session.execute(
            update(Person)
            .where(Person.id.in_(outcome.people), Person.password_hash.is_(None))
            .values(password_hash=hashed)
        )
        root = (await session.execute(select(Jurisdiction.id).where(Jurisdiction.slug == ROOT))).scalar_one()
        async with acting_for(session, root):
            record(session, "demo.loaded", "demo", mark, {"people": len(outcome.people)})


async def marked(database: Database, kind: str, mark: str) -> bool:
    """Whether something was loaded before: the audit log of the demo's city says so."""
    root = await jurisdiction_id(database, ROOT)
    if root is None:
        return False
    async with database.tenant(root, read_only=True) as session:
        query = select(AuditEntry.seq).where(AuditEntry.object_type == kind, AuditEntry.object_id == mark).limit(1)
        return (await session.execute(query)).first() is not None


async def jurisdiction_id(database: Database, slug: str) -> UUID | None:
    async with database.system() as session:
        query = select(Jurisdiction.id).where(Jurisdiction.slug == slug)
        return (await session.execute(query)).scalar_one_or_none()  # type: ignore[no-any-return]


async def shown(database: Database, listed: Sequence[tuple[str, str, str]]) -> list[tuple[str, str, str, str]]:
    """(role, name, jurisdiction, login) of those listed who are there."""
    async with database.system() as session:
        logins = select(Person.login, Person.name).where(Person.login.in_([login for _role, _slug, login in listed]))
        names = {row.login: row.name for row in await session.execute(logins)}
        slugs = select(Jurisdiction.slug, Jurisdiction.name).where(
            Jurisdiction.slug.in_([slug for _role, slug, _ in listed])
        )
        places = {row.slug: row.name for row in await session.execute(slugs)}
    return [
        (role, names[login], places[slug], login) for role, slug, login in listed if login in names and slug in places
    ]
