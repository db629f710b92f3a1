"""`kaohe tenants`: jurisdictions from files."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path

import click
from rich.console import Console
from rich.text import Text
from rich.tree import Tree

from kaohe import logging
from kaohe.cli import database
from kaohe.db.session import Database, Scope, settle
from kaohe.settings import Settings, load
from kaohe.tenants.applying import Change, Link, Outcome, apply
from kaohe.tenants.files import Tenant, read_folders


@click.group()
def tenants() -> None:
    """辖区：用文件设立和更新（见 tenants/ 下的例子）。

    \b
    例：
      kaohe tenants apply tenants/ --dry-run
    """


@tenants.command("apply")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="只显示会有哪些变化，不写入。")
@click.option(
    "--links", type=click.Path(path_type=Path), help="把新人员的一次性邀请链接写到这个文件（默认显示在屏幕上）。"
)
def apply_(folder: Path, dry_run: bool, links: Path | None) -> None:
    """按 FOLDER 里的 YAML 文件设立、更新辖区、方案、人员、考核对象。

    \b
    FOLDER 是一个辖区的文件夹，或装着若干这样的文件夹。先显示变化再写入；
    只增改，不删除；全部成功才算数。
    文件有错时逐条指出文件、行和改法，什么也不写。

    \b
    例：
      kaohe tenants apply tenants/ --dry-run
      kaohe tenants apply tenants/ --links 邀请链接.txt

    退出码：0 已写入，或已显示变化；1 文件有错；2 命令写错。
    """
    settings = load()
    logging.configure("warning", settings.log_format)
    listed = read_folders(folder)
    with database.shared(settings) as settled:
        database.upgrade(settled)
        outcome = asyncio.run(_apply(settled, listed, dry_run))
    if outcome.links and not dry_run:
        _hand_out(outcome.links, settings.base_url, links)


async def _apply(settings: Settings, listed: Sequence[Tenant], dry_run: bool) -> Outcome:
    assert settings.database_url
    base = Database(settings.database_url, pool_size=1)
    try:
        async with base.session(Scope()) as session:  # rolled back unless committed
            session.sync_session.info["actor"] = "kaohe tenants apply"
            outcome = await apply(session, listed)
            await settle(session)
            show(outcome.changes)
            if not dry_run:
                await session.commit()
    finally:
        await base.close()
    written = "以上是试运行，没有写入。" if dry_run else "已写入。"
    click.echo(written if outcome.changes else "没有变化。")
    return outcome


def show(changes: Sequence[Change]) -> None:
    """One tree a jurisdiction; `+` new, `~` changed with before and after."""
    console = Console(highlight=False)
    trees: dict[str, Tree] = {}
    for change in changes:
        line = Text(f"{change.sign} {change.what} {change.name}", style="green" if change.sign == "+" else "yellow")
        if change.before or change.after:
            line.append(f"：{change.before or '（空）'} → {change.after or '（空）'}", style="default")
        trees.setdefault(change.tenant, Tree(Text(change.tenant, style="bold"))).add(line)
    for tree in trees.values():
        console.print(tree)
    if changes:
        new = sum(change.sign == "+" for change in changes)
        console.print(f"共 {len(trees)} 个辖区：新增 {new} 项，修改 {len(changes) - new} 项")


def _hand_out(links: Sequence[Link], base_url: str, target: Path | None) -> None:
    lines = [f"{link.tenant}\t{link.name}\t{link.login}\t{base_url}{link.path}" for link in links]
    if target is None:
        click.echo("新人员的邀请链接（只显示这一次，七天内有效）：")
        click.echo("\n".join(lines))
        return
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    click.echo(f"{len(links)} 条邀请链接已写到 {target}（只有您能读，七天内有效）。")
