"""Self-assessment and filing, as other domains use them.

claims = await filed_claims(session, participation_id)        # leaf → FiledClaim, {} where nothing stands
files = await filed_evidence(session, participation_id, leaf) # of the host's own copies: /evidence/{evidence_id}
tasks = await my_self_assessments(session, person)            # rows: id, notice, state, days by closes, …
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.catalogue.entries import EntryValues
from kaohe.evidence.service import Reader
from kaohe.submissions import claims, filing, queries
from kaohe.submissions.queries import filing_evidence as filing_evidence
from kaohe.submissions.reports import Report as Report
from kaohe.submissions.reports import reports as reports
from kaohe.submissions.work import FILLING, Work, open_work
from kaohe.submissions.work import SELF as SELF


@dataclass(frozen=True, slots=True)
class FiledClaim:
    leaf: str
    entries: list[EntryValues]
    remark: str
    evidence: list[dict[str, Any]]


async def standing_filing(session: AsyncSession, participation_id: UUID) -> Row[Any] | None:
    """The filing that stands: neither returned nor withdrawn."""
    return await queries.filing(session, participation_id)


async def filed_claims(session: AsyncSession, participation_id: UUID) -> dict[str, FiledClaim]:
    """Of the filing that stands, by leaf; for its host and its party."""
    found = await queries.filing(session, participation_id)
    listed = found.content["claims"] if found else []
    return {one["leaf"]: FiledClaim(one["leaf"], one["entries"], one["remark"], one["evidence"]) for one in listed}


async def filed_evidence(session: AsyncSession, participation_id: UUID, leaf: str | None = None) -> Sequence[Row[Any]]:
    """(leaf, slot, evidence_id, name, sha256, size, media_type) of the filing that stands."""
    found = await queries.filing(session, participation_id)
    return await queries.filing_evidence(session, found.id, leaf) if found else []


async def my_self_assessments(session: AsyncSession, person: Reader) -> Sequence[Row[Any]]:
    """What this person's units have to fill in, open ones first."""
    return await queries.mine(session, person.units(*FILLING))


__all__ = [
    "FiledClaim", "Work", "claims", "filed_claims", "filed_evidence", "filing", "my_self_assessments", "open_work",
]  # fmt: skip
