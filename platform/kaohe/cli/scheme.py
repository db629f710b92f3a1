"""`kaohe scheme`: what an author of a scheme needs: a start, checks, cases, differences."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import click
from rich.console import Console
from rich.text import Text

from kaohe.cli.versions import versions
from kaohe.national_calendar import national_calendar
from kaohe.plugins import registry
from kaohe.plugins.blank import write_blank
from kaohe.plugins.folders import Written, covered, read_own_cases, read_written
from kaohe.plugins.testing import Case, Difference, differences
from kaohe.scheme.checks import NAMES, Finding, findings
from kaohe.scheme.comparing import compare

_DEGREES = {"warning": "警告", "remark": "提示", "acknowledged": "已承认"}
_PATH = click.Path(exists=True, path_type=Path)


@click.group()
def scheme() -> None:
    """编写考核方案：新建、检查、跑算例、比较两个版本。

    \b
    例，从新建到查得出毛病：
      kaohe scheme new street-cleaning
      cd street-cleaning
      kaohe scheme test .
      kaohe scheme check .

    从办法到插件的全过程见 platform/docs/guide.md，规则的写法见 kit.md。
    """


@scheme.command()
@click.argument("name")
@click.option(
    "--in",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=".",
    help="放在哪个文件夹下，默认当前文件夹。",
)
def new(name: str, folder: Path) -> None:
    """新建一个插件文件夹，里面是一份能计分、带算例的小方案，从它改起。

    NAME 是方案的编号：小写字母、数字和连字符，字母开头，如 street-cleaning。

    \b
    例：
      kaohe scheme new street-cleaning
      cd street-cleaning && kaohe scheme test . && kaohe scheme check .

    退出码：0 已新建；1 已有这个名称的文件夹或已安装的方案；2 命令写错。
    """
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name) or name.startswith("own-"):
        allowed = "只用小写字母、数字和连字符，字母开头；own- 开头的留给平台上自建的方案"
        raise click.BadParameter(f"{name}：{allowed}", param_hint="NAME")
    if name in registry().schemes:
        click.echo(f"已经安装了方案 {name}，换一个编号；改版见 kaohe scheme diff", err=True)
        sys.exit(1)
    target = folder / name
    if target.exists():
        click.echo(f"{target} 已经存在，换一个名字或文件夹", err=True)
        sys.exit(1)
    for path in write_blank(name, target):
        click.echo(path)
    click.echo(f"下一步：kaohe scheme test {target}")


@scheme.command()
@click.argument("path", type=_PATH)
def check(path: Path) -> None:
    """检查方案：分值合计、封顶、分段表、分数线、条款、参数、算例。

    \b
    PATH 是方案的 YAML 文件或插件文件夹。每条指出文件、行、问题和改法。
    办法自身的矛盾，可在 YAML 里写 acknowledged 承认并说明理由；提示不必处理。

    \b
      acknowledged:
        - {check: points-add-up, at: town.centre, reason: 办法原文合计 29 分，已函询制定机关}

    \b
    例：
      kaohe scheme check .
      kaohe scheme check src/kaohe_town_centre/scheme.yaml

    退出码：0 没有错误和未承认的警告；1 有；2 命令写错。
    """
    cases = [case for _, case in read_own_cases(path)]
    warnings = 0
    for written in read_written(path):
        touched = covered(cases, written.scheme.id) if cases or path.is_dir() else None
        found = findings(written.scheme, written.text, touched)
        warnings += sum(one.degree == "warning" for one in found)
        for one in found:
            click.echo(_told(written.path, one))
        _summary(written, found, len([case for case in cases if case.scheme == written.scheme.id]))
    sys.exit(1 if warnings else 0)


def _told(path: Path, one: Finding) -> str:
    mend = f"；理由：{one.reason}" if one.reason else f"；改法：{one.mend}" if one.mend else ""
    return f"{path}:{one.line}: {_DEGREES[one.degree]} {one.check}（{NAMES[one.check]}）{one.message}{mend}"


def _summary(written: Written, found: list[Finding], cases: int) -> None:
    counted = [f"{sum(one.degree == degree for one in found)} 条{name}" for degree, name in _DEGREES.items()]
    leaves = len(written.scheme.leaves)
    click.echo(f"{written.scheme.id}：{leaves} 项指标，{cases} 个算例，{'，'.join(counted)}", err=True)


@scheme.command()
@click.argument("path", type=_PATH)
@click.option("-k", "wanted", metavar="字样", default="", help="只跑名称含这几个字的算例。")
def test(path: Path, wanted: str) -> None:
    """跑方案旁边 cases/ 里的算例，不成立的显示应为什么、实得什么。

    PATH 是插件文件夹或方案的 YAML 文件。

    \b
    例：
      kaohe scheme test .
      kaohe scheme test . -k 加分

    退出码：0 全部成立；1 有不成立的，或一个算例也没有；2 命令写错。
    """
    console = Console(highlight=False)
    schemes = {written.scheme.id: written.scheme for written in read_written(path)}
    cases = [(file, case) for file, case in read_own_cases(path) if wanted in case.name]
    failed = 0
    for file in dict.fromkeys(file for file, _ in cases):
        mine = [case for held, case in cases if held == file]
        wrong = [
            (case, found) for case in mine if (found := differences(case, schemes[case.scheme], national_calendar()))
        ]
        failed += len(wrong)
        mark = "[red]✗[/]" if wrong else "[green]✓[/]"
        console.print(f"{mark} {file.name}  {len(mine) - len(wrong)}/{len(mine)}")
        for case, found in wrong:
            _show(console, case, found)
    console.print(f"{len(cases)} 个算例，{failed} 个不成立" if cases else "没有算例")
    sys.exit(1 if failed or not cases else 0)


def _show(console: Console, case: Case, found: list[Difference]) -> None:
    console.print(Text(f"  {case.name}", style="bold"))
    for one in found:
        console.print(Text(f"    {one.place}"))
        console.print(Text(f"      应为 {_listed(one.expected)}", style="green"))
        console.print(Text(f"      实得 {_listed(one.found)}", style="red"))


def _listed(value: object) -> str:
    """Several lines one below the other."""
    if isinstance(value, list) and len(value) > 1:
        return "".join(f"\n        {each}" for each in value)
    return str(value[0]) if isinstance(value, list) and value else str(value)


@scheme.command()
@click.argument("a")
@click.argument("b")
def diff(a: str, b: str) -> None:
    """用话说出两个版本的不同：指标、分值、规则、参数、等次、荣誉。

    A、B 各是方案的 YAML 文件、插件文件夹，或已安装方案的编号（编号@版本）。

    \b
    例：
      kaohe scheme diff window-staff ./window_staff.yaml
      kaohe scheme diff service-hall@1 service-hall@2

    退出码：0 相同；1 不同；2 命令写错。
    """
    before, after = versions(a), versions(b)
    if len(before) == 1 and len(after) == 1:
        pairs = [(before[0], after[0])]
    else:
        same = {scheme.id: scheme for scheme in after}
        pairs = [(scheme, same[scheme.id]) for scheme in before if scheme.id in same]
    if not pairs:
        raise click.UsageError("A 和 B 里没有同一个编号的方案")
    told = [line for pair in pairs for line in compare(*pair)]
    for line in told or ["两个版本相同"]:
        click.echo(line)
    sys.exit(1 if told else 0)
