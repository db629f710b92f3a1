"""A sheet in words, line by line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kaohe.scheme.model import Scheme
from kaohe.scoring.encoding import shown
from kaohe.scoring.sheets import Line, Result, Sheet
from kaohe.scoring.wording import group_words, remark_words, why_words

KINDS = {
    "points": "得分",
    "bonus": "加分",
    "deduction": "扣分",
    "absorbed": "不再扣",
    "cut": "超出不计",
    "adjust": "调整",
}


def explain(
    result: Result, subject: str, scheme: Scheme | None = None, attributes: Mapping[str, Any] | None = None
) -> list[str]:
    """Chinese sentences. With the scheme, codes are told by their titles; with the attributes, the group too."""
    sheet = result.sheet(subject)
    scheme = scheme.under(result.parameters) if scheme else None
    titles = {node.code: node.title.zh for node in scheme.nodes} if scheme else {}
    said = [_head(result, sheet)]
    item_of = _items(scheme)
    for code, units in sheet.item_units.items():
        said.append(f"{titles.get(code, code)}：{shown(units)} 分")
        said += [f"  {_line(line, titles, scheme)}" for line in sheet.lines if _belongs(line, code, item_of)]
    if sheet.missing:
        order = {code: place for place, code in enumerate(titles)}
        missing = sorted(sheet.missing, key=lambda code: order.get(code, len(order)))
        said.append(f"缺少：{'、'.join(titles.get(code, code) for code in missing)}（得分表不完整）")
    if sheet.flags:
        flags = (scheme.word(flag).zh if scheme else flag for flag in sheet.flags)
        said.append(f"标记：{'、'.join(flags)}")
    said += [f"说明：{remark_words(remark, scheme, {}) if scheme else remark}" for remark in sheet.remarks]
    group = group_words(scheme.kind(sheet.kind), sheet.group, attributes or {}) if scheme else sheet.group
    return said + _outcome(sheet, group)


def _head(result: Result, sheet: Sheet) -> str:
    if sheet.status and not sheet.item_units:
        return f"{sheet.name or sheet.subject} {result.period}：{sheet.status}，不计分"
    base = sheet.total_units - sheet.bonus_units + sheet.deduction_units
    return (
        f"{sheet.name or sheet.subject} {result.period} 总分 {shown(sheet.total_units)} = "
        f"基础 {shown(base)} + 加分 {shown(sheet.bonus_units)} − 扣分 {shown(sheet.deduction_units)}"
    )


def _items(scheme: Scheme | None) -> dict[str, str]:
    """The item that each node stands under, which its code need not tell."""
    found: dict[str, str] = {}
    for node in scheme.nodes if scheme else ():
        found[node.code] = found[node.parent] if node.parent else node.code
    return found


def _belongs(line: Line, item: str, item_of: Mapping[str, str]) -> bool:
    if item_of.get(line.leaf) == item:
        return True
    return line.leaf == item or line.leaf.startswith(item + ".")


def _line(line: Line, titles: dict[str, str], scheme: Scheme | None) -> str:
    article = f"（{line.article}）" if line.article else ""
    records = f"，依据记录 {'、'.join(line.records)}" if line.records else ""
    title = titles.get(line.leaf, line.leaf)
    why = why_words(line.why, scheme, line.leaf) if scheme else line.why
    return f"{KINDS[line.kind]} {shown(line.units)}：{title}{article} {why}{records}"


def _outcome(sheet: Sheet, group: str) -> list[str]:
    said = []
    if sheet.rank is not None:
        said.append(f"在「{group}」中第 {sheet.rank} 名")
    if sheet.grade is not None:
        said.append(f"等次：{sheet.grade}")
    if sheet.honours:
        said.append(f"荣誉：{'、'.join(sheet.honours)}")
    return said + [f"{award.name}：{award.amount} {award.unit}" for award in sheet.awards]
