from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege

from kaohe.db import embedded
from kaohe.db.embedded import EmbeddedServer
from tests.integration.embedded.conftest import connect


@pytest.fixture(scope="module")
def server(prepared: Path) -> Iterator[EmbeddedServer]:
    with embedded.start(prepared) as running:
        yield running


def one(connection: psycopg.Connection, query: str) -> tuple[object, ...]:
    row = connection.execute(query).fetchone()
    assert row is not None
    return row


def test_application_cannot_define_anything(server: EmbeddedServer) -> None:
    with connect(server.app_url) as connection:
        for statement in ("CREATE TABLE t ()", "CREATE SCHEMA s", "CREATE DATABASE d", "CREATE ROLE r"):
            with pytest.raises(InsufficientPrivilege):
                connection.execute(statement)


def test_application_may_use_temporary_tables(server: EmbeddedServer) -> None:
    with connect(server.app_url) as connection:
        connection.execute("CREATE TEMPORARY TABLE staged (value text)")
        assert one(connection, "SELECT count(*) FROM staged") == (0,)


def test_neither_role_has_a_special_right(server: EmbeddedServer) -> None:
    query = (
        "SELECT rolname FROM pg_roles WHERE rolname LIKE 'kaohe%' AND NOT"
        " (rolsuper OR rolbypassrls OR rolcreatedb OR rolcreaterole OR rolreplication) ORDER BY 1"
    )
    with connect(server.superuser_url) as connection:
        assert connection.execute(query).fetchall() == [("kaohe_app",), ("kaohe_owner",)]
        assert one(connection, "SELECT count(*) FROM pg_auth_members WHERE member::regrole::text LIKE 'kaohe%'") == (0,)


def test_owner_owns_database_and_may_define(server: EmbeddedServer) -> None:
    with connect(server.owner_url) as connection:
        assert one(connection, "SELECT datdba::regrole::text FROM pg_database WHERE datname = 'kaohe'") == (
            "kaohe_owner",
        )
        connection.execute("CREATE SCHEMA tried CREATE TABLE t (id uuid DEFAULT uuidv7())")
        connection.execute("DROP SCHEMA tried CASCADE")


def test_server_is_durable_and_reads_chinese(server: EmbeddedServer) -> None:
    with connect(server.superuser_url) as connection:
        assert one(connection, "SELECT current_setting('fsync'), current_setting('synchronous_commit')") == ("on", "on")
        assert one(connection, "SELECT datlocprovider::text, datlocale, datctype FROM pg_database LIMIT 1") == (
            "b", "C.UTF-8", "C.UTF-8",
        )  # fmt: skip
        assert one(connection, "SELECT '考核' ~ '^[[:alpha:]]+$'") == (True,)


def test_server_listens_on_loopback_only_and_asks_for_passwords(server: EmbeddedServer) -> None:
    with connect(server.superuser_url) as connection:
        shown = "SELECT current_setting('listen_addresses'), current_setting('unix_socket_directories')"
        assert one(connection, shown) == ("127.0.0.1", "")
        assert connection.execute("SELECT DISTINCT auth_method FROM pg_hba_file_rules").fetchall() == [
            ("scram-sha-256",)
        ]
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(f"postgresql://kaohe_app:wrong@127.0.0.1:{server.port}/kaohe")


def test_secrets_are_for_one_user_only(server: EmbeddedServer, prepared: Path) -> None:
    guarded = [prepared / "database-passwords.json", server.cluster.log, server.cluster.place.root / "lock"]
    assert [oct(path.stat().st_mode & 0o777) for path in guarded] == ["0o600"] * 3
    assert oct(server.cluster.place.data.stat().st_mode & 0o777) == "0o700"
