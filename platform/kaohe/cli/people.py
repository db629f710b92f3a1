"""`kaohe people`: what no jurisdiction can do for its people by itself."""

from __future__ import annotations

import asyncio

import click

from kaohe import logging
from kaohe.cli import database
from kaohe.db.session import Database
from kaohe.identity.invitations import Invited
from kaohe.identity.resetting import reset
from kaohe.settings import load


@click.group()
def people() -> None:
    """人员：管理员自己忘记密码，或此人在几个辖区都有角色时。

    \b
    例：
      kaohe people reset zhang.san
    """


@people.command("reset")
@click.argument("login")
def reset_(login: str) -> None:
    """重设 LOGIN 的密码，显示一个一次性链接。

    \b
    现在的密码和全部登录立即失效；链接七天内有效，交给本人，由本人设新密码。

    \b
    例：
      kaohe people reset zhang.san

    退出码：0 已重设；1 没有这个人；2 命令写错。
    """
    settings = load()
    logging.configure("warning", settings.log_format)
    with database.shared(settings) as settled:
        made = asyncio.run(_reset(settled.database_url or "", login))
    click.echo(f"{made.name}\t{settings.base_url}{made.link_path}")


async def _reset(url: str, login: str) -> Invited:
    base = Database(url, pool_size=2)
    try:
        return await reset(base, login)
    finally:
        await base.close()
