"""What happened in the demo before today: a finished month of windows and staff, a finished year of centres."""

from __future__ import annotations

from kaohe.db.session import Database


async def load(database: Database) -> None:
    """Once (see `tenants.marked`): the tenants are there. Changes nothing that is there."""
