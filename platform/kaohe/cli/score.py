"""`kaohe score`: facts in, result out, without a database."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kaohe.cli import facts_files
from kaohe.cli.facts_files import Inputs, Refused
from kaohe.cli.outputs import rendered


@click.command()
@facts_files.options
@facts_files.by_scheme
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "csv", "xlsx"]),
    default="table",
    help="输出格式，默认 table。",
)
@click.option("--out", type=click.Path(dir_okay=False, writable=True, path_type=Path), help="写入文件，默认标准输出。")
def score(
    facts: str, period: str | None, settings: tuple[str, ...], records: Path | None, subjects: Path | None,
    scheme: str | None, form: str, out: Path | None,
) -> None:  # fmt: skip
    """按事实文件计分，不需要数据库。

    \b
    FACTS 是 YAML 或 JSON 文件，- 为标准输入：写明方案、周期、考核对象和记录。
    同样的输入总是得到同样的字节，结果带有输入的 SHA-256 摘要，任何人都可以重算核对。

    \b
    例：
      kaohe score facts.yaml
      kaohe score facts.yaml --period 2026-Q1 --set bonus_cap=8
      kaohe score facts.yaml --records 三月记录.xlsx --format json --out result.json

    \b
    退出码：0 已计分；1 输入有误，标准错误每行一条，指出位置、值和允许的范围；
    2 命令写错。
    """
    if form == "xlsx" and out is None and sys.stdout.isatty():
        raise click.UsageError("xlsx 是二进制文件，请用 --out 指定文件名")
    try:
        used, result = facts_files.scored(Inputs(facts, period, settings, records, subjects, scheme))
    except Refused as refused:
        for line in refused.lines:
            click.echo(line, err=True)
        sys.exit(1)
    content = rendered(result, used, form)
    if out:
        out.write_bytes(content)
    else:
        sys.stdout.buffer.write(content)
