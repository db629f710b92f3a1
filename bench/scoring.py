"""Sheets per second with full lines: `window-staff` beside a loop that only sums the same amounts per subject as integers,
then every scheme, of records that differ and of records that are all alike."""

from __future__ import annotations

import random
import resource
import subprocess
import sys
import time
from datetime import date
from decimal import Decimal

from bench.report import Row, paired, seconds, show
from bench.samples import facts_of
from kaohe.national_calendar import national_calendar
from kaohe.plugins import registry
from kaohe.scheme import Scheme
from kaohe.scoring import Facts, Record, Subject, score

STAFF = 100_000
WINDOW = 5  # staff a window
SUBJECTS = 1_000
LEAVES = (
    ("staff.attendance.absent", "level", "over30", 2),
    ("staff.discipline.idle", "count", 1, 2),
    ("staff.discipline.dispute", "amount", Decimal(4), 4),
    ("staff.conduct.uniform", "count", 2, 2),
    ("staff.housekeeping.messy", "count", 1, 1),
    ("staff.bonus.article", "level", "province", 2),
)


def month(
    staff: int = STAFF, records_each: int = 3, *, months: tuple[int, ...] = (3,), varied: bool = False
) -> tuple[Facts, list[int]]:
    """Facts of one or several months, and the whole points that a bare loop adds up. Varied: counts, levels and amounts
    are drawn, so that few people have the same."""
    chance = random.Random(7)
    windows = [Subject(id=f"w{n:05}", kind="window", name=f"窗口{n}") for n in range(-(-staff // WINDOW))]
    people = [
        Subject(id=f"s{n:06}", kind="staff", name=f"人员{n}", parent=windows[n // WINDOW].id) for n in range(staff)
    ]
    records, amounts = [], []
    for each in months:
        for person in people:
            for _ in range(records_each):
                leaf, member, value, points = chance.choice(LEAVES)
                if varied and member == "amount":
                    value = Decimal(chance.randint(30, 50)) / 10
                elif varied and member == "count":
                    value = chance.randint(1, 5)
                day = date(2026, each, chance.randint(1, 28))
                records.append(Record(subject=person.id, leaf=leaf, date=day, **{member: value}))
                amounts.append(points)
    period = "2026-03" if len(months) == 1 else "2026"
    facts = Facts(scheme="window-staff", period=period, subjects=[*windows, *people], records=records,
                  calendar=national_calendar())  # fmt: skip
    return facts, amounts


def bare(facts: Facts, amounts: list[int]) -> dict[str, int]:
    sums = dict.fromkeys((subject.id for subject in facts.subjects), 0)
    for record, amount in zip(facts.records, amounts, strict=True):
        sums[record.subject] += amount
    return sums


def run() -> None:
    rows = [
        _month("六种记录", varied=False),
        Row("峰值内存（含事实）", f"{_peak()} MB"),
        _month("次数、分值各不相同", varied=True),
    ]
    scheme, (year, _) = registry().schemes["window-staff"], month(3_000, 3, months=tuple(range(1, 13)), varied=True)
    took = min(seconds(lambda: score(scheme, year), runs=2, clock=time.process_time))
    rows.append(Row("window-staff 全年 3,000 人 × 36 条", f"{took:.2f} s"))
    show("计分", rows, "参照只把同样的分值按对象相加：不查错、不封顶、不写明细、不排名、不算摘要。用时是一个核的 CPU。")
    show(f"每个方案：{SUBJECTS:,} 个对象，每秒得分表", [_scheme(scheme) for scheme in registry().schemes.values()],
         "参照的每类对象记录完全相同，相同的得分表只算一次；比值是各不相同的用时对它。")  # fmt: skip
    boot()


def _month(name: str, *, varied: bool) -> Row:
    scheme, (facts, amounts) = registry().schemes["window-staff"], month(varied=varied)
    mine, reference, ratio = paired(lambda: score(scheme, facts), lambda: bare(facts, amounts), clock=time.process_time)
    rate = len(facts.subjects) / mine
    return Row(
        f"window-staff 月度 {STAFF:,} 人 × 3 条，{name}", f"{rate:,.0f} 张/s",
        f"{len(facts.subjects) / reference:,.0f} 张/s", f"{ratio:.1f} ×", "≥ 25,000 张/s，≤ 4 ×", rate >= 25_000 and ratio <= 4,
    )  # fmt: skip


def _scheme(scheme: Scheme) -> Row:
    varied, alike = (facts_of(scheme, SUBJECTS, varied=each) for each in (True, False))
    mine, reference, ratio = paired(
        lambda: score(scheme, varied), lambda: score(scheme, alike), runs=1, clock=time.process_time
    )
    return Row(
        f"{scheme.id}，{len(varied.records) / len(varied.subjects):.0f} 条/对象",
        f"{len(varied.subjects) / mine:,.0f} 张/s", f"{len(alike.subjects) / reference:,.0f} 张/s", f"{ratio:.1f} ×",
    )  # fmt: skip


def boot() -> None:
    """Loading every scheme in a process of its own."""
    code = (
        "import time; import kaohe.plugins as p; b = time.perf_counter(); n = len(p.registry().schemes);"
        "print(n, round((time.perf_counter() - b) * 1000))"
    )
    found = [subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
             for _ in range(5)]  # fmt: skip
    times = sorted(int(each[1]) for each in found)
    show("装载", [Row(f"装载全部 {found[0][0]} 个方案", f"{times[2]} ms", "", "", "< 300 ms", times[2] < 300)])


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
