"""The rows of a spreadsheet: who continues whom, what each row becomes, and what is wrong where."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any, NamedTuple

from kaohe.designs.import_columns import COLUMNS, NOTES, POINTS, RULE_WORDS, STATED, TOTALS
from kaohe.designs.proposing import Number, Proposal, number, propose
from kaohe.errors import FieldProblem
from kaohe.i18n import _
from kaohe.spreadsheets import Row, Table, read_table

MOST_ROWS = 400
MOST_WORDS = 5_000
_NEEDS_POINTS = ("judged", "check", "target")
# To what a row may be turned in the preview without more being asked.
PLAIN = ("judged", "check", "counter")


@dataclass(frozen=True, slots=True)
class Line:
    """A row with what it continues. `points` None: nothing stands there."""

    row: int
    project: str
    item: str
    points: Number | None
    standard: str
    article: str
    evidence: tuple[str, ...]
    proposal: Proposal
    first: bool = False  # of its project
    stated: Number | None = None  # points that stand in the project's name

    @property
    def name(self) -> str:
        return self.item or self.standard or self.project


@dataclass(slots=True)
class Plan:
    lines: list[Line] = field(default_factory=list)
    problems: list[FieldProblem] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


class Cells(NamedTuple):
    """As they are kept until somebody says yes. `ignored`: heads of columns that were not read."""

    rows: list[dict[str, Any]]
    problems: list[FieldProblem]
    ignored: tuple[str, ...]


def read_rows(data: bytes, filename: str) -> Cells:
    """Blocks."""
    # Points of a merged cell are those of all its rows; sheets have columns to be filled in (得分, 备注).
    table = read_table(data, filename, COLUMNS, merged=False, strict=False)
    if table.heads and not table.problems:
        _needed(table)
    if len(table.rows) > MOST_ROWS:
        table.refuse_file(_("一次最多导入 {most} 行").format(most=MOST_ROWS))
    rows = [{"number": row.number, **row.cells} for row in table.rows]
    plan = plan_of(rows, table)
    problems = [] if plan.problems is table.problems else plan.problems
    return Cells(rows, [*table.problems, *problems], table.ignored)


def _needed(table: Table) -> None:
    for name in ("project", "standard"):
        if name not in table.heads:
            label = next(column.label for column in COLUMNS if column.name == name)
            table.refuse_file(_("缺少列「{head}」").format(head=label))


def plan_of(rows: Sequence[Mapping[str, Any]], table: Table | None = None) -> Plan:
    """`table` knows the places of its cells; without it nothing is wrong any more."""
    held, plan = table or Table(""), Plan()
    plan.problems = held.problems
    if held.problems:
        return plan
    project = item = article = ""
    stated: Number | None = None
    for cells in rows:
        row = Row(cells["number"], {name: str(value) for name, value in cells.items() if name != "number"})
        if not any(row.cells.values()) or _is_note(plan, row):
            continue
        if row["project"] in TOTALS or (row["item"] in TOTALS and not row["standard"]):
            _compare_total(plan, row)
            continue
        first = bool(row["project"])
        if first:
            project, stated = _named(row["project"])
            item = article = ""
        item, article = row["item"] or item, row["article"] or article
        if not project:
            held.refuse(row, "project", _("第一行没有写项目"))
        plan.lines.append(replace(_line(held, row, project, item, article, first), stated=stated if first else None))
    if not plan.lines and not held.problems:
        held.refuse_file(_("表中没有内容"))
    _check_points(held, plan)
    return plan


def _is_note(plan: Plan, row: Row) -> bool:
    """备注 below the table."""
    told = next(filter(None, row.cells.values()))
    if not row["note"] and (not NOTES.match(told) or row["standard"] or row["points"]):
        return False
    plan.remarks.append(_("第 {row} 行没有读入：{text}").format(row=row.number, text=told[:200]))
    return True


def _named(text: str) -> tuple[str, Number | None]:
    """一、组织领导（15分） → 组织领导, 15."""
    bare = re.sub(r"\s+", "", text) if re.search(r"[\u4e00-\u9fff]", text) else text.strip()
    found = STATED.fullmatch(bare)
    return (found[1], number(found[2])) if found else (bare, None)


def _line(held: Table, row: Row, project: str, item: str, article: str, first: bool) -> Line:
    points = _points_of(held, row)
    proposal = _proposed(held, row, points)
    evidence = tuple(word for word in re.split(r"[、，,;；\n]", row["evidence"]) if word.strip())
    if len(row["standard"]) > MOST_WORDS:
        held.refuse(row, "standard", _("最多 {most} 字").format(most=MOST_WORDS))
    return Line(row.number, project[:200], item[:200], points, row["standard"], article, evidence, proposal, first)


def _points_of(held: Table, row: Row) -> Number | None:
    if not row["points"]:
        return None
    found = POINTS.fullmatch(row["points"])
    if found is None:
        held.refuse(row, "points", _("「{value}」不是分值，应为不小于 0 的数").format(value=row["points"][:40]))
        return None
    return number(found[1])


def _proposed(held: Table, row: Row, points: Number | None) -> Proposal:
    """计分方式, where it is written, has the last word."""
    found = propose(row["standard"], points)
    if not row["rule"]:
        return found
    wanted = RULE_WORDS.get(row["rule"])
    if wanted is None:
        allowed = "、".join(RULE_WORDS)
        held.refuse(
            row, "rule", _("「{value}」不在可选值中：{allowed}").format(value=row["rule"][:40], allowed=allowed)
        )
    elif wanted in PLAIN:
        return turned(found, wanted, points)
    elif wanted != found.rule:
        held.refuse(
            row, "rule", _("评分标准里没有读到「{rule}」要的数，请改写评分标准，或不填这一格").format(rule=row["rule"])
        )
    return found


def turned(found: Proposal, rule: str, points: Number | None) -> Proposal:
    """Into a rule that asks for points alone."""
    if rule == found.rule:
        return replace(found, sure=True)
    return Proposal(rule, {"points": points} if points is not None and rule != "counter" else {})


def _compare_total(plan: Plan, row: Row) -> None:
    found = POINTS.fullmatch(row["points"])
    mine = plan.lines
    if "小计" in (row["project"], row["item"]):
        mine = [line for line in mine if line.project == mine[-1].project]
    given = sum((line.points for line in mine if line.points is not None), 0)
    if found and number(found[1]) != given:
        plan.remarks.append(
            _("第 {row} 行写的合计是 {told}，各行分值加起来是 {given}，请核对。").format(
                row=row.number, told=found[1], given=given
            )
        )


def _compare_stated(plan: Plan, project: str, lines: Sequence[Line]) -> None:
    given = sum((line.points for line in lines if line.points is not None), 0)
    told = lines[0].stated
    if told is not None and given and told != given:
        plan.remarks.append(
            _("「{project}」写着 {told} 分，各行分值加起来是 {given}，请核对。").format(
                project=project, told=told, given=given
            )
        )


def _check_points(held: Table, plan: Plan) -> None:
    """What people rate has to be worth something."""
    for project, group in groupby(plan.lines, key=lambda line: line.project):
        lines = list(group)
        _compare_stated(plan, project, lines)
        shared = shares(lines)
        for line in lines:
            lacking = line.points is None or (shared and len(lines) > 1)
            if line.proposal.rule in _NEEDS_POINTS and lacking:
                why = (
                    _("这一行要由人评分，没有分值不能导入")
                    if line.points is None
                    else _("大项的分值写在这一行，请把小项的分值分别写出")
                )
                held.refuse(Row(line.row, {}), "points", why)


def shares(lines: Sequence[Line]) -> bool:
    """The points of the first row are those of the whole project: the rows below have none."""
    return len(lines) > 1 and worth(lines) is not None and all(line.points is None for line in lines[1:])


def worth(lines: Sequence[Line]) -> Number | None:
    return lines[0].stated if lines[0].points is None else lines[0].points
