"""`kaohe export`: the facts of a cycle and the result, for recomputing without the platform."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from uuid import UUID

import click

from kaohe.cli import database
from kaohe.scheme.problems import BadFacts
from kaohe.settings import load


@click.command()
@click.argument("cycle", type=click.UUID)
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), default=Path(), help="写到这个目录，默认当前目录。"
)
@click.option("--release", "number", type=click.IntRange(min=1), help="第几版发布；不写则为最近一次计算的结果。")
def export(cycle: UUID, out: Path, number: int | None) -> None:
    """导出一项考核的 facts.json 和 result.json，供不用平台重算核对。

    \b
    CYCLE 是考核的编号（页面网址中 /cycles/ 后面的部分）。
    kaohe score facts.json --format json 由前者算出与后者逐字节相同的结果。
    自建方案的考核另有 scheme.yaml：重算时加 --scheme scheme.yaml；
    考核用的不是已安装的最新版本时，加 --scheme 编号@版本（版本见 result.json）。

    \b
    例：
      kaohe export 0197c2f4-5f3e-7d52-b1c4-0a6a9d3c8e11 --out 三月 --release 2

    退出码：0 已导出；1 没有这项考核或这一版，或它的内容不能计分；2 命令写错。
    """
    from kaohe.results.exporting import export_cycle

    with database.shared(load()) as settings:
        try:
            files = asyncio.run(export_cycle(settings.database_url or "", cycle, number))
        except BadFacts as bad:
            click.echo(str(bad), err=True)
            sys.exit(1)
    out.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (out / name).write_bytes(content)
        click.echo(out / name)
