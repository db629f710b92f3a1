"""Sheets per second with full lines, beside a loop that only sums the same amounts per subject as integers."""

from __future__ import annotations

import random
import resource
import subprocess
import sys
from datetime import date
from decimal import Decimal

from bench.report import Row, paired, seconds, show
from kaohe.national_calendar import national_calendar
from kaohe.plugins import registry
from kaohe.scoring import Facts, Record, Subject, score

STAFF = 100_000
WINDOW = 5  # staff a window
LEAVES = (
    ("staff.attendance.absent", "level", "over30", 2),
    ("staff.discipline.idle", "count", 1, 2),
    ("staff.discipline.dispute", "amount", Decimal(4), 4),
    ("staff.conduct.uniform", "count", 2, 2),
    ("staff.housekeeping.messy", "count", 1, 1),
    ("staff.bonus.article", "level", "province", 2),
)


def month(staff: int = STAFF, records_each: int = 3, *, months: tuple[int, ...] = (3,)) -> tuple[Facts, dict[str, int]]:
    """Facts of one or several months, and the whole points that a bare loop adds up."""
    chance = random.Random(7)
    windows = [Subject(id=f"w{n:05}", kind="window", name=f"窗口{n}") for n in range(-(-staff // WINDOW))]
    people = [
        Subject(id=f"s{n:06}", kind="staff", name=f"人员{n}", parent=windows[n // WINDOW].id) for n in range(staff)
    ]
    records = []
    for each in months:
        for person in people:
            for _ in range(records_each):
                leaf, member, value, _points = chance.choice(LEAVES)
                day = date(2026, each, chance.randint(1, 28))
                records.append(Record(subject=person.id, leaf=leaf, date=day, **{member: value}))
    points = {leaf: amount for leaf, _member, _value, amount in LEAVES}
    period = "2026-03" if len(months) == 1 else "2026"
    facts = Facts(scheme="window-staff", period=period, subjects=[*windows, *people], records=records,
                  calendar=national_calendar())  # fmt: skip
    return facts, points


def bare(facts: Facts, points: dict[str, int]) -> dict[str, int]:
    sums = dict.fromkeys((subject.id for subject in facts.subjects), 0)
    for record in facts.records:
        sums[record.subject] += points[record.leaf]
    return sums


def run() -> None:
    scheme = registry().schemes["window-staff"]
    facts, points = month()
    mine, reference, ratio = paired(lambda: score(scheme, facts), lambda: bare(facts, points))
    sheets = len(facts.subjects)
    rows = [
        Row(
            f"window-staff 月度 {STAFF:,} 人 × 3 条", f"{sheets / mine:,.0f} 张/s", f"{sheets / reference:,.0f} 张/s",
            f"{ratio:.1f} ×", "≥ 25,000 张/s，≤ 4 ×",
        ),
        Row("峰值内存（含事实）", f"{_peak()} MB"),
    ]  # fmt: skip
    year, _ = month(3_000, 1, months=tuple(range(1, 13)))
    took = min(seconds(lambda: score(scheme, year)))
    rows.append(Row("window-staff 全年 3,000 人", f"{took:.2f} s", "", "", ""))
    show("计分", rows, "参照只把同样的分值按对象相加：不查错、不封顶、不写明细、不排名、不算摘要。")
    boot()


def boot() -> None:
    """Loading every scheme in a process of its own."""
    code = (
        "import time; import kaohe.plugins as p; b = time.perf_counter(); n = len(p.registry().schemes);"
        "print(n, round((time.perf_counter() - b) * 1000))"
    )
    found = [subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
             for _ in range(5)]  # fmt: skip
    times = sorted(int(each[1]) for each in found)
    show("装载", [Row(f"装载全部 {found[0][0]} 个方案", f"{times[2]} ms", "", "", "< 300 ms")])


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
