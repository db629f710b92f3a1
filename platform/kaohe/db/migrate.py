"""Running the migrations (Alembic) as the owner's role."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, pool, text

# In a checkout the folder stands at the root; in an installed wheel it is packed beside this package.
_CANDIDATES = (Path(__file__).parents[3] / "migrations", Path(__file__).parents[1] / "migrations")


def config(owner_url: str) -> Config:
    folder = next(path for path in _CANDIDATES if (path / "env.py").exists())
    made = Config()
    made.set_main_option("script_location", str(folder))
    made.attributes["url"] = owner_url
    return made


def upgrade(owner_url: str, revision: str = "head") -> None:
    command.upgrade(config(owner_url), revision)


def reset(owner_url: str) -> None:
    """Everything is dropped; `upgrade` makes it anew. For a demo that never came to life."""
    engine = create_engine(owner_url, poolclass=pool.NullPool)
    with engine.begin() as connection:
        for statement in ("DROP SCHEMA IF EXISTS app CASCADE", "DROP SCHEMA public CASCADE", "CREATE SCHEMA public"):
            connection.execute(text(statement))
    engine.dispose()
