"""What nobody will ask for again: first answers, failed logins, refresh tokens of ended sessions."""

from __future__ import annotations

from sqlalchemy import text

from kaohe.db.session import Database

ATTEMPTS = "DELETE FROM login_attempts WHERE window_started_at < now() - interval '1 day'"
TOKENS = """
DELETE FROM refresh_tokens t USING sessions s
WHERE s.id = t.session_id AND coalesce(s.revoked_at, s.expires_at) < now() - interval '1 day'
"""
ANSWERS = "DELETE FROM idempotency_keys WHERE created_at < now() - interval '2 days'"


async def sweep(database: Database) -> None:
    """One short transaction a jurisdiction. Several workers may do it at once."""
    async with database.system() as session:
        for statement in (ATTEMPTS, TOKENS):
            await session.execute(text(statement))
        tenants = (await session.execute(text("SELECT id FROM jurisdictions"))).scalars().all()
    for tenant_id in tenants:
        async with database.tenant(tenant_id) as session:
            await session.execute(text(ANSWERS))
