"""Roles, passwords and the database. Everything here may run again after having been cut off anywhere."""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from kaohe.db.embedded.cluster import Cluster, run

SUPERUSER, OWNER, APP = "postgres", "kaohe_owner", "kaohe_app"
FILE = "database-passwords.json"
LOGIN_ONLY = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS NOINHERIT"


@dataclass(frozen=True, slots=True)
class Passwords:
    superuser: str
    owner: str
    app: str


def passwords(home: Path, cluster: Cluster) -> Passwords:
    """Those of this home, or new ones. The server must not run yet."""
    file = home / FILE
    if cluster.has_password.exists() and file.exists():
        return Passwords(**json.loads(file.read_text(encoding="utf-8")))
    return _renew(file, cluster)


def _renew(file: Path, cluster: Cluster) -> Passwords:
    made = Passwords(*(secrets.token_urlsafe(24) for _ in range(3)))
    unfinished = file.with_suffix(".unfinished")
    unfinished.unlink(missing_ok=True)
    unfinished.touch(mode=0o600)
    unfinished.write_text(json.dumps(asdict(made)), encoding="utf-8")
    cluster.has_password.unlink(missing_ok=True)
    unfinished.replace(file)
    statement = f"ALTER ROLE {SUPERUSER} PASSWORD '{made.superuser}'\n"
    run(cluster, "postgres", "--single", "-D", str(cluster.place.data), "postgres", text=statement)
    cluster.has_password.touch()
    return made


def plain(url: str) -> str:
    """SQLAlchemy's address as libpq reads it."""
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


def settle(superuser_url: str, known: Passwords, database: str) -> None:
    """The two roles with these passwords, and the database owned by the first."""
    maintenance = plain(superuser_url).rpartition("/")[0] + "/postgres"
    with psycopg.connect(maintenance, autocommit=True) as connection:
        for role, password in ((OWNER, known.owner), (APP, known.app)):
            _role(connection, role, password)
        create_database(connection, database)


def _role(connection: psycopg.Connection, role: str, password: str) -> None:
    found = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    statement = sql.SQL("{verb} ROLE {role} WITH " + LOGIN_ONLY + " PASSWORD {password}")
    connection.execute(
        statement.format(
            verb=sql.SQL("ALTER" if found else "CREATE"), role=sql.Identifier(role), password=sql.Literal(password)
        )
    )


def create_database(connection: psycopg.Connection, database: str) -> None:
    name = sql.Identifier(database)
    row = connection.execute("SELECT datconnlimit FROM pg_database WHERE datname = %s", [database]).fetchone()
    if row == (-2,):  # how PostgreSQL marks a database whose removal was cut off
        connection.execute(sql.SQL("DROP DATABASE {}").format(name))
        row = None
    if row is None:
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(name, sql.Identifier(OWNER)))
    for statement in (
        "REVOKE ALL ON DATABASE {} FROM PUBLIC",
        "GRANT CONNECT, TEMPORARY ON DATABASE {} TO " + APP,  # imports are checked in temporary tables
    ):
        connection.execute(sql.SQL(statement).format(name))
