"""Drafts of schemes, and tables that wait for a yes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from kaohe.db.base import Now, TenantTable, Timestamp


class Design(TenantTable):
    """`text` is the YAML written from the document, `before` what it was until the last save (empty: it is the first);
    `saves` counts its versions, for who saves over whom.

    `scheme_version` is the version to be published next; `published` the one that was last.
    """

    __tablename__ = "designs"

    scheme_id: Mapped[str]
    scheme_version: Mapped[str]
    title: Mapped[str]
    text: Mapped[str]
    before: Mapped[str]
    saves: Mapped[int]
    published: Mapped[str]
    made_by_name: Mapped[str]
    saved_by_name: Mapped[str]
    saved_at: Mapped[Timestamp]
    made_at: Mapped[Now]


class DesignImport(TenantTable):
    """A spreadsheet as it was read, cell by cell, until somebody says yes to what was made of it."""

    __tablename__ = "design_imports"

    design_id: Mapped[UUID]
    file_name: Mapped[str]
    rows: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    put_in_by: Mapped[str]
    put_in_at: Mapped[Now]
    applied_at: Mapped[Timestamp | None]
