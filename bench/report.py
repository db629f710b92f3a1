"""How a figure is taken and told: medians of several runs, each paired with its reference."""

from __future__ import annotations

import gc
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

console = Console(highlight=False, width=None if sys.stdout.isatty() else 150)


@dataclass(frozen=True, slots=True)
class Row:
    """`ratio` is this against its reference in the same run; `aim` is what the design asks for, None in `met` that it
    asks for nothing."""

    name: str
    figure: str
    reference: str = ""
    ratio: str = ""
    aim: str = ""
    met: bool | None = None


WORDS = {None: "", True: "达到", False: "没有达到"}


def show(title: str, rows: list[Row], note: str = "") -> None:
    table = Table(
        "项目", "实测", "参照", "比值", "目标", "", title=title, title_justify="left", box=None, pad_edge=False
    )
    for row in rows:
        table.add_row(row.name, row.figure, row.reference, row.ratio, row.aim, WORDS[row.met])
    console.print(table)
    if note:
        console.print(f"  {note}")
    console.print()


Clock = Callable[[], float]


def seconds(work: Callable[[], object], *, runs: int = 3, clock: Clock = time.perf_counter) -> list[float]:
    """Of each run, after one that is not counted. `clock`: `time.process_time` for what one core alone works out, so that
    others on the machine do not count."""
    work()
    found = []
    for _ in range(runs):
        gc.collect()
        began = clock()
        work()
        found.append(clock() - began)
    return found


def paired(
    work: Callable[[], object], reference: Callable[[], object], *, runs: int = 3, clock: Clock = time.perf_counter
) -> tuple[float, float, float]:
    """(median seconds of work, of reference, median of the ratios pair by pair): drift of the machine cancels out."""
    work(), reference()
    mine, others, ratios = [], [], []
    for _ in range(runs):
        pair = []
        for each in (work, reference):
            gc.collect()
            began = clock()
            each()
            pair.append(clock() - began)
        mine.append(pair[0])
        others.append(pair[1])
        ratios.append(pair[0] / pair[1])
    return statistics.median(mine), statistics.median(others), statistics.median(ratios)
