"""From the rows of a spreadsheet to a tree: who continues whom, what each row becomes, and what is wrong where."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

from kaohe.designs.document import Document
from kaohe.designs.import_columns import COLUMNS, POINTS, RULE_WORDS, TOTALS
from kaohe.designs.naming import code_for
from kaohe.designs.proposing import Number, Proposal, number, propose
from kaohe.designs.tree import codes
from kaohe.errors import FieldProblem
from kaohe.i18n import _
from kaohe.spreadsheets import Row, Table, read_table

MOST_ROWS = 400
MOST_WORDS = 5_000
_NEEDS_POINTS = ("judged", "check", "target")
# To what a row may be turned in the preview without more being asked.
PLAIN = ("judged", "check", "counter")

Node = dict[str, Any]


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

    @property
    def name(self) -> str:
        return self.item or self.standard or self.project


@dataclass(slots=True)
class Plan:
    lines: list[Line] = field(default_factory=list)
    problems: list[FieldProblem] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def read_rows(data: bytes, filename: str) -> tuple[list[dict[str, Any]], list[FieldProblem]]:
    """The cells as they are kept until somebody says yes. Blocks."""
    table = read_table(data, filename, COLUMNS, merged=False)  # points of a merged cell are those of all its rows
    if table.heads and not table.problems:
        _needed(table)
    if len(table.rows) > MOST_ROWS:
        table.refuse_file(_("一次最多导入 {most} 行").format(most=MOST_ROWS))
    rows = [{"number": row.number, **row.cells} for row in table.rows]
    plan = plan_of(rows, table)
    return rows, [*table.problems] if plan.problems is table.problems else [*table.problems, *plan.problems]


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
    for cells in rows:
        row = Row(cells["number"], {name: str(value) for name, value in cells.items() if name != "number"})
        if row["project"] in TOTALS or (row["item"] in TOTALS and not row["standard"]):
            _compare_total(plan, row)
            continue
        first = bool(row["project"])
        if first:
            project, item, article = row["project"], "", ""
        item, article = row["item"] or item, row["article"] or article
        if not project:
            held.refuse(row, "project", _("第一行没有写项目"))
        plan.lines.append(_line(held, row, project, item, article, first))
    if not plan.lines and not held.problems:
        held.refuse_file(_("表中没有内容"))
    _check_points(held, plan)
    return plan


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
    given = sum((line.points for line in plan.lines if line.points is not None), 0)
    if found and number(found[1]) != given:
        plan.remarks.append(
            _("第 {row} 行写的合计是 {told}，各行分值加起来是 {given}，请核对。").format(
                row=row.number, told=found[1], given=given
            )
        )


def _check_points(held: Table, plan: Plan) -> None:
    """What people rate has to be worth something."""
    for _project, group in groupby(plan.lines, key=lambda line: line.project):
        lines = list(group)
        shared = _shares(lines)
        for line in lines:
            lacking = line.points is None or (shared and len(lines) > 1)
            if line.proposal.rule in _NEEDS_POINTS and lacking:
                why = (
                    _("这一行要由人评分，没有分值不能导入")
                    if line.points is None
                    else _("大项的分值写在这一行，请把小项的分值分别写出")
                )
                held.refuse(Row(line.row, {}), "points", why)


def _shares(lines: Sequence[Line]) -> bool:
    """The points of the first row are those of the whole project: the rows below have none."""
    return len(lines) > 1 and lines[0].points is not None and all(line.points is None for line in lines[1:])


class Builder:
    """Puts the nodes together, with codes and articles of their own."""

    def __init__(self, document: Document, window: str) -> None:
        self.taken, self.window = codes(document), window
        self.articles: dict[str, str] = {}
        self.known = set(document.get("articles") or {})

    def build(self, lines: Iterable[Line]) -> list[Node]:
        return [self._project(name, list(group)) for name, group in groupby(lines, key=lambda line: line.project)]

    def _project(self, name: str, lines: list[Line]) -> Node:
        if len(lines) == 1 and not lines[0].item:
            return self._leaf(name, "", lines[0], lines[0].points)
        shared = lines[0].points if _shares(lines) else None
        code = self._code(name, "")
        children = []
        for item, group in groupby(lines, key=lambda line: line.item):
            mine = list(group)
            if len(mine) == 1 or not item:
                children += [
                    self._leaf(each.item or _clipped(each.standard), code, each, self._own(each, shared))
                    for each in mine
                ]
            else:
                below = self._code(item, code)
                leaves = [self._leaf(_clipped(each.standard), below, each, self._own(each, shared)) for each in mine]
                children.append(self._branch(item, below, leaves, None, mine[0].article))
        return self._branch(name, code, children, shared, lines[0].article)

    def _own(self, line: Line, shared: Number | None) -> Number | None:
        return None if shared is not None else line.points

    def _branch(self, title: str, code: str, children: list[Node], points: Number | None, article: str) -> Node:
        given = [child["points"] for child in children if "points" in child]
        node: Node = {"code": code, "title": title, "article": article or self._article(title, "")}
        rules = {str(child["rule"])[:5] for child in children}
        if points is not None and rules <= {"deduc", "bonus"} and "deduc" in rules:
            for rewarding in [child for child in children if str(child["rule"]).startswith("bonus")]:
                rewarding["after_floor"] = True
            node |= {"rule": "deduct-from-full", "points": points}
        elif rules == {"bonus"}:
            node |= {"line": "bonus"} | ({"caps": {self.window: points}} if points is not None else {})
        else:
            total = points if points is not None else sum(given)
            node |= {"points": total} if total else {}
        return node | {"children": children}

    def _leaf(self, title: str, parent: str, line: Line, points: Number | None) -> Node:
        code = self._code(title, parent)
        article = line.article or self._article(title, line.standard)
        if line.standard and article not in self.known:
            self.articles[article] = "；".join(filter(None, (self.articles.get(article), line.standard)))
        node: Node = {"code": code, "title": title, "article": article, "rule": line.proposal.rule}
        node |= {name: value for name, value in line.proposal.members.items() if value is not None}
        caps = {window or self.window: most for window, most in line.proposal.caps.items()}
        node |= ({"caps": caps} if caps else {}) | ({"evidence": list(line.evidence)} if line.evidence else {})
        return self._from_full(node, points) if points is not None else node

    def _from_full(self, node: Node, points: Number) -> Node:
        """A row that is worth points and takes some away starts from them; one that adds stops at them."""
        rule = str(node["rule"])
        if rule.startswith("bonus"):
            node.setdefault("caps", {self.window: points})
        if not rule.startswith("deduct"):
            return node
        below = {
            **node,
            "code": self._code(_("扣分"), node["code"]),
            "title": _("{title}扣分").format(title=node["title"]),
        }
        return {"code": node["code"], "title": node["title"], "article": node["article"], "rule": "deduct-from-full",
                "points": points, "children": [below]}  # fmt: skip

    def _code(self, title: str, parent: str) -> str:
        code = code_for(title, parent, self.taken)
        self.taken.add(code)
        return code

    def _article(self, title: str, standard: str) -> str:
        """The regulation names none: the standard stands under the item's own name."""
        return _("评分标准·{title}").format(title=title[:40])


def _clipped(text: str) -> str:
    first = re.split(r"[，,。；;：:\n]", text)[0]
    return first[:24] or text[:24]


def put_into(document: Document, lines: Sequence[Line], *, replacing: bool, window: str) -> None:
    """The tree grows by them, or begins anew with them."""
    if replacing:
        document["indicators"] = []
    builder = Builder(document, window)
    made = builder.build(lines)
    document["indicators"] = [*document.get("indicators", []), *made]
    if builder.articles or document.get("articles"):
        document["articles"] = {
            **(document.get("articles") or {}),
            **builder.articles,
            **_headings(made, builder.articles),
        }


def _headings(nodes: Iterable[Node], articles: Mapping[str, str]) -> dict[str, str]:
    """A branch's article has no text of its own: the titles below stand for it."""
    found: dict[str, str] = {}
    for node in nodes:
        children = node.get("children") or []
        if children and node["article"] not in articles:
            found[node["article"]] = "；".join(str(child["title"]) for child in children)
        found |= _headings(children, articles)
    return found
