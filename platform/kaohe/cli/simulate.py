"""`kaohe simulate`: other parameters, or another version of the scheme, on the same records."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click
import msgspec

from kaohe.cli import facts_files
from kaohe.cli.columns import aligned
from kaohe.cli.facts_files import Inputs, Loaded, Refused
from kaohe.cli.versions import versions
from kaohe.scheme import BadFacts, Scheme
from kaohe.scheme.problems import shown
from kaohe.scoring import Result, score_again, score_first
from kaohe.scoring.rehearsal import Move, rehearse, tally

MOST_SHOWN = 40  # of a group
HEADS = ("名次", "升降", "考核对象", "名称", "总分", "等次", "荣誉")


@click.command()
@facts_files.options
@click.option("--scheme", "other", metavar="PATH", help="换用的方案：YAML 文件、插件文件夹，或已安装的 编号@版本。")
@click.option("--all", "everyone", is_flag=True, help="列出全部考核对象，也列没有变化的。")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", help="输出格式，默认 table。")
def simulate(
    facts: str, period: str | None, settings: tuple[str, ...], records: Path | None, subjects: Path | None,
    other: str | None, everyone: bool, form: str,
) -> None:  # fmt: skip
    """试算：换一组参数或换一个版本的方案，看谁升谁降、等次和荣誉有什么变化。

    \b
    先按 FACTS 原样计分，再按 --set 的参数（和 --scheme 的方案）计一次，比较两次结果。
    什么也不存。

    \b
    列出有变化的考核对象，按名次；一组超过 40 个的，列等次或荣誉有变化的
    和升降最多的 40 个，其余只报个数。

    \b
    例：
      kaohe simulate facts.yaml --set bonus_cap=5
      kaohe simulate facts.yaml --set 'grades={优秀: 95, 良好: 85}' --all
      kaohe simulate facts.yaml --scheme ./window_staff --format json

    退出码：0 已试算；1 输入有误；2 命令写错。
    """
    if not settings and other is None:
        raise click.UsageError("要有 --set 或 --scheme，否则没有可比较的")
    try:
        loaded, before, after = _both(Inputs(facts, period, (), records, subjects), settings, other)
    except Refused as refused:
        for line in refused.lines:
            click.echo(line, err=True)
        sys.exit(1)
    moves = rehearse(before, after)
    if form == "json":
        sys.stdout.buffer.write(_json(before, after, moves))
    else:
        _show(loaded, before, after, moves, everyone)


def _both(inputs: Inputs, settings: tuple[str, ...], other: str | None) -> tuple[Loaded, Result, Result]:
    loaded = facts_files.load(inputs)
    scheme = loaded.scheme if other is None else _chosen(other, loaded.scheme)
    changed = {**loaded.facts.parameters, **facts_files.read_settings(settings)}
    try:
        first = score_first(loaded.scheme, loaded.facts)
        return loaded, first.result, score_again(first, scheme, changed)
    except BadFacts as error:
        raise Refused(facts_files.said(error.problems, loaded.places)) from None


def _chosen(named: str, present: Scheme) -> Scheme:
    found = versions(named)
    same = [scheme for scheme in found if scheme.id == present.id]
    if len(same or found) != 1:
        raise click.UsageError(f"{named} 里没有方案 {present.id}")
    return (same or found)[0]


def _json(before: Result, after: Result, moves: list[Move]) -> bytes:
    def head(result: Result) -> dict[str, object]:
        return {"scheme": result.scheme, "version": result.version, "period": result.period, "digest": result.digest}

    told = {"before": head(before), "after": head(after), "tally": tally(moves), "moves": moves}
    return msgspec.json.format(msgspec.json.encode(told), indent=2) + b"\n"


def _show(loaded: Loaded, before: Result, after: Result, moves: list[Move], everyone: bool) -> None:
    lines = [f"{before.scheme} 第 {before.version} 版 → {after.scheme} 第 {after.version} 版，周期 {after.period}"]
    for name, value in after.parameters.items():
        if before.parameters.get(name) != value:
            lines.append(f"  {name}：{_limit(before.parameters.get(name))} → {_limit(value)}")
    groups: dict[str, list[Move]] = {}
    for move in moves:
        if everyone or move.changes:
            groups.setdefault(move.group, []).append(move)
    for group, listed in groups.items():
        shown = listed if everyone else _foremost(listed)
        lines += ["", f"分组 {loaded.group(shown[0].kind, group, shown[0].subject)}", *_rows(shown)]
        if len(shown) < len(listed):
            lines.append(f"另有 {len(listed) - len(shown)} 个有变化，没有列出（--all 列出全部）")
    counted = tally(moves)
    lines += ["", (
        f"{len(moves)} 个考核对象：{counted.rise} 个上升，{counted.fall} 个下降，{counted.totals} 个总分变化，"
        f"{counted.grades} 个等次变化，{counted.honours} 个荣誉变化"
    )]  # fmt: skip
    click.echo("\n".join(lines))


def _foremost(moves: Sequence[Move]) -> list[Move]:
    """Whose grade or honours change, then who rises or falls most."""
    return sorted(moves, key=lambda move: (not _promoted(move), -abs(move.rises), move.subject))[:MOST_SHOWN]


def _promoted(move: Move) -> bool:
    return bool(move.grade_before != move.grade_after or move.honours_gained or move.honours_lost)


def _rows(moves: Sequence[Move]) -> list[str]:
    rows = [
        (
            _turned(move.rank_before, move.rank_after),
            _arrow(move.rises),
            move.subject,
            move.name,
            _turned(move.total_before, move.total_after),
            _turned(move.grade_before, move.grade_after),
            " ".join([*(f"+{name}" for name in move.honours_gained), *(f"-{name}" for name in move.honours_lost)]),
        )
        for move in sorted(moves, key=lambda move: (move.rank_after is None, move.rank_after or 0, move.subject))
    ]
    return aligned([HEADS, *rows])


def _limit(value: object) -> str:
    """A parameter that may be null sets no limit then."""
    return "不限" if value is None else shown(value)


def _arrow(rises: int) -> str:
    if not rises:
        return ""
    return f"↑{rises}" if rises > 0 else f"↓{-rises}"


def _turned(before: object, after: object) -> str:
    old, new = ("—" if each is None else str(each) for each in (before, after))
    return old if old == new else f"{old} → {new}"
