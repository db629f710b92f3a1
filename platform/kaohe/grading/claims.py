"""What stands beside the assessor's mark: the party's filing, and records that count by themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.catalogue.entries import EntryValues, entry_words
from kaohe.records import service as records
from kaohe.scheme.model import Scheme
from kaohe.submissions import service as submissions


@dataclass(frozen=True, slots=True)
class Claim:
    entries: list[EntryValues]
    remark: str


@dataclass(frozen=True, slots=True)
class Filed:
    """The filing that stands; without one, no id and no claims."""

    id: UUID | None
    number: str
    claims: Mapping[str, Claim]


@dataclass(frozen=True, slots=True)
class Piece:
    """One file of the filing, the host's copy of it."""

    id: str
    name: str
    media: str
    size: int
    sha256: str

    @property
    def href(self) -> str:
        return f"/evidence/{self.id}"

    @property
    def inline(self) -> bool:
        """Whether a browser shows it by itself."""
        return self.is_image or self.media == "application/pdf"

    @property
    def is_image(self) -> bool:
        return self.media in {"image/png", "image/jpeg", "image/gif", "image/webp"}


async def filed_by_party(session: AsyncSession, participation_id: UUID) -> Filed:
    found = await submissions.standing_filing(session, participation_id)
    if found is None:
        return Filed(None, "", {})
    claims = {each["leaf"]: Claim(each["entries"], each["remark"]) for each in found.content["claims"]}
    return Filed(found.id, found.number, claims)


async def evidence_of(session: AsyncSession, filed: Filed, leaf: str) -> list[Piece]:
    rows = await submissions.filing_evidence(session, filed.id, leaf) if filed.id else []
    return [Piece(str(row.evidence_id), row.name, row.media_type, row.size, row.sha256) for row in rows]


async def records_of(session: AsyncSession, scheme: Scheme, row: Any, leaf: str) -> list[dict[str, Any]]:
    """Confirmed daily records of the subject under the leaf within the cycle: the mark must not repeat them."""
    found = await records.confirmed(session, scheme.id, row.period_start, row.period_end, [row.subject_id])
    units = await records.unit_names(session, [scheme.leaves[leaf]])
    return [
        {"id": each.id, "date": each.date, "note": each.note,
         "words": entry_words(scheme.leaves[leaf], _entry(each), scheme=scheme, units=units)}
        for each in found
        if each.leaf == leaf
    ]  # fmt: skip


def _entry(row: Any) -> EntryValues:
    names = ("count", "amount", "level", "value", "target", "rating", "done", "matter", "fields")
    return {name: value for name in names if (value := getattr(row, name)) is not None}
