"""`kaohe explain`: why this score, in words."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kaohe.cli import facts_files
from kaohe.cli.facts_files import Inputs, Refused
from kaohe.scoring import explain as explained


@click.command()
@facts_files.options
@facts_files.by_scheme
@click.option("--subject", required=True, metavar="S", help="考核对象的编号。")
def explain(
    facts: str, period: str | None, settings: tuple[str, ...], records: Path | None, subjects: Path | None,
    scheme: str | None, subject: str,
) -> None:  # fmt: skip
    """逐行说明一个考核对象为什么得这个分：条款、记录、封顶、归零、名次。

    FACTS 与 kaohe score 的相同。

    \b
    例：
      kaohe explain facts.yaml --subject s1
      kaohe explain facts.yaml --subject s1 --period 2026-Q1

    \b
    退出码：0 已说明；1 输入有误，标准错误每行一条；2 命令写错，或没有这个考核对象。
    """
    try:
        used, result = facts_files.scored(Inputs(facts, period, settings, records, subjects, scheme))
    except Refused as refused:
        for line in refused.lines:
            click.echo(line, err=True)
        sys.exit(1)
    if not any(sheet.subject == subject for sheet in result.sheets):
        known = "、".join(sheet.subject for sheet in result.sheets[:20])
        raise click.BadParameter(f"{subject} 在本周期没有得分表；有：{known}", param_hint="--subject")
    for line in explained(result, subject, used.scheme, used.attributes(subject)):
        click.echo(line)
