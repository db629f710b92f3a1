"""The database that a command works with: the one in the settings, or the embedded one for as long as it runs."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import FrameType

import click

from kaohe.db import embedded
from kaohe.settings import Settings


@contextmanager
def database(settings: Settings) -> Iterator[Settings]:
    """Settings with both addresses filled in. Without KAOHE_DATABASE_URL starts and stops the embedded server."""
    if settings.database_url:
        yield settings
        return
    signal.signal(signal.SIGTERM, _end)
    with embedded.start(settings.home) as server:
        if not server.cluster.place.root.is_relative_to(settings.home):
            click.echo(f"· 内置数据库的用户进不了 {settings.home}，数据放在 {server.cluster.place.root}", err=True)
        yield replace(settings, database_url=server.app_url, owner_database_url=server.owner_url)


@contextmanager
def shared(settings: Settings) -> Iterator[Settings]:
    """The same for a command that may be called while the platform runs: joins a server that is up already."""
    found = None if settings.database_url else embedded.running_at(settings.home)
    if found is not None:
        yield replace(settings, database_url=found[0], owner_database_url=found[1])
        return
    with database(settings) as settled:
        yield settled


def upgrade(settings: Settings) -> None:
    """Brings the schema up to date; a database whose owner's address is not known is left alone."""
    from kaohe.db.migrate import upgrade as migrate

    if settings.owner_database_url:
        migrate(settings.owner_database_url)


def _end(_signal: int, _frame: FrameType | None) -> None:
    """SIGTERM unwinds like Ctrl-C, so that what was started is stopped."""
    raise SystemExit(0)
