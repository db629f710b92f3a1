"""Facts from a file or standard input, with subjects and records from spreadsheets where asked."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from kaohe.cli.versions import versions
from kaohe.national_calendar import national_calendar
from kaohe.plugins import registry
from kaohe.scheme import BadFacts, Problem, Scheme, yaml_text
from kaohe.scheme.loading import load_scheme
from kaohe.scheme.problems import BadScheme
from kaohe.scoring import Facts, Result, decode_facts, score
from kaohe.scoring.reading import parse
from kaohe.scoring.wording import group_words
from kaohe.spreadsheets import Column, Row, Table, read_table

RECORD_COLUMNS = (
    Column("id", "编号"), Column("subject", "考核对象", required=True), Column("leaf", "指标", required=True),
    Column("date", "日期", required=True, kind="date"), Column("count", "次数"), Column("amount", "分值"),
    Column("level", "档次"), Column("value", "数值"), Column("target", "目标值"), Column("rating", "评分"),
    Column("channel", "渠道"), Column("rater", "评分人"), Column("done", "完成情况"), Column("matter", "事项"),
    Column("note", "备注"), Column("fields.*", "指标项"),
)  # fmt: skip
SUBJECT_COLUMNS = (
    Column("id", "编号", required=True), Column("kind", "类别", required=True), Column("name", "名称"),
    Column("parent", "上级"), Column("active_from", "起始日期", kind="date"),
    Column("active_to", "截止日期", kind="date"), Column("attributes.*", "属性"),
)  # fmt: skip
_TEXT = {"id", "subject", "leaf", "date", "level", "channel", "rater", "done", "matter", "note", "kind", "name",
         "parent", "active_from", "active_to"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Inputs:
    """What the command line says; options override the file."""

    facts: str
    period: str | None
    settings: tuple[str, ...]
    records: Path | None
    subjects: Path | None
    scheme: str | None = None


class Refused(Exception):
    """The lines for standard error; the exit status is 1."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


def options(command: Callable[..., None]) -> Callable[..., None]:
    """FACTS and the options that every command on a facts file has."""
    for decorate in (
        click.option("--subjects", type=click.Path(exists=True, path_type=Path), help="考核对象表（.xlsx、.csv）。"),
        click.option("--records", type=click.Path(exists=True, path_type=Path), help="记录表（.xlsx、.csv）。"),
        click.option(
            "--set", "settings", multiple=True, metavar="NAME=VALUE", help="覆盖参数，值按 YAML 读取，可重复。"
        ),
        click.option("--period", metavar="P", help="周期，如 2026-03、2026-Q1、2026；默认用文件里的。"),
        click.argument("facts", type=click.Path(exists=True, dir_okay=False, allow_dash=True)),
    ):
        command = decorate(command)
    return command


by_scheme = click.option(
    "--scheme",
    metavar="PATH",
    help="按这个插件文件夹或方案文件（.yaml）计分，不必安装，导出自建方案的考核时附有它；也可以写已安装的 编号@版本。",
)


@dataclass(frozen=True, slots=True)
class Loaded:
    """`places`: from a place in the facts to the spreadsheet's cell that it came from."""

    scheme: Scheme
    facts: Facts
    places: dict[str, str]

    def attributes(self, subject: str) -> Mapping[str, Any]:
        return next((each.attributes for each in self.facts.subjects if each.id == subject), {})

    def group(self, kind: str, group: str, subject: str) -> str:
        """The ranking group of one of its subjects, in words."""
        declared = next((each for each in self.scheme.kinds if each.id == kind), None)
        return group_words(declared, group, self.attributes(subject)) if declared else group


def load(inputs: Inputs) -> Loaded:
    """Raises Refused for what cannot be read, click.UsageError for a wrong call."""
    raw = dict(_raw(inputs.facts))
    if inputs.period:
        raw["period"] = inputs.period
    if inputs.settings:
        given = raw.get("parameters") or {}
        raw["parameters"] = {**(given if isinstance(given, Mapping) else {}), **read_settings(inputs.settings)}
    places: dict[str, str] = {}
    if inputs.subjects:
        _append(raw, "subjects", inputs.subjects, SUBJECT_COLUMNS, places)
    if inputs.records:
        _append(raw, "records", inputs.records, RECORD_COLUMNS, places)
    try:
        facts = decode_facts(raw, calendar=national_calendar())
    except BadFacts as error:
        raise Refused(said(error.problems, places)) from None
    return Loaded(_named(facts, inputs.scheme) if inputs.scheme else _scheme(facts), facts, places)


def scored(inputs: Inputs) -> tuple[Loaded, Result]:
    loaded = load(inputs)
    try:
        return loaded, score(loaded.scheme, loaded.facts)
    except BadFacts as error:
        raise Refused(said(error.problems, loaded.places)) from None


def _raw(path: str) -> Mapping[str, Any]:
    data = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    try:
        found = parse(data)
        if isinstance(found, Mapping):
            return found
        decode_facts(data)  # says what is wrong with it
    except BadFacts as error:
        raise Refused([str(problem) for problem in error.problems]) from None
    raise AssertionError(found)


def read_settings(given: tuple[str, ...]) -> dict[str, Any]:
    found = {}
    for each in given:
        name, equals, value = each.partition("=")
        if not equals or not name.strip():
            raise click.UsageError(f"--set {each}：应写成 NAME=VALUE")
        try:
            found[name.strip()] = yaml_text.load(value)
        except yaml_text.YamlError as error:
            raise click.UsageError(f"--set {each}：{error}") from None
    return found


def _named(facts: Facts, named: str) -> Scheme:
    """A file, or an installed version; the facts must be meant for it."""
    try:
        scheme = load_scheme(Path(named)) if Path(named).is_file() else versions(named)[0]
    except BadScheme as bad:
        raise Refused(list(bad.messages)) from None
    if facts.scheme != scheme.id:
        problem = Problem("scheme", "unknown", facts.scheme, scheme.id, scheme.id)
        raise Refused([str(each) for each in (*facts.unread, problem)])
    return scheme


def _scheme(facts: Facts) -> Scheme:
    known = registry().schemes
    if facts.scheme not in known:
        allowed = ", ".join(sorted(known)) or "an installed scheme (there is none), or --scheme FOLDER"
        problem = Problem("scheme", "unknown", facts.scheme, allowed, facts.scheme)
        raise Refused([str(each) for each in (*facts.unread, problem)])
    return known[facts.scheme]


def _append(raw: dict[str, Any], name: str, path: Path, columns: tuple[Column, ...], places: dict[str, str]) -> None:
    table = read_table(path.read_bytes(), path.name, columns)
    if table.problems:
        raise Refused([f"{problem.place}: {problem.message}" for problem in table.problems])
    rows = list(raw.get(name) or [])
    for row in table.rows:
        _remember(places, f"{name}[{len(rows)}]", table, row)
        rows.append(_members(row))
    raw[name] = rows


def _members(row: Row) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, text in row.cells.items():
        if not text:
            continue
        outer, dot, inner = name.partition(".")
        if dot:  # read by the type that the scheme declares
            found.setdefault(outer, {})[inner] = text
        else:
            found[name] = yaml_text.load(text) if name not in _TEXT and _is_plain(text) else text
    return found


def _is_plain(text: str) -> bool:
    return text in {"true", "false"} or re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text) is not None


def _remember(places: dict[str, str], place: str, table: Table, row: Row) -> None:
    places[place] = f"{table.sheet}!{row.number}"
    for name, (letter, _label) in table.heads.items():
        places[f"{place}.{name}"] = f"{table.sheet}!{letter}{row.number}"


def said(problems: tuple[Problem, ...], places: dict[str, str]) -> list[str]:
    """One line each; what came from a spreadsheet is named by sheet, row and column."""
    lines = []
    for problem in problems:
        at = places.get(problem.place) or places.get(problem.place.rpartition(".")[0])
        line = str(problem)
        lines.append(line.replace(problem.place, at, 1) if at else line)
    return lines
