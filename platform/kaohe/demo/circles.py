"""The city's years by circles: the finished one, and the one in which the districts file and assessors grade."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from kaohe.clock import pretending, today
from kaohe.cycles import service as cycle_service
from kaohe.cycles.agenda import Dates
from kaohe.cycles.models import Assignment, Participation
from kaohe.demo import cycles, filing
from kaohe.demo.actors import Actor, actor
from kaohe.demo.followups import follow
from kaohe.demo.stories import Followed
from kaohe.grading import service as grading
from kaohe.grading.leaves import is_rated
from kaohe.grading.marking import Mark
from kaohe.grading.task import open_task
from kaohe.jurisdictions.models import Jurisdiction
from kaohe.records import service as records
from kaohe.scheme.model import Indicator
from kaohe.settings import Settings
from kaohe.subjects.models import Subject
from kaohe.submissions.work import open_work

SCHEME = "district-circles"
CLAIMS: tuple[tuple[str, Mapping[str, str], str], ...] = (
    ("circle.bonus.leadership", {"amount": "3", "count": "1", "matter": "区委常委会专题研究政务服务"}, "常委会会议纪要〔{year}〕12 号"),
    ("circle.bonus.streamline", {"amount": "4", "count": "1", "matter": "工程建设项目审批压减至 45 个工作日"}, "流程再造前后对照表见附件"),
    ("circle.bonus.innovation", {"count": "1", "matter": "首创「证照联办」自助专区"}, "全市首个，市局已现场观摩"),
    ("circle.bonus.research", {"level": "province", "count": "1", "matter": "《县域政务服务集成改革》"}, "省级刊物第 {month} 期刊发"),
    ("circle.bonus.commended", {"level": "city", "count": "1", "matter": "年度优化营商环境先进集体"}, "市政府表彰文件"),
    ("circle.bonus.media", {"level": "national", "count": "1", "matter": "「免证办」经验报道"}, "国家级媒体客户端报道"),
    ("circle.bonus.hosting", {"count": "1", "matter": "承办全市综窗改革现场会"}, "会议通知和签到册"),
    ("circle.bonus.assigned", {"count": "1", "matter": "完成市中心交办的数据归集试点"}, "验收意见"),
    ("circle.bonus.other", {"count": "1", "matter": "抗洪期间开设应急审批通道"}, "情况说明"),
)  # fmt: skip
SEEN = (
    ("circle.deduct.overdue", "抽查发现 1 件企业设立登记超时办结"), ("circle.deduct.attitude", "群众投诉窗口态度，经核属实"),
    ("circle.deduct.double", "暗访发现部门另设受理点"), ("circle.deduct.language", "接待用语不规范被投诉"),
)  # fmt: skip


FOLLOWED = (
    Followed("result", 4, words="书面通报各区（市）县政府", document="蓉政服〔年〕46 号"),
    Followed("优秀", 7, words="全市通报表扬", document="蓉政服〔年〕47 号"),
)


async def load(settings: Settings, city: Mapping[str, Actor]) -> None:
    day = today()
    await _finished_year(settings, city, day.year - 1)
    await _running_year(settings, city, day)


async def _finished_year(settings: Settings, city: Mapping[str, Actor], year: int) -> None:
    dates = [
        Dates("self_assessment", date(year, 11, 10), date(year, 11, 30)),
        Dates("grading", date(year, 12, 1), date(year, 12, 19)),
        Dates("confirmation", date(year, 12, 20), date(year, 12, 31)),
    ]
    await _inspect(settings, city["inspector"], year, date(year, 11, 30))
    cycle_id = await _issue(city, year, date(year, 11, 3), dates)
    async for participation, reporter, lead in _parties(city["organiser"], cycle_id):
        chance = random.Random(f"{year} {participation.subject_code}")
        with pretending(date(year, 11, 20)):
            await _fill_in(settings, reporter, participation, chance, share=0.75)
            await filing.hand_in_reports(settings, lead, participation)
            await filing.file(settings, lead, participation)
    with pretending(date(year, 12, 10)):
        for assessor in ("assessor1", "assessor2"):
            await _grade(city[assessor], cycle_id, share=1)
    note = f"{year} 年度分圈层考核结果，现予公布。"
    released = date(year, 12, 24)
    await cycles.finish(city["organiser"], city["approver"], cycle_id, note, released)
    await follow(settings, city["organiser"], cycle_id, FOLLOWED, released)


async def _running_year(settings: Settings, city: Mapping[str, Actor], day: date) -> None:
    """Self-assessment has closed for most, some got more time; the assessors have begun."""
    dates = [
        Dates("self_assessment", day - timedelta(days=25), day - timedelta(days=3)),
        Dates("grading", day - timedelta(days=2), day + timedelta(days=18)),
        Dates("confirmation", day + timedelta(days=19), day + timedelta(days=29)),
    ]
    await _inspect(settings, city["inspector"], day.year, day)
    cycle_id = await _issue(city, day.year, day - timedelta(days=30), dates)
    late: list[UUID] = []
    async for participation, reporter, lead in _parties(city["organiser"], cycle_id):
        number = int(participation.subject_code.rpartition("-")[2])
        chance = random.Random(f"{day.year} {participation.subject_code}")
        with pretending(day - timedelta(days=8)):
            if number % 10 != 3:
                async with lead.at_work() as session:
                    await cycle_service.receipt_of_participation(session, participation.id, lead.name)
            if number % 5 != 1:
                await _fill_in(settings, reporter, participation, chance, share=0.7)
                await filing.hand_in_reports(settings, lead, participation)
                await filing.file(settings, lead, participation)
                continue
            late.append(participation.id)
            if number % 10 == 1:
                await _fill_in(settings, reporter, participation, chance, share=0.4, whole=False)
    with pretending(day - timedelta(days=4)):
        async with city["organiser"].at_work() as session:
            reason = "汛期应急值守，经考核办研究同意延期报送。"
            await cycle_service.extend(
                session, cycle_id, late, until=day + timedelta(days=6), reason=reason, by=city["organiser"].id
            )
    with pretending(day - timedelta(days=1)):
        await _grade(city["assessor1"], cycle_id, share=0.3)


async def _issue(city: Mapping[str, Actor], year: int, on: date, dates: Sequence[Dates]) -> UUID:
    return await cycles.issue(
        city["organiser"], SCHEME, str(year), f"{year} 年度区（市）县政务服务中心分圈层考核", kinds={"centre": "all"}, on=on,
        dates=dates, assessors=[(city["assessor1"], ""), (city["assessor2"], "")],
    )  # fmt: skip


async def _parties(host: Actor, cycle_id: UUID) -> AsyncIterator[tuple[Participation, Actor, Actor]]:
    """With the reporter and lead of each, whose accounts begin with the place's name."""
    found = await cycles.participations(host, cycle_id)
    async with host.database.system() as session:
        query = select(Jurisdiction.id, Jurisdiction.slug).where(Jurisdiction.id.in_([one.party_id for one in found]))
        slugs = {row.id: row.slug for row in await session.execute(query)}
    for one in found:
        place = slugs[one.party_id].partition("-")[2]
        yield one, await actor(host.database, f"{place}.reporter"), await actor(host.database, f"{place}.lead")


async def _fill_in(
    settings: Settings, reporter: Actor, participation: Participation, chance: random.Random, *, share: float,
    whole: bool = True,
) -> None:  # fmt: skip
    wanted = {leaf: (entry, remark) for leaf, entry, remark in CLAIMS if chance.random() < share}
    async with reporter.at_work() as session:
        work = await open_work(session, reporter, participation.id)
    claimed = {}
    for leaf in work.leaves if whole else work.leaves[: len(work.leaves) // 2]:
        entries, remark = _claim(leaf, wanted)
        if entries:
            said = remark.format(year=work.row.notice["period"], month=chance.randint(1, 12))
            claimed[leaf.code] = (entries, said)
    await filing.fill_in(reporter, participation, claimed)
    if wanted and whole:
        await filing.attach(settings, reporter, participation, list(wanted)[:3])


def _claim(leaf: Indicator, wanted: Mapping[str, tuple[Mapping[str, str], str]]) -> tuple[list[dict[str, Any]], str]:
    if leaf.rule == "check":
        return [{"done": "full"}], "见自查报告"
    if leaf.code in wanted:
        return [dict(wanted[leaf.code][0])], wanted[leaf.code][1]
    return [], ""


async def _grade(assessor: Actor, cycle_id: UUID, *, share: float) -> None:
    """The first to come writes the findings, mostly as claimed; what is complete is filed."""
    async with assessor.at_work() as session:
        query = (
            select(Assignment.id)
            .join(Participation, (Participation.tenant_id == Assignment.tenant_id) & (Participation.id == Assignment.participation_id))
            .where(Assignment.cycle_id == cycle_id, Assignment.person_id == assessor.id, Participation.filing_state == "filed")
            .order_by(Participation.subject_code)
        )  # fmt: skip
        mine = (await session.execute(query)).scalars().all()
    for assignment_id in mine[: int(len(mine) * share)]:
        async with assessor.at_work() as session:
            task = await open_task(session, assessor.id, assignment_id, lock=True)
            chance = random.Random(task.subject.id)
            for leaf in task.leaves:
                claimed = task.claimed(leaf)
                if not claimed or is_rated(leaf) or task.is_done(leaf):
                    continue
                mark = _finding(leaf, [dict(each) for each in claimed], chance)
                await grading.save_mark(session, task, leaf, mark, 0, assessor.name)
        async with assessor.at_work() as session:
            await grading.file_assignment(session, await open_task(session, assessor.id, assignment_id, lock=True))


def _finding(leaf: Indicator, claimed: list[dict[str, Any]], chance: random.Random) -> Mark:
    if leaf.rule == "bonus-range" and chance.random() < 0.3:
        lower = {**claimed[0], "amount": str(int(claimed[0]["amount"]) - 1)}
        return Mark([lower], "佐证材料只能证明其中一部分，按实际成效认定。", False)
    if leaf.rule.startswith("bonus") and chance.random() < 0.12:
        return Mark([], "佐证材料与申报事项不符，不予认定。", False)
    return Mark(claimed, "", True)


async def _inspect(settings: Settings, inspector: Actor, year: int, until: date) -> None:
    """Scheduled, random and covert checks through the year."""
    async with inspector.at_work() as session:
        query = select(Subject.id).where(Subject.kind == "centre").order_by(Subject.code)
        centres = (await session.execute(query)).scalars().all()
    chance = random.Random(f"checks {year}")
    for month in range(1, 12):
        day = date(year, month, chance.randint(2, 26))
        if day > until:
            return
        leaf, note = chance.choice(SEEN)
        with pretending(day):
            async with inspector.at_work() as session:
                entry = {"count": "1", "note": note}
                draft = await records.draft_of(session, chance.choice(centres), SCHEME, leaf, day, entry)
                await records.confirm_record(settings, session, inspector, draft)
