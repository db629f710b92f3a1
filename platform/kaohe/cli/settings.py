"""`kaohe settings`: what is set, what is not, and what each means."""

from __future__ import annotations

from dataclasses import MISSING, Field, fields
from typing import Any
from urllib.parse import urlsplit

import click
from rich.console import Console
from rich.table import Table

from kaohe.settings import Settings, load, variable


@click.command()
def settings() -> None:
    """列出全部设置：现值、默认值、含义（密码不显示）。"""
    current = load()
    table = Table("变量", "现值", "默认值", "含义", box=None, pad_edge=False)
    for each in fields(Settings):
        value = getattr(current, each.name)
        table.add_row(variable(each), shown(each, value), shown(each, default(each)), each.metadata["meaning"])
    Console(soft_wrap=True).print(table)


def default(of: Field[Any]) -> Any:
    return of.default if of.default_factory is MISSING else of.default_factory()


def shown(of: Field[Any], value: Any) -> str:
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return str(value).lower()
    return mask(value) if of.metadata["secret"] else str(value)


def mask(url: str) -> str:
    password = urlsplit(url).password
    return url.replace(f":{password}@", ":***@") if password else url
