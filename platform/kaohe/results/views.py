"""What the pages of results show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Row

from kaohe.catalogue.entries import entry_words
from kaohe.followups.service import Line
from kaohe.i18n import _, said
from kaohe.results.consequences import Following, carried, following
from kaohe.results.facts import Source
from kaohe.results.problems import source_words
from kaohe.results.queries import Filter
from kaohe.scheme.model import Scheme
from kaohe.scoring import wording

MOST_STEPS = 14
KINDS = {
    "points": "得分", "bonus": "加分", "deduction": "扣分", "absorbed": "限额内不再扣", "cut": "超出上限不计",
    "adjust": "换算、舍入",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class RankingView:
    scheme: Scheme
    cycle: Row[Any]
    run: Row[Any] | None
    busy: Row[Any] | None
    groups: Sequence[Row[Any]]
    rows: Sequence[Row[Any]]
    chosen: Filter
    before: Row[Any] | None
    pages: int
    may: Mapping[str, bool]
    lists: Sequence[tuple[str, str]]
    followed: Sequence[Following] = ()
    handled: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def size(self) -> int:
        return sum(group.size for group in self.groups)

    @property
    def honours(self) -> int:
        return sum(group.honours for group in self.groups)

    @property
    def incomplete(self) -> int:
        return sum(group.incomplete for group in self.groups)

    @property
    def mean(self) -> Decimal | None:
        known = [(group.mean, group.size) for group in self.groups if group.mean is not None]
        size = sum(count for _mean, count in known)
        return sum((mean * count for mean, count in known), Decimal(0)) / size if size else None

    def href(self, **changes: Any) -> str:
        chosen = {"group": self.chosen.group, "q": self.chosen.search, "only": self.chosen.only, **changes}
        return "?" + urlencode({name: value for name, value in chosen.items() if value})


@dataclass(frozen=True, slots=True)
class LineView:
    kind: str
    kind_words: str
    title: str
    leaf: str
    article: str
    amount: str
    why: str
    sources: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class SheetView:
    """`followed`: what the scheme lets follow; `handled`: what became of it once the result was released."""

    sheet: Row[Any]
    scheme: Scheme
    steps: list[tuple[str, str, str, str]]
    items: list[tuple[str, str, str]]
    lines: list[LineView]
    missing: list[str]
    remarks: list[str]
    awards: list[dict[str, str]]
    history: Sequence[Row[Any]]
    followed: list[Following]
    handled: Sequence[Line]


def sheet_view(
    sheet: Row[Any], scheme: Scheme, history: Sequence[Row[Any]], units: Mapping[str, str], handled: Sequence[Line] = ()
) -> SheetView:
    payload = sheet.payload
    titles = {node.code: said(node.title) for node in scheme.nodes}
    return SheetView(
        sheet=sheet, scheme=scheme, steps=steps(sheet, scheme, titles), history=history,
        items=[(code, titles.get(code, code), payload["items"][code]) for code in in_order(scheme, payload["items"])],
        lines=[line_view(line, scheme, titles, payload["sources"], units) for line in payload["lines"]],
        missing=[titles.get(code, code) for code in payload["missing"]],
        remarks=[remark_words(text, scheme, payload["sources"]) for text in payload["remarks"]],
        awards=payload["awards"], followed=following(scheme, [(sheet.name, carried(sheet))]),
        handled=handled,
    )  # fmt: skip


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
) -> LineView:
    behind = [_source(name, sources[name], scheme, units) for name in line["records"] if name in sources]
    return LineView(line["kind"], _(KINDS[line["kind"]]), titles.get(line["leaf"], line["leaf"]), line["leaf"],
                    line["article"], line["amount"], why_words(line["why"], scheme, line["leaf"]), behind)  # fmt: skip


def _source(name: str, source: Mapping[str, Any], scheme: Scheme, units: Mapping[str, str]) -> dict[str, Any]:
    entry = source["entry"]
    leaf = scheme.leaves.get(entry["leaf"])
    return {
        "label": source_words(Source(source["kind"], source["at"], source["who"]), name),
        "href": f"/records/{source['at']}" if source["kind"] == "record" else "",
        "date": entry["date"], "who": source["who"], "note": entry.get("note", ""), "kind": source["kind"],
        "words": entry_words(leaf, entry, scheme=scheme, units=units) if leaf else "",
    }  # fmt: skip


def steps(sheet: Row[Any], scheme: Scheme, titles: Mapping[str, str]) -> list[tuple[str, str, str, str]]:
    """From the base to the total: what each leaf added or took. The smallest are put together."""
    if sheet.total is None:
        return []
    sums: dict[str, Decimal] = {}
    whys: dict[str, list[str]] = {}
    for line in sheet.payload["lines"]:
        if line["kind"] in {"bonus", "deduction", "absorbed", "cut"}:
            sums[line["leaf"]] = sums.get(line["leaf"], Decimal(0)) + Decimal(line["amount"])
            whys.setdefault(line["leaf"], []).append(why_words(line["why"], scheme, line["leaf"]))
    changes = [(code, amount) for code, amount in sums.items() if amount]
    kept = sorted(changes, key=lambda change: -abs(change[1]))[:MOST_STEPS]
    rest = sum((amount for change in changes if change not in kept for amount in change[1:]), Decimal(0))
    bars = [
        (titles.get(code, code), amount, _("；").join(whys[code])) for code, amount in changes if (code, amount) in kept
    ]
    bars += [(_("其他"), rest, "")] if rest else []
    if not bars:
        return _built(sheet, titles)
    return [
        (_("基础分"), f"{sheet.base:.2f}", "base", ""),
        *((title, f"{amount:.2f}", "plus" if amount > 0 else "minus", why) for title, amount, why in bars),
        (_("总分"), f"{sheet.total:.2f}", "total", ""),
    ]


def _built(sheet: Row[Any], titles: Mapping[str, str]) -> list[tuple[str, str, str, str]]:
    """Where nothing was added or taken: item by item."""
    held = sheet.payload["items"]
    items = [(title, held[code]) for code, title in titles.items() if Decimal(held.get(code, 0))]
    return [
        *((title, amount, "plus" if Decimal(amount) > 0 else "minus", "") for title, amount in items[:MOST_STEPS]),
        (_("总分"), f"{sheet.total:.2f}", "total", ""),
    ]


def remark_words(text: str, scheme: Scheme, sources: Mapping[str, Any]) -> str:
    records = {name: _source_name(name, source) for name, source in sources.items()}
    return wording.remark_words(text, scheme, records, said)


def _source_name(name: str, source: Mapping[str, Any]) -> str:
    note = source["entry"].get("note", "")
    return f"「{note}」" if note else source_words(Source(source["kind"], source["at"], source["who"]), name)


def why_words(why: str, scheme: Scheme, code: str) -> str:
    return wording.why_words(why, scheme, code, said, _)
