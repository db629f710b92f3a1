"""A score sheet as it is read: item by item, each line with what it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy import Row

from kaohe.catalogue.entries import entry_words
from kaohe.followups.service import Line
from kaohe.i18n import _, listed, said
from kaohe.results.consequences import Following, carried, following
from kaohe.results.facts import Source
from kaohe.results.problems import source_words
from kaohe.results.reckoning import rating_words, share_words
from kaohe.results.steps import Step, steps
from kaohe.results.views import group_of
from kaohe.scheme import periods
from kaohe.scheme.formula import plain
from kaohe.scheme.model import Indicator, Scheme
from kaohe.scoring import wording
from kaohe.scoring.formula_words import formula_words

# Kinds that a sign does not tell.
KINDS = {"absorbed": "限额内不再扣", "cut": "超出上限不计"}
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class LineView:
    """`amount` with two decimals; `exact`: all of them, '' where there are no more. `ratings`: of each channel, who gave
    what; `sources`: what else the line rests on."""

    title: str
    leaf: str
    kind: str
    article: str
    amount: Decimal
    exact: str
    why: str
    ratings: list[tuple[str, str]]
    sources: list[dict[str, Any]]

    @property
    def shown(self) -> Decimal:
        return _cents(self.amount)


@dataclass(slots=True)
class ItemView:
    """`full`: what it can give at most, where the scheme says. `code` is '' for lines of no item."""

    code: str
    title: str
    amount: Decimal
    full: Decimal | None = None
    lines: list[LineView] = field(default_factory=list)

    @property
    def rounded(self) -> bool:
        """Whether the lines as shown seem not to add up to it."""
        return sum((line.shown for line in self.lines), Decimal(0)) != self.amount


@dataclass(frozen=True, slots=True)
class SheetView:
    """`followed`: what the scheme lets follow; `handled`: what became of it once the result was released."""

    sheet: Row[Any]
    scheme: Scheme
    group: str
    steps: list[Step]
    items: list[ItemView]
    missing: list[str]
    left_out: list[tuple[str, str, str]]
    remarks: list[str]
    awards: list[tuple[str, str, str]]
    history: Sequence[Row[Any]]
    followed: list[Following]
    handled: Sequence[Line]


def sheet_view(
    sheet: Row[Any], scheme: Scheme, parameters: Mapping[str, Any], period: str, history: Sequence[Row[Any]],
    units: Mapping[str, str], handled: Sequence[Line] = (),
) -> SheetView:  # fmt: skip
    """`scheme`: under these parameters."""
    payload, values = sheet.payload, scheme.resolve_parameters(parameters)[0]
    titles = {node.code: said(node.title) for node in scheme.nodes}
    items = _items(sheet, scheme, titles, values)
    by_code = {item.code: item for item in items}
    item_of, so_far = _item_of(scheme, by_code), Decimal(0)
    for each in payload["lines"]:
        line, so_far = _converted(each, so_far), so_far + Decimal(each["amount"])
        if not _is_rounding(line):
            item = by_code[item_of.get(line["leaf"], "")]
            item.lines.append(line_view(line, scheme, titles, payload["sources"], units, values))
    return SheetView(
        sheet=sheet, scheme=scheme, group=group_of(scheme, sheet), steps=steps(sheet, scheme, titles), history=history,
        items=[item for item in items if item.code or item.lines],
        missing=[titles.get(code, code) for code in payload["missing"]],
        left_out=[(titles.get(one["leaf"], one["leaf"]), one["note"], one["who"]) for one in payload.get("left_out", ())],
        remarks=[remark_words(text, scheme, payload["sources"]) for text in payload["remarks"]],
        awards=_awards(sheet, scheme, values, period), followed=following(scheme, [(sheet.name, carried(sheet))]),
        handled=handled,
    )  # fmt: skip


def _items(sheet: Row[Any], scheme: Scheme, titles: Mapping[str, str], values: Mapping[str, Any]) -> list[ItemView]:
    nodes = {node.code: node for node in scheme.nodes}
    found = []
    for code in in_order(scheme, sheet.payload["items"]):
        node = nodes.get(code)
        full = None
        if node is not None and scheme.normalise is None:
            full = scheme.full_points(node, sheet.kind, values)
        amount = Decimal(sheet.payload["items"][code])
        found.append(ItemView(code, titles.get(code, code), amount, _points(full)))
    return [*found, ItemView("", _("其他"), Decimal(0))]


def _points(exact: Any) -> Decimal | None:
    return None if exact is None else Decimal(exact.numerator) / Decimal(exact.denominator)


def _item_of(scheme: Scheme, items: Mapping[str, Any]) -> dict[str, str]:
    """The item that each node stands under, '' where it is under none."""
    found: dict[str, str] = {}
    for node in scheme.nodes:
        found[node.code] = node.code if node.code in items else found.get(node.parent or "", "")
    return found


def _is_rounding(line: Mapping[str, Any]) -> bool:
    """Of less than a cent: the item says that it was rounded."""
    return line["why"] == "舍入" and abs(Decimal(line["amount"])) < _CENT


def _converted(line: Mapping[str, Any], before: Decimal) -> Mapping[str, Any]:
    """A conversion tells from how much to how much."""
    if line["why"] != "折合":
        return line
    after = before + Decimal(line["amount"])
    return {**line, "why": _("{before} 分折合为 {after} 分").format(before=_cents(before), after=_cents(after))}


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(_CENT, ROUND_HALF_UP)


def in_order(scheme: Scheme, codes: Iterable[str]) -> list[str]:
    """In the order of the tree, which a stored map does not keep."""
    place = {node.code: number for number, node in enumerate(scheme.nodes)}
    return sorted(codes, key=lambda code: place.get(code, len(place)))


def line_view(
    line: Mapping[str, Any],
    scheme: Scheme,
    titles: Mapping[str, str],
    sources: Mapping[str, Any],
    units: Mapping[str, str],
    values: Mapping[str, Any] | None = None,
) -> LineView:
    """`values`: of the parameters, where a formula is to be told with its numbers."""
    behind = [(name, sources[name]) for name in line["records"] if name in sources]
    rated = [one for _name, one in behind if _is_rating(one)]
    code, leaf, entries = line["leaf"], scheme.leaves.get(line["leaf"]), [one["entry"] for _name, one in behind]
    told = [_(KINDS[line["kind"]])] if line["kind"] in KINDS else []
    why = _("：").join([*told, *filter(None, [_why(line, scheme, leaf, entries, values or {})])])
    amount = Decimal(line["amount"])
    return LineView(
        titles.get(code, code), code, line["kind"], line["article"], amount, line["amount"] if amount % _CENT else "", why,
        _ratings(rated, scheme), [_source(name, one, scheme, units) for name, one in behind if _tells(one)],
    )  # fmt: skip


def _is_rating(source: Mapping[str, Any]) -> bool:
    entry = source["entry"]
    given = entry.get("rating") is not None or (entry.get("channel") and entry.get("value") is not None)
    return source["kind"] in {"rating", "claim"} and bool(given)


def _tells(source: Mapping[str, Any]) -> bool:
    """More than who gave how much."""
    return not _is_rating(source) or bool(source["entry"].get("note"))


def _ratings(rated: Sequence[Mapping[str, Any]], scheme: Scheme) -> list[tuple[str, str]]:
    """By channel in the scheme's order, raters always in the same order."""
    titles = {channel.id: said(channel.title) for channel in scheme.channels} | {"": ""}
    found = []
    for channel, title in titles.items():
        mine = sorted((one["who"], _given(one, scheme), one["kind"]) for one in rated if _channel(one) == channel)
        given = [points if kind == "claim" else f"{who} {points}" for who, points, kind in mine]
        found += [(title, listed(given))] if given else []
    return found


def _given(source: Mapping[str, Any], scheme: Scheme) -> str:
    """The rating, or the measured value that stands for one."""
    entry = source["entry"]
    if entry.get("rating") is not None:
        return str(entry["rating"])
    leaf = scheme.leaves.get(entry["leaf"])
    return wording.with_unit(entry["value"], leaf) if leaf else str(entry["value"])


def _channel(source: Mapping[str, Any]) -> str:
    return str(source["entry"].get("channel") or "")


def _why(
    line: Mapping[str, Any], scheme: Scheme, leaf: Indicator | None, entries: Sequence[Mapping[str, Any]],
    values: Mapping[str, Any],
) -> str:  # fmt: skip
    told = why_words(line["why"], scheme, line["leaf"])
    if leaf is not None and leaf.rule == "steps" and leaf.steps and not Decimal(line["amount"]):
        first = leaf.steps[0].at.constant
        return told if first is None else told + _("，{least}起").format(least=wording.with_unit(plain(first), leaf))
    if leaf is not None and leaf.rule == "check" and entries:
        return share_words(line, leaf, scheme, values, entries[-1]) or told
    if leaf is None or leaf.rule != "judged":
        return told
    value = next((one["value"] for one in entries if one.get("value") is not None), None)
    if value is not None and not leaf.channels:
        return _("{value}，得 {points} 分").format(
            value=wording.with_unit(value, leaf), points=wording.shortened(line["amount"])
        )
    return _("；").join(filter(None, [told + _share(line, leaf), rating_words(leaf, scheme, values, entries)]))


def _share(line: Mapping[str, Any], leaf: Indicator) -> str:
    """How the weighted rating became points, where the leaf is worth less or more than its scale."""
    value, amount = wording.weighted(line["why"]), Decimal(line["amount"])
    scale = leaf.max.constant if leaf.max else None
    if not leaf.channels or not scale or not value or not amount or abs(value - amount) < _CENT:
        return ""
    full = wording.shortened(str(amount * int(scale) / value))
    return _("；合 {value}，满分 {full} 分").format(value=wording.shortened(str(value)), full=full)


def _source(name: str, source: Mapping[str, Any], scheme: Scheme, units: Mapping[str, str]) -> dict[str, Any]:
    """A day only where the entry has one of its own."""
    entry = source["entry"]
    leaf = scheme.leaves.get(entry["leaf"])
    recorded = source["kind"] == "record"
    return {
        "label": source_words(Source(source["kind"], source["at"], source["who"]), name),
        "href": f"/records/{source['at']}" if recorded else "",
        "date": entry["date"] if recorded else "", "note": entry.get("note", ""),
        "who": "" if source["kind"] in {"rating", "release"} else source["who"],
        "words": entry_words(leaf, entry, scheme=scheme, units={**source.get("units", {}), **units}) if leaf else "",
    }  # fmt: skip


def _awards(sheet: Row[Any], scheme: Scheme, values: Mapping[str, Any], period: str) -> list[tuple[str, str, str]]:
    """(name, sum, how it is reckoned)."""
    length = periods.parse(period, scheme.month_starts).type
    formulas = {
        one.name: one.amount for one in scheme.awards
        if (not one.kinds or sheet.kind in one.kinds) and (not one.periods or length in one.periods)
    }  # fmt: skip
    return [
        (one["name"], f"{one['amount']} {one['unit']}",
         formula_words(formulas[one["name"]], scheme, values, said=said, _=_) if one["name"] in formulas else "")
        for one in sheet.payload["awards"]
    ]  # fmt: skip


def remark_words(text: str, scheme: Scheme, sources: Mapping[str, Any]) -> str:
    records = {name: _source_name(name, source) for name, source in sources.items()}
    return wording.remark_words(text, scheme, records, said)


def _source_name(name: str, source: Mapping[str, Any]) -> str:
    note = source["entry"].get("note", "")
    return f"「{note}」" if note else source_words(Source(source["kind"], source["at"], source["who"]), name)


def why_words(why: str, scheme: Scheme, code: str) -> str:
    return wording.why_words(why, scheme, code, said, _)
