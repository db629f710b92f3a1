"""`kaohe serve`."""

from __future__ import annotations

import click

from kaohe import logging
from kaohe.cli import database, server
from kaohe.settings import Settings, load


@click.command()
def serve() -> None:
    """启动服务；没有 KAOHE_DATABASE_URL 时用数据目录里的内置数据库。

    \b
    设置见 kaohe settings。
    Ctrl-C 或 SIGTERM 停止：不再接新请求，做完手上的再退出。

    \b
    例：
      kaohe serve
      KAOHE_HOST=0.0.0.0 KAOHE_PORT=8080 kaohe serve

    退出码：0 已停止；1 启动不了，并说明原因；2 命令写错。
    """
    settings = load()
    logging.configure(settings.log_level, settings.log_format)
    with server.bound(settings) as listener, database.database(settings) as settled:
        database.upgrade(settled)
        server.run(settled, listener, announce)


def announce(settings: Settings) -> None:
    click.echo(f"考核平台已启动：{settings.base_url}")
