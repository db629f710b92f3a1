"""`kaohe db`: the database by itself."""

from __future__ import annotations

import signal
from contextlib import suppress

import click

from kaohe.cli import database
from kaohe.settings import load


@click.group()
def db() -> None:
    """数据库：升级结构，单独运行内置数据库。

    \b
    例：
      kaohe db upgrade
      kaohe db run
    """


@db.command()
def upgrade() -> None:
    """把数据库结构升级到本版本（用 KAOHE_OWNER_DATABASE_URL，或内置数据库）。

    \b
    例：
      kaohe db upgrade
      KAOHE_OWNER_DATABASE_URL=postgresql://… KAOHE_DATABASE_URL=postgresql://… kaohe db upgrade

    退出码：0 已是最新；1 连不上数据库或升级失败；2 命令写错，或缺少所有者的地址。
    """
    settings = load()
    if settings.database_url and not settings.owner_database_url:
        raise click.UsageError("请设置 KAOHE_OWNER_DATABASE_URL：升级由所有者角色执行，应用角色无权改结构")
    with database.database(settings) as settled:
        database.upgrade(settled)
    click.echo("数据库结构已是最新")


@db.command()
def run() -> None:
    """只运行内置数据库，显示两个角色的地址，Ctrl-C 停止。

    \b
    例：
      kaohe db run

    退出码：0 已停止；1 启动不了；2 命令写错，或已设置 KAOHE_DATABASE_URL。
    """
    settings = load()
    if settings.database_url:
        raise click.UsageError("已设置 KAOHE_DATABASE_URL，不用内置数据库")
    with database.database(settings) as settled, suppress(KeyboardInterrupt):
        click.echo(f"KAOHE_DATABASE_URL={settled.database_url}")
        click.echo(f"KAOHE_OWNER_DATABASE_URL={settled.owner_database_url}")
        signal.pause()
