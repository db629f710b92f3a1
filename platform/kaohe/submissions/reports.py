"""Reports that the regulation asks for before the assessment: which, by when, and handing one in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.audit.service import record
from kaohe.clock import now, today
from kaohe.cycles.models import Assignment
from kaohe.cycles.service import REPORT, name_of, report_due
from kaohe.db.session import acting_for, current_tenant
from kaohe.errors import Conflict, FieldProblem, Invalid, NotFound
from kaohe.evidence import service as evidence
from kaohe.evidence.service import Reader
from kaohe.i18n import _, official
from kaohe.identity.models import Role
from kaohe.inbox.service import send
from kaohe.settings import Settings
from kaohe.submissions import queries
from kaohe.submissions.filing import seal
from kaohe.submissions.models import FiledReport, FiledReportFile
from kaohe.submissions.work import Work


@dataclass(frozen=True, slots=True)
class Report:
    """`filed`: what was handed in, the newest first, which stands."""

    key: str
    title: str
    due: date
    filed: Sequence[Row[Any]]

    @property
    def days_left(self) -> int:
        return (self.due - today()).days

    @property
    def late(self) -> bool:
        return not self.filed and self.days_left < 0


async def reports(
    session: AsyncSession, participation_id: UUID, notice: Mapping[str, Any], closes: date | None
) -> list[Report]:
    """As the notice asks for them, in the order in which they are due. `closes`: the party's own last day of the
    self-assessment."""
    days = {one["phase"]: date.fromisoformat(one["closes_on"]) for one in notice["phases"]}
    ends = days.get("self_assessment")
    asked = [(report_due(days[one["phase"]], ends, closes), one) for one in notice["phases"]
             if one["phase"].startswith(REPORT)]  # fmt: skip
    if not asked:
        return []
    held = await queries.filed_reports(session, participation_id)
    return [
        Report(one["phase"], name_of(one["phase"], one.get("title")), due,
               [row for row in held if row.report == one["phase"]])
        for due, one in sorted(asked, key=lambda each: each[0])
    ]  # fmt: skip


async def of_work(session: AsyncSession, work: Work) -> list[Report]:
    return await reports(session, work.id, work.row.notice, work.row.self_assessment_closes)


def content_of(work: Work, key: str, body: str, files: Sequence[Row[Any]]) -> dict[str, Any]:
    notice = work.row.notice
    return {
        "participation": str(work.id), "cycle": notice["cycle"], "title": notice["title"], "report": key,
        "subject": work.row.subject_code, "name": work.row.subject_name, "body": body,
        "files": [{"name": row.name, "sha256": row.sha256, "size": row.size} for row in files],
    }  # fmt: skip


async def hand_in(
    settings: Settings, session: AsyncSession, person: Reader, work: Work, key: str, file_ids: Sequence[UUID], body: str = "",
) -> UUID:  # fmt: skip
    """Answers the report's id. `file_ids`: the party's evidence. Raises Invalid for a report that nobody asks for and
    for one without files, Conflict when the cycle is over."""
    report = next((one for one in await of_work(session, work) if one.key == key), None)
    if report is None:
        raise Invalid([FieldProblem("report", _("没有要交的报告「{value}」").format(value=key))])
    if not file_ids:
        raise Invalid([FieldProblem(f"files-{key}", _("请选择报告文件"))])
    host_id = work.row.host_id
    files = [await evidence.find(session, person, one) for one in dict.fromkeys(file_ids)]
    copies = await evidence.hand_over(settings, session, person, [one.id for one in files], host_id)
    digest = seal(content_of(work, key, body, files))
    async with acting_for(session, host_id):
        filed = await _write(session, person, work, FiledReport(report=key, body=body, digest=digest))
        session.add_all(
            FiledReportFile(tenant_id=host_id, report_id=filed.id, evidence_id=copies[one.id], party_id=filed.party_id,
                            name=one.name, size=one.size, sha256=one.sha256)
            for one in files
        )  # fmt: skip
    record(
        session, "report.filed", "self_assessment", work.id, {"report": key, "number": filed.number, "digest": digest}
    )
    await _tell_host(session, work, report, filed.number)
    return filed.id


async def _write(session: AsyncSession, person: Reader, work: Work, filed: FiledReport) -> FiledReport:
    """In the host's name; the participation remembers the day on which it first had the report."""
    row = await queries.locked_participation(session, work.id)
    if row is None or row[0].party_id != work.row.party_id:
        raise NotFound
    participation, year = row[0], today().year
    if row[1] != "issued" or participation.confirmed_at is not None:
        raise Conflict(_("这项考核的结果已经确认，不再收报告。"))
    filed.tenant_id, filed.participation_id = participation.tenant_id, work.id
    filed.party_id, filed.filed_by, filed.filed_name = participation.party_id, person.id, person.name
    filed.number, filed.filed_at = f"{year}-{await queries.next_number(session, year):04d}", now()
    session.add(filed)
    participation.reports = {filed.report: today().isoformat()} | participation.reports
    await session.flush()
    record(session, "report.received", "participation", work.id,
           {"report": filed.report, "number": filed.number, "digest": filed.digest})  # fmt: skip
    return filed


async def _tell_host(session: AsyncSession, work: Work, report: Report, number: str) -> None:
    asked = next(one for one in work.row.notice["phases"] if one["phase"] == report.key)
    with official():
        named = name_of(report.key, asked.get("title"))
        title = _("{name}交了{report}").format(name=work.row.subject_name, report=named)
        body = _("编号 {number}").format(number=number)
    await send(session, tenant_id=work.row.host_id, kind="submission", title=title, body=body,
               link=f"/submissions/{work.id}", roles=(Role.ORGANISER,), about=("participation", work.id))  # fmt: skip


@evidence.also_readable
async def assessors_report(session: AsyncSession, person: Reader, evidence_id: UUID) -> bool:
    """An assessor reads the reports of those who are assigned to them."""
    if not person.has(Role.ASSESSOR) or current_tenant(session) is None:
        return False
    query = (
        select(FiledReport.id)
        .join(Assignment, and_(Assignment.tenant_id == FiledReport.tenant_id,
                               Assignment.participation_id == FiledReport.participation_id))
        .join(FiledReportFile, and_(FiledReportFile.tenant_id == FiledReport.tenant_id,
                                    FiledReportFile.report_id == FiledReport.id))
        .where(FiledReportFile.tenant_id == queries.OWN, FiledReportFile.evidence_id == evidence_id,
               Assignment.person_id == person.id)
    )  # fmt: skip
    return (await session.execute(query.limit(1))).first() is not None
