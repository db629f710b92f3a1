"""Drafts of a scheme as the database has them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from kaohe.db.session import Database
from kaohe.designs.document import Document, read_document
from kaohe.designs.models import Design
from tests.factories.world import Place

START = {
    "way": "blank",
    "title": "窗口考核",
    "periods": "year",
    "kind_title": "窗口",
    "scheme_id": "ck",
    "next": "edit",
}


async def row(database: Database, place: Place) -> Any:
    async with database.tenant(place.id, read_only=True) as session:
        return (await session.execute(select(Design))).scalar_one()


async def document(database: Database, place: Place) -> Document:
    return read_document((await row(database, place)).text)
