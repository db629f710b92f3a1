"""Schemes named on the command line: a file, a plugin's folder, or an installed one."""

from __future__ import annotations

from pathlib import Path

import click

from kaohe.plugins import registry
from kaohe.plugins.folders import read_written
from kaohe.scheme import Scheme


def versions(named: str) -> list[Scheme]:
    """Raises click.UsageError where there is none, BadScheme where it does not load."""
    if Path(named).exists():
        return [written.scheme for written in read_written(Path(named))]
    scheme_id, _, version = named.partition("@")
    try:
        return [registry().scheme(scheme_id, version or None)]
    except KeyError:
        known = "、".join(registry().schemes)
        raise click.UsageError(f"{named} 不是文件，也不是已安装的方案；有：{known}") from None
