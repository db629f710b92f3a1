"""`kaohe demo`: the platform with something in it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import click
from rich.console import Console
from rich.table import Table

from kaohe import logging
from kaohe.cli import database, server
from kaohe.db import migrate
from kaohe.demo import Account, load_demo
from kaohe.demo.history import Unfinished
from kaohe.settings import Settings, load


@click.command()
def demo() -> None:
    """启动带演示数据的平台，并列出每种角色的一个账号。

    \b
    数据在 KAOHE_HOME（默认本目录的 .kaohe）；再次启动沿用，不覆盖改动。
    Ctrl-C 停止它启动的全部。

    \b
    例：
      kaohe demo
      KAOHE_HOME=/tmp/kaohe KAOHE_PORT=8001 kaohe demo

    退出码：0 已停止；1 启动不了，并说明原因；2 命令写错。
    """
    settings = quiet(load())
    logging.configure(settings.log_level, settings.log_format)
    with server.bound(settings) as listener, database.database(settings) as settled:
        database.upgrade(settled)
        accounts = loaded(settled, embedded=not settings.database_url)
        server.run(settled, listener, partial(announce, accounts))


def loaded(settings: Settings, *, embedded: bool) -> Sequence[Account]:
    """A first start that was cut off left half a past, which nobody has seen: made anew, but only in our own database."""
    try:
        return load_demo(settings)
    except Unfinished:
        if not embedded or not settings.owner_database_url:
            raise
    click.echo("· 上次装载演示数据时中断，重新装载", err=True)
    migrate.reset(settings.owner_database_url)
    database.upgrade(settings)
    return load_demo(settings)


def quiet(settings: Settings) -> Settings:
    """What a person came for is the table of accounts."""
    return settings if "KAOHE_LOG_LEVEL" in os.environ else replace(settings, log_level="warning")


def announce(accounts: Sequence[Account], settings: Settings) -> None:
    console = Console(highlight=False)
    table = Table("角色", "姓名", "辖区", "账号", "密码", box=None, pad_edge=False)
    for each in accounts:
        table.add_row(each.role, each.name, each.jurisdiction, each.login, each.password)
    console.print(table)
    console.print(f"\n考核平台已启动：[bold]{settings.base_url}[/]（Ctrl-C 停止）")
