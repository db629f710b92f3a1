"""What the database itself must guarantee, read from its catalogue: a table that forgets it fails the build."""

from __future__ import annotations

import psycopg
import pytest

from kaohe.db.embedded import EmbeddedServer
from kaohe.db.rls import APP_ROLE, PLATFORM_TABLES

Rows = list[tuple[str, ...]]

TABLES = """
SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity, pg_get_userbyid(c.relowner),
       (SELECT count(*) FROM pg_policy p WHERE p.polrelid = c.oid)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p')
"""
# First column of every primary, unique and foreign key, and of every unique index.
KEYS = """
SELECT t.relname, i.relname, coalesce(a.attname, '(expression)')
FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
JOIN pg_namespace n ON n.oid = t.relnamespace
LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = x.indkey[0]
WHERE n.nspname = 'public' AND x.indisunique
UNION ALL
SELECT t.relname, c.conname, a.attname
FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid JOIN pg_class f ON f.oid = c.confrelid
JOIN pg_namespace n ON n.oid = t.relnamespace
JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = c.conkey[1]
WHERE n.nspname = 'public' AND c.contype = 'f' AND f.relname <> ALL (%s)
"""


@pytest.fixture
def ask(server: EmbeddedServer):  # type: ignore[no-untyped-def]
    with psycopg.connect(server.superuser_url.replace("+psycopg", "")) as connection:
        yield lambda query, *values: connection.execute(query, values or None).fetchall()


def test_every_table_of_a_tenant_is_forced_under_row_level_security(ask) -> None:  # type: ignore[no-untyped-def]
    free = set(PLATFORM_TABLES) - {"jurisdictions"}
    bare = [row[0] for row in ask(TABLES) if row[0] not in free and not (row[1] and row[2] and row[4])]
    assert bare == []


def test_every_key_of_a_tenant_begins_with_the_tenant(ask) -> None:  # type: ignore[no-untyped-def]
    loose = [row for row in ask(KEYS, list(PLATFORM_TABLES)) if row[0] not in PLATFORM_TABLES and row[2] != "tenant_id"]
    assert loose == []


def test_platform_tables_on_the_list_exist(ask) -> None:  # type: ignore[no-untyped-def]
    assert set(PLATFORM_TABLES) <= {row[0] for row in ask(TABLES)}


def test_application_role_owns_nothing_and_cannot_bypass(ask) -> None:  # type: ignore[no-untyped-def]
    role = ask("SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = %s", APP_ROLE)
    assert role == [(False, False, False, False)]
    assert [row[0] for row in ask(TABLES) if row[3] == APP_ROLE] == []
    assert ask("SELECT has_schema_privilege(%s, 'public', 'CREATE')", APP_ROLE) == [(False,)]


def test_views_run_with_the_rights_of_who_asks_and_nothing_is_materialised(ask) -> None:  # type: ignore[no-untyped-def]
    views = ask(
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public'"
        " AND (c.relkind = 'm' OR (c.relkind = 'v' AND NOT coalesce('security_invoker=true' = ANY(c.reloptions), false)))"
    )
    assert views == []


def test_only_the_audit_chain_is_written_by_a_definer_function(ask) -> None:  # type: ignore[no-untyped-def]
    found = ask(
        "SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
        " WHERE p.prosecdef AND n.nspname IN ('public', 'app') ORDER BY 1"
    )
    assert found == [("append_audit",)]


def test_application_cannot_change_the_audit_log(ask) -> None:  # type: ignore[no-untyped-def]
    rights = ask(
        "SELECT bool_or(has_table_privilege(%s, 'audit_log', right_name))"
        " FROM unnest(ARRAY['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) right_name",
        APP_ROLE,
    )
    assert rights == [(False,)]
