"""Pages of the real server at 1, 16 and 32 connections, beside `bench.bare` in a process of the same kind."""

from __future__ import annotations

import asyncio
import statistics
from collections.abc import Sequence
from contextlib import ExitStack

from bench import pages, servers
from bench.load import Found, Page, ask
from bench.report import Row, show
from bench.servers import Base
from kaohe.db.session import Database

CONNECTIONS = (1, 16, 32)
WARM_SECONDS = 3.0
SECONDS = 1.5
ROUNDS = 5
MOST_QUERIES = 6


def run() -> None:
    with servers.base() as of:
        made = asyncio.run(pages.make(of))
        counts = asyncio.run(_queries(of, [*made.read, made.saves[0]]))
        _tell_queries(counts)
        with ExitStack() as stack:
            mine, reference = (stack.enter_context(start(of)) for start in (servers.kaohe, servers.bare))
            for name, asked in pages.kinds(made):
                for url in (mine.url, reference.url):  # every connection's statements are prepared and planned
                    ask(url, asked, max(CONNECTIONS), WARM_SECONDS)
                show(f"网页：{name}", [_row(mine.url, reference.url, asked, each) for each in CONNECTIONS])
    print(
        "  参照：同样的令牌、一次同样的查询（行级安全，psycopg）、同一模板和数据；不查权限、不写审计、不记提交编号。\n"
    )


def _row(mine: str, reference: str, asked: Sequence[Page], connections: int) -> Row:
    """One after the other, several times: the machine's drift falls on both."""
    for url in (mine, reference):
        ask(url, asked, connections, 0.5)
    found: list[tuple[Found, Found]] = [
        (ask(mine, asked, connections, SECONDS), ask(reference, asked, connections, SECONDS)) for _ in range(ROUNDS)
    ]
    ratio = statistics.median(one.rate / other.rate for one, other in found)
    ours, theirs = (_told([pair[n] for pair in found]) for n in range(2))
    return Row(f"{connections} 个连接", ours, theirs, f"{ratio:.2f} ×", "≥ 0.8 ×", ratio >= 0.8)


def _told(found: Sequence[Found]) -> str:
    rate, middle, worst = (
        statistics.median(numbers)
        for numbers in zip(*((one.rate, one.quantile(0.5), one.quantile(0.99)) for one in found), strict=True)
    )
    return f"{rate:,.0f} 次/s  p50 {middle:.1f}  p99 {worst:.1f} ms"


async def _queries(of: Base, asked: Sequence[Page]) -> dict[str, int]:
    database = Database(of.server.app_url, pool_size=1)
    try:
        found = await pages.record(of.app(database), asked)
    finally:
        await database.close()
    return {each.page.name: len(each.statements) for each in found}


def _tell_queries(counts: dict[str, int]) -> None:
    show(
        "每页的查询数",
        [Row(name, str(count), aim=f"≤ {MOST_QUERIES}", met=count <= MOST_QUERIES) for name, count in counts.items()],
    )
