"""Row-level security as used by the migrations: one call per table, so that no table invents its own policy."""

from __future__ import annotations

OWN = "tenant_id = (SELECT app.tenant_id())"
# Where a person may read their own rows before a jurisdiction is chosen, a missing tenant must not raise.
OWN_OR_PERSON = "tenant_id = (SELECT app.tenant_id_or_null())"

APP_ROLE = "kaohe_app"

# Tables without a tenant, each with the reason; the catalogue test refuses any other.
PLATFORM_TABLES = {
    "jurisdictions": "names of government bodies are public; written only as itself (own policies)",
    "people": "a person can hold roles in several jurisdictions; reached by memberships only",
    "sessions": "belongs to a person, before a jurisdiction is chosen",
    "refresh_tokens": "belongs to a session",
    "login_attempts": "throttle per account and address, before anybody is known",
    "alembic_version": "migrations",
    "procrastinate_workers": "who works on the queue; no content",
    "procrastinate_jobs": "the queue is read before any tenant is known; a job holds ids only, its tenant's among them",
    "procrastinate_periodic_defers": "belongs to the queue",
    "procrastinate_events": "belongs to the queue",
}


def protect(
    table: str, *, party: str | None = None, person: str | None = None, grants: str = "SELECT, INSERT, UPDATE, DELETE"
) -> list[str]:
    """Statements that force row-level security on `table`.

    `party`: column of a second tenant that may read the row (never write it): the one kind of sharing there is.
    `person`: column of a person who may read the row from any jurisdiction (their memberships).
    """
    readable = OWN_OR_PERSON if person else OWN
    statements = [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY own ON {table} USING ({readable}) WITH CHECK ({OWN})",
        f"GRANT {grants} ON {table} TO {APP_ROLE}",
    ]
    if party:
        statements.append(f"CREATE POLICY party ON {table} FOR SELECT USING ({party} = (SELECT app.tenant_id()))")
    if person:
        statements.append(f"CREATE POLICY person ON {table} FOR SELECT USING ({person} = (SELECT app.person_id()))")
    return statements
