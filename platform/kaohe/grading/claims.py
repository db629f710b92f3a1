"""What the party filed, as grading shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.catalogue.entries import EntryValues
from kaohe.scheme.model import Indicator


@dataclass(frozen=True, slots=True)
class Claim:
    entries: list[EntryValues]
    remark: str


@dataclass(frozen=True, slots=True)
class Piece:
    """One file of the filing. `inline`: the browser may show it itself."""

    id: str
    name: str
    slot: str
    media: str
    size: int
    sha256: str
    href: str

    @property
    def inline(self) -> bool:
        return self.is_image or self.media == "application/pdf"

    @property
    def is_image(self) -> bool:
        return self.media in {"image/png", "image/jpeg", "image/gif", "image/webp"}


async def claims_of(session: AsyncSession, participation_id: UUID) -> dict[str, Claim]:
    """By leaf."""
    return {}


async def evidence_of(session: AsyncSession, participation_id: UUID, leaf: str) -> list[Piece]:
    return []


async def records_of(session: AsyncSession, task: Any, leaf: Indicator) -> list[dict[str, Any]]:
    """Confirmed daily records of the subject under the leaf in the cycle's period: they count by themselves."""
    return []
