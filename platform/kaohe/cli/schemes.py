"""`kaohe schemes`: which regulations there are, and what one of them says."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.tree import Tree

from kaohe.catalogue.wording import ACTORS
from kaohe.plugins import registry
from kaohe.scheme import Scheme
from kaohe.scheme.model import Way

UNSAID = "原文未载明"


@click.command()
@click.argument("scheme_id", required=False, metavar="[ID]")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", help="输出格式，默认 table。")
def schemes(scheme_id: str | None, form: str) -> None:
    """列出全部考核方案；给出 ID 则显示一个方案的指标树、规则、参数和条款。

    \b
    例：
      kaohe schemes
      kaohe schemes window-staff
      kaohe schemes window-staff --format json

    退出码：0 已列出；2 命令写错，或没有这个方案。
    """
    known = registry().schemes
    if scheme_id is not None and scheme_id not in known:
        raise click.BadParameter(f"没有方案 {scheme_id}；有：{'、'.join(sorted(known))}", param_hint="ID")
    chosen = [known[scheme_id]] if scheme_id else [known[name] for name in sorted(known)]
    if form == "json":
        described = [scheme.describe() for scheme in chosen]
        click.echo(json.dumps(described[0] if scheme_id else described, ensure_ascii=False, indent=2))
    elif scheme_id:
        _show(chosen[0])
    else:
        _list(chosen)


def _list(found: list[Scheme]) -> None:
    table = Table("方案", "版本", "名称", "对象类别", "周期", "指标", "参数", box=None, pad_edge=False)
    for scheme in found:
        kinds = "、".join(str(kind.title) for kind in scheme.kinds)
        leaves, parameters = str(len(scheme.leaves)), str(len(scheme.parameters))
        table.add_row(scheme.id, scheme.version, str(scheme.title), kinds, " ".join(scheme.periods), leaves, parameters)
    console = Console(highlight=False)
    console.print(table)
    console.print(f"共 {len(found)} 个方案")


def _show(scheme: Scheme) -> None:
    told = scheme.describe()
    console = Console(highlight=False)
    console.print(f"[bold]{scheme.title}[/]  {scheme.id} 第 {scheme.version} 版")
    validity = f"施行 {told['effective'] or UNSAID}，失效 {told['expires'] or UNSAID}"
    validity += "（原文未载明，为推定）" if scheme.dates_assumed else ""
    validity += f"；制定机关 {scheme.issuer or UNSAID}，解释机关 {scheme.interpreter or UNSAID}"
    console.print(f"{scheme.regulation}；{validity}；周期 {' '.join(scheme.periods)}")
    for kind in scheme.kinds:
        tree = Tree(f"[bold]{kind.title}[/] {kind.id}")
        placed = {None: tree}
        for node in told["indicators"]:
            if kind.id in node["kinds"] and node["parent"] in placed:
                placed[node["code"]] = placed[node["parent"]].add(_node(node))
        console.print(tree)
    if scheme.parameters:
        _parameters(console, scheme)
    for way in scheme.ways:
        _way(console, scheme, way)
    if scheme.registers:
        _registers(console, scheme)


def _node(node: dict[str, Any]) -> str:
    worth = f" [bold]{node['points']} 分[/]" if node["points"] is not None else ""
    rule = " ".join(filter(None, (node["rule"], _levels(node))))
    return f"{node['title']['zh']}{worth}  [dim]{node['code']}  {rule}  {node['article']}[/]"


def _levels(node: dict[str, Any]) -> str:
    if "levels" in node:
        return "，".join(f"{level} {amount}" for level, amount in node["levels"].items())
    if "amount" in node:
        return str(node["amount"])
    return f"{node['min']}–{node['max']}" if "min" in node and "max" in node else ""


def _parameters(console: Console, scheme: Scheme) -> None:
    table = Table("参数", "默认", "范围", "说明", title="参数", title_justify="left", box=None, pad_edge=False)
    for each in scheme.describe()["parameters"]:
        bounds = "–".join(str(each[side]) for side in ("min", "max") if each.get(side) is not None)
        choices = scheme.parameters[each["name"]].choices
        bounds = bounds or "，".join(f"{code} {title}" if title.zh != code else code for code, title in choices.items())
        silent = "（办法未规定，由本级确定）" if each["silent"] else ""
        table.add_row(each["name"], str(each["default"]), bounds, f"{each['title']}{silent}")
    console.print(table)


def _way(console: Console, scheme: Scheme, way: Way) -> None:
    table = Table("步骤", "由谁办", "形成的记录", title=f"流程：{way.title}  {way.article}", title_justify="left",
                  box=None, pad_edge=False)  # fmt: skip
    for step in way.steps:
        who = [
            f"{_kinds(scheme, kinds)}：{ACTORS[actor]}" if kinds else ACTORS[actor]
            for actor, kinds in step.actors(way.kinds)
        ]
        table.add_row(str(step.title), "；".join(who), step.record or "")
    for addition in way.adds:
        table.add_row(str(addition.title), ACTORS[addition.by], addition.leaf)
    console.print(table)


def _registers(console: Console, scheme: Scheme) -> None:
    table = Table(
        "登记册", "对象", "登记内容", "至少", "条款", title="登记册", title_justify="left", box=None, pad_edge=False
    )
    for one in scheme.registers:
        table.add_row(str(one.title), _kinds(scheme, one.kinds), str(one.who), str(one.least or ""), one.article)
    console.print(table)


def _kinds(scheme: Scheme, kinds: Iterable[str]) -> str:
    return "、".join(str(scheme.kind(kind).title) for kind in kinds)
