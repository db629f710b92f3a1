"""Rehearsal of 3,000 staff: `kaohe simulate` as a process, and what the page works out at a slider's move."""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import tempfile
import time
from decimal import Decimal
from pathlib import Path

import msgspec

from bench.report import Row, seconds, show
from bench.scoring import month
from kaohe.app import calm_collector
from kaohe.plugins import registry
from kaohe.rehearsal import trial
from kaohe.scoring import Facts

STAFF = 3_000
ROUNDS = 5
SECONDS = 1.0
CHANGED = {"bonus_cap": Decimal(1)}


def run() -> None:
    rows = []
    year = tuple(range(1, 13))
    for name, months, each in (("一个月", (3,), 3), ("全年，每月 1 条", year, 1), ("全年，每月 3 条", year, 3)):
        facts, _ = month(STAFF, each, months=months, varied=True)
        data = _json(facts)
        rows += [_command(name, data), *_page(name, data)]
    show(f"试算 {STAFF:,} 人", rows, "CPU 是进程自己的用时，不随机器忙闲变化；试算页的用时都是 CPU。")


def _json(facts: Facts) -> bytes:
    def told(each: msgspec.Struct) -> dict[str, object]:
        return {name: value for name, value in msgspec.structs.asdict(each).items() if value}

    subjects, records = ([told(each) for each in listed] for listed in (facts.subjects, facts.records))
    for number, record in enumerate(records):
        record["id"] = f"r{number}"
    given = {"scheme": facts.scheme, "period": facts.period, "subjects": subjects, "records": records}
    return msgspec.json.Encoder(decimal_format="number").encode(given)


def _command(name: str, data: bytes) -> Row:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "facts.json"
        path.write_bytes(data)
        command = [str(Path(sys.executable).with_name("kaohe")), "simulate", str(path), "--set", "bonus_cap=1"]
        found = sorted(_timed(command) for _ in range(ROUNDS))
    wall, cpu = (statistics.median(column) for column in zip(*found, strict=True))
    return Row(f"{name}：kaohe simulate", f"{wall:.2f} s（CPU {cpu:.2f} s）", aim="< 1 s", met=wall < SECONDS)


def _timed(command: list[str]) -> tuple[float, float]:
    began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return time.perf_counter() - began, cpu


def _page(name: str, data: bytes) -> list[Row]:
    """The first time the run's own facts are read and scored too; they are kept for the next move.

    The collector of garbage is set as the server sets it.
    """
    scheme = registry().schemes["window-staff"]
    calm_collector()

    def first() -> None:
        trial.begin.cache_clear()
        trial.attempt(scheme, data, scheme, CHANGED)

    opened, moved = (statistics.median(seconds(work, runs=3, clock=time.process_time)) for work in
                     (first, lambda: trial.attempt(scheme, data, scheme, CHANGED)))  # fmt: skip
    return [
        Row(f"{name}：试算页，第一次", f"{opened:.2f} s", aim="< 1 s", met=opened < SECONDS),
        Row(f"{name}：试算页，再动一次参数", f"{moved:.2f} s", aim="< 1 s", met=moved < SECONDS),
    ]
