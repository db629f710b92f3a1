"""From the base to the total of a sheet: what the waterfall draws."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import Row

from kaohe.i18n import _, said
from kaohe.scheme.model import Scheme
from kaohe.scoring import wording

MOST_STEPS = 14
Step = tuple[str, str, str, str]
_GIVEN, _CHANGES = {"points", "adjust"}, {"bonus", "deduction", "absorbed", "cut"}


def steps(sheet: Row[Any], scheme: Scheme, titles: Mapping[str, str]) -> list[Step]:
    """(title, amount, kind, why): the base, or where it was rated the items that make it up; then what each leaf added
    or took, the smallest put together. Nothing where there is nothing to draw."""
    if sheet.total is None:
        return []
    changes = _changes(sheet, scheme, titles)
    base = _built(sheet, titles) if _is_rated(sheet) else [(_("基础分"), f"{sheet.base:.2f}", "base", "")]
    if not changes and len(base) < 2:
        return []
    return [*base, *changes, (_("总分"), f"{sheet.total:.2f}", "total", "")]


def _is_rated(sheet: Row[Any]) -> bool:
    """Whether the base is more than full points from which is deducted: several items of it that stand on ratings, or
    nothing that was added or taken."""
    lines = sheet.payload["lines"]
    rated = {line["leaf"] for line in lines if line["kind"] == "points" and line["leaf"] not in sheet.payload["items"]}
    return len(rated) > 1 or not any(line["kind"] in _CHANGES for line in lines)


def _changes(sheet: Row[Any], scheme: Scheme, titles: Mapping[str, str]) -> list[Step]:
    sums: dict[str, Decimal] = {}
    whys: dict[str, list[str]] = {}
    for line in sheet.payload["lines"]:
        if line["kind"] in _CHANGES:
            sums[line["leaf"]] = sums.get(line["leaf"], Decimal(0)) + Decimal(line["amount"])
            whys.setdefault(line["leaf"], []).append(wording.why_words(line["why"], scheme, line["leaf"], said, _))
    changed = [(code, amount) for code, amount in sums.items() if amount]
    kept = sorted(changed, key=lambda change: -abs(change[1]))[:MOST_STEPS]
    rest = sum((amount for code, amount in changed if (code, amount) not in kept), Decimal(0))
    bars = [_step(titles.get(code, code), amount, _("；").join(whys[code])) for code, amount in changed
            if (code, amount) in kept]  # fmt: skip
    return bars + ([_step(_("其他"), rest)] if rest else [])


def _built(sheet: Row[Any], titles: Mapping[str, str]) -> list[Step]:
    """What each item gave before anything was added or taken."""
    given = {code: Decimal(amount) for code, amount in sheet.payload["items"].items()}
    for line in sheet.payload["lines"]:
        item = next((code for code in given if line["leaf"] == code or line["leaf"].startswith(f"{code}.")), None)
        if line["kind"] in _CHANGES and item:
            given[item] -= Decimal(line["amount"])
    return [_step(title, given[code]) for code, title in titles.items() if given.get(code)]


def _step(title: str, amount: Decimal, why: str = "") -> Step:
    return title, f"{amount:.2f}", "plus" if amount > 0 else "minus", why
