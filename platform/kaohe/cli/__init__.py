"""The command `kaohe`. A subcommand is a module loaded when it is called, so that a start is quick."""

from __future__ import annotations

import gc
import sys
from importlib import import_module

import click

from kaohe.errors import KaoheError
from kaohe.scheme import BadScheme

# Name → module of this package with a command of the same name, in the order of the help.
COMMANDS = {
    "demo": "kaohe.cli.demo",
    "serve": "kaohe.cli.serve",
    "schemes": "kaohe.cli.schemes",
    "score": "kaohe.cli.score",
    "explain": "kaohe.cli.explain",
    "simulate": "kaohe.cli.simulate",
    "scheme": "kaohe.cli.scheme",
    "export": "kaohe.cli.export",
    "settings": "kaohe.cli.settings",
    "db": "kaohe.cli.db",
    "tenants": "kaohe.cli.tenants",
    "people": "kaohe.cli.people",
    "audit": "kaohe.cli.audit",
}


class Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(COMMANDS[cmd_name]), cmd_name)
        return command


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="kaohe", message="%(package)s %(version)s")
def kaohe() -> None:
    """考核：政务服务考核平台。每一份考核办法是一个插件。

    \b
    例：
      kaohe demo                        先看一个装好的平台
      kaohe schemes                     有哪些考核方案
      kaohe score facts.yaml            不用平台，按一份事实计分
      kaohe scheme new street-cleaning  把一份办法写成方案

    \b
    退出码：0 已办；1 输入有误，标准错误逐条说明；2 命令写错。
    各命令的说明和例子：kaohe 命令 --help
    """


def main() -> None:
    """Exit status: 0 done; 1 the input is wrong, said on standard error; 2 the call is wrong."""
    try:
        kaohe(prog_name="kaohe")
    except BadScheme as problem:
        for line in problem.messages:
            click.echo(line, err=True)
        sys.exit(1)
    except KaoheError as problem:
        for line in [each.message for each in problem.problems] or [problem.message]:
            click.echo(line, err=True)
        click.echo(problem.next_step, err=True)
        sys.exit(1)
    except Exception as problem:
        if not _is_lost_database(problem):
            raise
        click.echo(f"数据库连不上或中断：{str(getattr(problem, 'orig', problem)).splitlines()[0]}", err=True)
        click.echo(
            "请核对 KAOHE_DATABASE_URL、KAOHE_OWNER_DATABASE_URL 和数据库是否在运行；见 kaohe settings", err=True
        )
        sys.exit(1)
    finally:
        gc.freeze()  # what is left goes with the process; at its end nobody need look through it for garbage


def _is_lost_database(problem: Exception) -> bool:
    from psycopg import OperationalError

    return isinstance(getattr(problem, "orig", problem), OperationalError)
