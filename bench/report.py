"""How a figure is taken and told: medians of several runs, each paired with its reference."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

console = Console(highlight=False)


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


def seconds(work: Callable[[], object], *, runs: int = 3) -> list[float]:
    """Wall seconds of each run, after one that is not counted."""
    work()
    found = []
    for _ in range(runs):
        gc.collect()
        began = time.perf_counter()
        work()
        found.append(time.perf_counter() - began)
    return found


def paired(work: Callable[[], object], reference: Callable[[], object], *, runs: int = 3) -> tuple[float, float, float]:
    """(median seconds of work, of reference, median of the ratios pair by pair): drift of the machine cancels out."""
    work(), reference()
    mine, others, ratios = [], [], []
    for _ in range(runs):
        pair = []
        for each in (work, reference):
            gc.collect()
            began = time.perf_counter()
            each()
            pair.append(time.perf_counter() - began)
        mine.append(pair[0])
        others.append(pair[1])
        ratios.append(pair[0] / pair[1])
    return statistics.median(mine), statistics.median(others), statistics.median(ratios)
