"""`kaohe settings`: what is set, what is not, and what each means."""

from __future__ import annotations

from dataclasses import MISSING, Field, fields
from typing import Any
from urllib.parse import urlsplit

import click

from kaohe.settings import Settings, load, variable


@click.command()
def settings() -> None:
    """列出全部设置：现值、默认值、含义（密码不显示）。

    设置都是环境变量 KAOHE_*；写错名称的会指出来，不会当作没写。

    \b
    例：
      kaohe settings
      KAOHE_PORT=8001 kaohe settings

    退出码：0 已列出；1 有不认得的名称或不能用的值；2 命令写错。
    """
    current = load()
    for each in fields(Settings):
        value, usual = shown(each, getattr(current, each.name)), shown(each, default(each))
        click.secho(f"{variable(each)}={value}", bold=value != usual)
        click.echo(f"    {each.metadata['meaning']}（默认 {usual or '空'}）")


def default(of: Field[Any]) -> Any:
    return of.default if of.default_factory is MISSING else of.default_factory()


def shown(of: Field[Any], value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return mask(value) if of.metadata["secret"] else str(value)


def mask(url: str) -> str:
    password = urlsplit(url).password
    return url.replace(f":{password}@", ":***@") if password else url
