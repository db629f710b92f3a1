"""Reading self-assessments and filings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlalchemy import Row, Select, and_, func, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by, insert
from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.cycles.models import Assignment, Cycle, Participation
from kaohe.db import direct
from kaohe.submissions.models import (
    Claim,
    ClaimEvidence,
    FiledReport,
    FiledReportFile,
    Filing,
    FilingEvidence,
    FilingNumber,
    ReplacedClaim,
    SelfAssessment,
)

OWN = func.app.tenant_id()
PAGE = 50


def mine_of_party() -> Select[*tuple[Any, ...]]:
    """Participations in which the current tenant is the party, with the state of its own draft."""
    return (
        select(
            Participation.id, Participation.tenant_id.label("host_id"), Participation.party_id, Participation.unit_id,
            Participation.subject_code, Participation.subject_name, Participation.subject_kind,
            Participation.group_name, Participation.attributes, Participation.notice,
            Participation.self_assessment_opens, Participation.self_assessment_closes, Participation.filing_state,
            Participation.filed_at, func.coalesce(SelfAssessment.state, "draft").label("state"),
            func.coalesce(SelfAssessment.return_reason, "").label("return_reason"), SelfAssessment.returned_at,
            SelfAssessment.created_at,
        )
        .outerjoin(SelfAssessment, and_(SelfAssessment.tenant_id == OWN, SelfAssessment.id == Participation.id))
        .where(Participation.party_id == OWN, Participation.self_assessment_closes.is_not(None))
    )  # fmt: skip


def _for_units(query: Select[*tuple[Any, ...]], units: frozenset[UUID] | None) -> Select[*tuple[Any, ...]]:
    if units is None:
        return query
    return query.where(Participation.tenant_id == OWN, Participation.unit_id.in_(units))


async def mine(session: AsyncSession, units: frozenset[UUID] | None, page: int = 1) -> Sequence[Any]:
    """What is to be filled in by these units (None: all of the jurisdiction), what is still open first."""
    claimed = (
        select(func.count()).select_from(Claim)
        .where(Claim.self_assessment_id == Participation.id).scalar_subquery().label("claimed")
    )  # fmt: skip
    query = _for_units(mine_of_party(), units).add_columns(claimed).order_by(
        func.coalesce(SelfAssessment.state, "draft"), Participation.self_assessment_closes.desc(),
        Participation.sort_key, Participation.subject_code, Participation.id,
    )  # fmt: skip
    return (await session.execute(query.offset((page - 1) * PAGE).limit(PAGE + 1))).all()


_SAVE = "SELECT * FROM app.save_claim(%(id)s, %(host)s, %(leaf)s, %(based_on)s, %(entries)s, %(remark)s, %(person)s, %(name)s)"


async def save_claim(
    session: AsyncSession, self_assessment_id: UUID, host_id: UUID, leaf: str, *,
    entries: Sequence[Any], remark: str, based_on: int, person: tuple[UUID, str],
) -> Any:  # fmt: skip
    """(outcome, and the claim as it now stands): see the migration."""
    values = {"id": self_assessment_id, "host": host_id, "leaf": leaf, "entries": Jsonb(list(entries)), "remark": remark,
              "based_on": based_on, "person": person[0], "name": person[1]}  # fmt: skip
    (row,) = await direct.rows(session, _SAVE, values)
    return row


async def replaced(session: AsyncSession, self_assessment_id: UUID, leaf: str) -> Sequence[Any]:
    query = select(
        ReplacedClaim.version, ReplacedClaim.entries, ReplacedClaim.remark, ReplacedClaim.updated_name,
        ReplacedClaim.updated_at,
    ).where(ReplacedClaim.self_assessment_id == self_assessment_id, ReplacedClaim.leaf == leaf)  # fmt: skip
    return (await session.execute(query.order_by(ReplacedClaim.version.desc()).limit(20))).all()


async def begin(session: AsyncSession, self_assessment_id: UUID, host_id: UUID) -> SelfAssessment:
    """The draft, made if there is none yet; locked."""
    row = {"tenant_id": OWN, "id": self_assessment_id, "host_id": host_id}
    await session.execute(insert(SelfAssessment).values(row).on_conflict_do_nothing())
    return await draft(session, self_assessment_id)


async def draft(session: AsyncSession, self_assessment_id: UUID) -> SelfAssessment:
    query = select(SelfAssessment).where(SelfAssessment.id == self_assessment_id).with_for_update()
    return (await session.execute(query.execution_options(populate_existing=True))).scalar_one()


async def attach(session: AsyncSession, row: dict[str, Any]) -> bool:
    """False when it was attached already."""
    done = insert(ClaimEvidence).values(row).on_conflict_do_nothing().returning(ClaimEvidence.evidence_id)
    return (await session.execute(done)).first() is not None


# Below: rows of the host.


async def hosted(session: AsyncSession, participation_id: UUID, *, assessor: UUID | None = None) -> Row[Any] | None:
    """A participation of one's own cycle; for an assessor only with an assignment."""
    query = (
        select(
            Participation.id, Participation.cycle_id, Participation.party_id, Participation.unit_id,
            Participation.subject_name, Participation.subject_kind, Participation.group_name, Participation.notice,
            Participation.filing_state, Participation.filed_at, Participation.self_assessment_closes,
            Cycle.title, Cycle.state.label("cycle_state"), Cycle.scheme_id, Cycle.scheme_version,
        )
        .join(Cycle, and_(Cycle.tenant_id == Participation.tenant_id, Cycle.id == Participation.cycle_id))
        .where(Participation.tenant_id == OWN, Participation.id == participation_id)
    )  # fmt: skip
    if assessor is not None:
        query = query.where(select(Assignment.id).where(
            Assignment.participation_id == Participation.id, Assignment.person_id == assessor).exists())  # fmt: skip
    return (await session.execute(query)).one_or_none()


async def locked_participation(session: AsyncSession, participation_id: UUID) -> tuple[Participation, str] | None:
    """(participation, state of its cycle), for the host."""
    query = (
        select(Participation, Cycle.state)
        .join(Cycle, and_(Cycle.tenant_id == Participation.tenant_id, Cycle.id == Participation.cycle_id))
        .where(Participation.tenant_id == OWN, Participation.id == participation_id)
        .with_for_update(of=Participation)
        .execution_options(populate_existing=True)
    )
    row = (await session.execute(query)).one_or_none()
    return (row[0], row[1]) if row else None


async def filings(session: AsyncSession, participation_id: UUID) -> Sequence[Any]:
    """All that were handed in, the newest first; content left out."""
    query = select(
        Filing.id, Filing.number, Filing.digest, Filing.state, Filing.filed_name, Filing.filed_at, Filing.ended_at,
        Filing.ended_name, Filing.ended_reason,
    ).where(Filing.participation_id == participation_id, _readable_filing())  # fmt: skip
    return (await session.execute(query.order_by(Filing.filed_at.desc()))).all()


def _readable_filing() -> Any:
    return or_(Filing.tenant_id == OWN, Filing.party_id == OWN)


async def filing(session: AsyncSession, participation_id: UUID, number: str = "") -> Row[Any] | None:
    """That number, or the one that stands."""
    query = select(
        Filing.id, Filing.number, Filing.digest, Filing.state, Filing.content, Filing.filed_name, Filing.filed_at,
        Filing.ended_at, Filing.ended_name, Filing.ended_reason,
    ).where(Filing.participation_id == participation_id, _readable_filing())  # fmt: skip
    query = query.where(Filing.number == number) if number else query.where(Filing.state == "open")
    return (await session.execute(query)).one_or_none()


async def open_filing(session: AsyncSession, participation_id: UUID) -> Filing | None:
    """Locked, for the host."""
    query = select(Filing).where(
        Filing.tenant_id == OWN, Filing.participation_id == participation_id, Filing.state == "open"
    )
    return (await session.execute(query.with_for_update())).scalar_one_or_none()


async def filing_evidence(session: AsyncSession, filing_id: UUID, leaf: str | None = None) -> Sequence[Any]:
    query = select(
        FilingEvidence.leaf, FilingEvidence.slot, FilingEvidence.evidence_id, FilingEvidence.name,
        FilingEvidence.sha256, FilingEvidence.size, FilingEvidence.media_type,
    ).where(FilingEvidence.filing_id == filing_id)  # fmt: skip
    query = query.order_by(FilingEvidence.leaf, FilingEvidence.slot, FilingEvidence.name)
    if leaf is not None:
        query = query.where(FilingEvidence.leaf == leaf)
    return (await session.execute(query)).all()


async def is_assessors(session: AsyncSession, evidence_id: UUID, person_id: UUID) -> bool:
    """Whether the file stands in a filing that this person assesses."""
    query = (
        select(FilingEvidence.evidence_id)
        .join(Filing, and_(Filing.tenant_id == FilingEvidence.tenant_id, Filing.id == FilingEvidence.filing_id))
        .join(Assignment, and_(Assignment.tenant_id == Filing.tenant_id,
                               Assignment.participation_id == Filing.participation_id))
        .where(FilingEvidence.tenant_id == OWN, FilingEvidence.evidence_id == evidence_id,
               Assignment.person_id == person_id)
    )  # fmt: skip
    return (await session.execute(query.limit(1))).first() is not None


async def filed_reports(session: AsyncSession, participation_id: UUID) -> Sequence[Any]:
    """All that were handed in, the newest first, each with its `files` [{evidence_id, name, size, sha256}]."""
    f, one = FiledReport, FiledReportFile
    told = func.jsonb_build_object(
        "evidence_id", one.evidence_id, "name", one.name, "size", one.size, "sha256", one.sha256
    )
    files = select(func.jsonb_agg(aggregate_order_by(told, one.name))).where(
        one.tenant_id == f.tenant_id, one.report_id == f.id
    )
    query = select(
        f.id, f.report, f.number, f.body, f.digest, f.filed_name, f.filed_at, files.scalar_subquery().label("files")
    ).where(f.participation_id == participation_id)
    return (await session.execute(query.order_by(f.id.desc()))).all()


async def next_number(session: AsyncSession, year: int) -> int:
    made = insert(FilingNumber).values(tenant_id=OWN, year=year, last=1)
    counted = made.on_conflict_do_update(
        index_elements=[FilingNumber.tenant_id, FilingNumber.year], set_={"last": FilingNumber.last + 1}
    )
    return (await session.execute(counted.returning(FilingNumber.last))).scalar_one()
