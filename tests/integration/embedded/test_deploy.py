"""What `deploy/` gives an operator, on a server that knows nothing of kaohe."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from kaohe.audit.service import record, verify
from kaohe.db import embedded, migrate
from kaohe.db.embedded import EmbeddedServer, roles
from kaohe.db.session import Database
from tests.architecture.sources import CHECKOUT
from tests.factories.world import make_world

pytestmark = pytest.mark.anyio
DEPLOY = CHECKOUT / "deploy"


def run(server: EmbeddedServer, program: str, *arguments: str, **environ: str) -> None:
    path = f"{server.cluster.programs}:{os.environ['PATH']}"
    done = subprocess.run([program, *arguments], env={"PATH": path, **environ}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def emptied(server: EmbeddedServer) -> None:
    maintenance = roles.plain(server.superuser_url).rpartition("/")[0] + "/postgres"
    for statement in ("DROP DATABASE kaohe WITH (FORCE)", "DROP ROLE kaohe_owner", "DROP ROLE kaohe_app"):
        run(server, "psql", maintenance, "-c", statement)
    passwords = ("owner_password=a b", "app_password=c'd")
    told = [each for pair in passwords for each in ("-v", pair)]
    run(server, "psql", maintenance, "-v", "ON_ERROR_STOP=1", *told, "-f", str(DEPLOY / "roles.sql"))


async def test_roles_are_made_and_a_backup_is_restored(home: Path, tmp_path: Path) -> None:
    with embedded.start(home) as server:
        emptied(server)
        owner, app = server.url("kaohe_owner", "a%20b"), server.url("kaohe_app", "c%27d")
        migrate.upgrade(owner)
        base = Database(app, pool_size=2)
        world = await make_world(base)
        async with base.tenant(world.city.id) as session:
            record(session, "record.confirmed", "record", 1)
        await base.close()
        (home / "keys").mkdir(exist_ok=True)
        (home / "keys" / "signing.pem").write_text("secret")
        everything = roles.plain(server.superuser_url)
        told = {"KAOHE_HOME": str(home), "KAOHE_BACKUP_DATABASE_URL": everything}
        run(server, str(DEPLOY / "backup"), str(tmp_path / "kept"), **told)
        assert (tmp_path / "kept" / "keys" / "signing.pem").read_text() == "secret"
        emptied(server)
        run(server, "pg_restore", "--exit-on-error", f"--dbname={everything}", str(tmp_path / "kept" / "database.dump"))
        base = Database(app, pool_size=2)
        async with base.tenant(world.city.id, read_only=True) as session:
            checked = await verify(session)
        await base.close()
        assert (checked.entries > 0, checked.broken_at) == (True, None)
