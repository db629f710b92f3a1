"""The county's months: what its inspector saw at the windows, and the cycle of each month."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select

from kaohe.clock import pretending, today
from kaohe.cycles.agenda import Dates
from kaohe.demo import cycles
from kaohe.demo.actors import Actor
from kaohe.demo.followups import follow
from kaohe.demo.stories import Followed
from kaohe.records import service as records
from kaohe.scheme import periods
from kaohe.settings import Settings
from kaohe.subjects.models import Subject

SCHEME = "window-staff"
NOTE = "各窗口和工作人员如有异议，请在三个工作日内提出。"
MONTHS = 3  # finished ones, before the month that is under way

# (leaf, entry, how often in a month of sixty staff)
STAFF: tuple[tuple[str, Mapping[str, Any], int], ...] = (
    ("staff.attendance.absent", {"level": "within30", "count": "1", "note": "早会后 12 分钟到岗"}, 7),
    ("staff.attendance.absent", {"level": "over30", "count": "1", "note": "离岗办私事 40 分钟，未报备"}, 2),
    ("staff.attendance.meeting", {"count": "1", "note": "业务学习无故缺席"}, 2),
    ("staff.attendance.leave", {"count": "1", "note": "先离岗后补假条"}, 1),
    ("staff.discipline.idle", {"count": "1", "note": "接待间隙刷短视频"}, 5),
    ("staff.discipline.image", {"count": "1", "note": "柜台吃早餐"}, 4),
    ("staff.discipline.dispute", {"amount": "4", "count": "1", "note": "与办事群众争吵，录像可查"}, 1),
    ("staff.conduct.uniform", {"count": "1", "note": "未佩戴工牌"}, 6),
    ("staff.conduct.cold", {"level": "plain", "count": "1", "note": "解释不耐烦"}, 3),
    ("staff.conduct.unfamiliar", {"level": "plain", "count": "1", "note": "材料清单未一次告知"}, 3),
    ("staff.complaints.verified", {"amount": "3", "count": "1", "note": "12345 转办，经核查属实"}, 1),
    ("staff.housekeeping.messy", {"count": "1", "note": "台面杂物较多"}, 4),
    ("staff.housekeeping.power", {"count": "1", "note": "下班未关叫号屏"}, 2),
    ("staff.bonus.banner", {"count": "1", "note": "群众送锦旗"}, 2),
    ("staff.bonus.article", {"level": "city", "count": "1", "note": "经验做法被市政务简报采用"}, 2),
    ("staff.bonus.article", {"level": "province", "count": "1", "note": "省级媒体刊发窗口事迹"}, 1),
    ("staff.bonus.suggestion", {"count": "1", "note": "「一件事」办理建议被采纳"}, 1),
)
WINDOWS: tuple[tuple[str, Mapping[str, Any], int], ...] = (
    ("window.construction.late_material", {"count": "1", "note": "月报迟交两天"}, 1),
    ("window.construction.absent_meeting", {"count": "1", "note": "联席会议未派人"}, 1),
    ("window.conduct.guide", {"count": "1", "note": "办事指南未随政策更新"}, 1),
    ("window.reform.rates", {"level": "available", "count": "1", "note": "可网办率低于要求"}, 2),
    ("window.complaints.slow_reply", {"count": "1", "note": "投诉件超两个工作日未回复"}, 1),
    ("window.bonus.banner", {"count": "1", "note": "企业送锦旗"}, 1),
    ("window.bonus.publicity", {"level": "city", "count": "1", "note": "市级媒体报道改革做法"}, 1),
)


SENT = (Followed("month-result", 2, words="得分表已送各派驻单位，抄送县领导"),)


async def load(settings: Settings, organiser: Actor, inspector: Actor, approver: Actor) -> None:
    """Three finished and released months, and the one under way with what was seen so far."""
    day = today()
    first = day.replace(day=1)
    starts = [_back(first, back) for back in range(MONTHS, 0, -1)]
    async with organiser.at_work() as session:
        query = select(Subject.id, Subject.code, Subject.kind).where(Subject.kind.in_(["staff", "window"]))
        subjects = {(row.kind, row.code): row.id for row in await session.execute(query.order_by(Subject.code))}
    for number, start in enumerate([*starts, first]):
        running = start == first
        end = day if running else periods.containing(start, "month").end
        await _inspect(settings, inspector, subjects, start, end, random.Random(f"{SCHEME} {number}"))
        cycle_id = await _issue(organiser, start)
        if not running:
            await cycles.finish(organiser, approver, cycle_id, NOTE, end + timedelta(days=3))
            if start != starts[-1]:
                await follow(settings, organiser, cycle_id, SENT, end + timedelta(days=3))


def _back(first: date, months: int) -> date:
    for _ in range(months):
        first = (first - timedelta(days=1)).replace(day=1)
    return first


async def _issue(organiser: Actor, start: date) -> UUID:
    after = periods.containing(start, "month").end + timedelta(days=1)
    return await cycles.issue(
        organiser, SCHEME, f"{start:%Y-%m}", f"{start.year} 年 {start.month} 月窗口及工作人员绩效评价",
        kinds={"staff": "all", "window": "all"}, on=start,
        dates=[Dates("confirmation", after, after + timedelta(days=6))],
    )  # fmt: skip


async def _inspect(
    settings: Settings, inspector: Actor, subjects: Mapping[tuple[str, str], UUID], start: date, end: date,
    chance: random.Random,
) -> None:  # fmt: skip
    for leaf, entry, subject_id, day in sorted(_seen(subjects, start, end, chance), key=lambda each: each[3]):
        with pretending(day):
            async with inspector.at_work() as session:
                draft = await records.draft_of(session, subject_id, SCHEME, leaf, day, entry)
                await records.confirm_record(settings, session, inspector, draft)


def _seen(
    subjects: Mapping[tuple[str, str], UUID], start: date, end: date, chance: random.Random
) -> Iterator[tuple[str, Mapping[str, Any], UUID, date]]:
    """Deductions fall on few people, as in life; the cases of each window are counted at the end of the month."""
    for kind, happenings in (("staff", STAFF), ("window", WINDOWS)):
        ids = [subject_id for (of, _code), subject_id in subjects.items() if of == kind]
        prone = chance.sample(ids, len(ids) // 2)
        for leaf, entry, times in happenings:
            for _ in range(times):
                day = start + timedelta(days=chance.randint(0, 27))
                if day <= end and day.weekday() < 5:
                    yield leaf, entry, chance.choice(ids if ".bonus." in leaf else prone), day
    for number, ((kind, _code), subject_id) in enumerate(subjects.items()):
        if kind == "window" and end.day >= 27:
            cases = Decimal(420 + 260 * (number % 12) + chance.randint(-60, 90))
            yield "window.bonus.volume", {"value": str(cases)}, subject_id, end
