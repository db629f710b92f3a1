"""A self-assessment with its claims and their files, in one statement."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Select, Text, Uuid, and_, bindparam, cast, func, literal_column, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.cycles.models import Participation
from kaohe.db.ready import Ready
from kaohe.evidence.models import Blob, Evidence
from kaohe.submissions.models import Claim, ClaimEvidence
from kaohe.submissions.queries import OWN, mine_of_party

UNITS = bindparam("units", type_=ARRAY(Uuid))


class HeldClaim(msgspec.Struct, frozen=True):
    leaf: str
    entries: list[dict[str, Any]]
    remark: str
    version: int
    updated_by: UUID
    updated_name: str
    updated_at: datetime


class HeldFile(msgspec.Struct, frozen=True):
    leaf: str
    slot: str
    evidence_id: UUID
    added_at: datetime
    name: str
    sha256: str
    size: int
    media_type: str


read_claims = msgspec.json.Decoder(list[HeldClaim]).decode
read_files = msgspec.json.Decoder(list[HeldFile]).decode


def _object(*columns: Any) -> ColumnElement[Any]:
    return func.jsonb_build_object(*(part for column in columns for part in (column.key, column)))


def _listed(made: Any) -> ColumnElement[str]:
    return cast(func.coalesce(func.jsonb_agg(made), literal_column("'[]'")), Text)


def _claims() -> Any:
    c = Claim
    each = _object(c.leaf, c.entries, c.remark, c.version, c.updated_by, c.updated_name, c.updated_at)
    return select(_listed(aggregate_order_by(each, c.leaf))).where(
        c.tenant_id == OWN, c.self_assessment_id == Participation.id)  # fmt: skip


def _files() -> Any:
    f = ClaimEvidence
    each = _object(
        f.leaf, f.slot, f.evidence_id, f.added_at, Evidence.name, Evidence.sha256, Blob.size, Blob.media_type
    )
    return (
        select(_listed(aggregate_order_by(each, f.added_at, f.evidence_id)))
        .select_from(f)
        .join(Evidence, and_(Evidence.tenant_id == f.tenant_id, Evidence.id == f.evidence_id))
        .join(Blob, and_(Blob.tenant_id == Evidence.tenant_id, Blob.sha256 == Evidence.sha256))
        .where(f.tenant_id == OWN, f.self_assessment_id == Participation.id)
    )


@Ready
def _work() -> Select[*tuple[Any, ...]]:
    """`units`: NULL for all of the jurisdiction."""
    p = Participation
    within = or_(UNITS.is_(None), and_(p.tenant_id == OWN, p.unit_id == func.any(UNITS)))
    return mine_of_party().add_columns(
        _claims().scalar_subquery().label("claims"), _files().scalar_subquery().label("files")
    ).where(p.id == bindparam("id", type_=Uuid), within)  # fmt: skip


async def work(session: AsyncSession, self_assessment_id: UUID, units: frozenset[UUID] | None) -> Any:
    """None where it is not theirs. `claims`, `files`: texts for `read_claims`, `read_files`."""
    return await _work.one(session, id=self_assessment_id, units=None if units is None else list(units))
