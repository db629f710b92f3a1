"""`kaohe audit`: is the chain of the log whole?"""

from __future__ import annotations

import asyncio
import sys

import click
from rich.console import Console
from rich.table import Table
from sqlalchemy import select

from kaohe.audit.service import Verification, verify
from kaohe.cli import database
from kaohe.db.session import Database
from kaohe.errors import NotFound
from kaohe.jurisdictions.models import Jurisdiction
from kaohe.settings import load


@click.group()
def audit() -> None:
    """审计日志：逐条重算哈希链。

    \b
    例：
      kaohe audit verify
    """


@audit.command("verify")
@click.argument("slug", required=False)
def verify_command(slug: str | None) -> None:
    """在数据库之外重算每个辖区（或 SLUG 一个辖区）的哈希链。

    \b
    例：
      kaohe audit verify
      kaohe audit verify shuangliu

    \b
    退出码：0 全部完整；1 有辖区的日志被改动或截断（指出从第几条起），或没有这个辖区；
    2 命令写错。
    """
    with database.shared(load()) as settings:
        found = asyncio.run(_verify(settings.database_url or "", slug))
    table = Table("辖区", "条数", "结论", box=None, pad_edge=False)
    for name, verdict in found:
        whole = verdict.broken_at is None
        table.add_row(name, str(verdict.entries), "完整" if whole else f"[red]从第 {verdict.broken_at} 条起不符[/]")
    Console(highlight=False).print(table)
    if any(verdict.broken_at is not None for _name, verdict in found):
        sys.exit(1)


async def _verify(url: str, slug: str | None) -> list[tuple[str, Verification]]:
    database_ = Database(url, pool_size=1)
    try:
        async with database_.system() as session:
            query = select(Jurisdiction.id, Jurisdiction.name).order_by(Jurisdiction.sort_key)
            rows = (await session.execute(query.where(Jurisdiction.slug == slug) if slug else query)).all()
        if slug and not rows:
            raise NotFound(f"没有辖区 {slug}")
        found = []
        for row in rows:
            async with database_.tenant(row.id, read_only=True) as session:
                found.append((row.name, await verify(session)))
        return found
    finally:
        await database_.close()
