"""How a rating came out of what was measured: the formula with its numbers, so that anybody can reckon it again."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from kaohe.i18n import _, said
from kaohe.scheme.formula import Formula, FormulaError, NoData, exact, plain, round_half_up
from kaohe.scheme.model import Indicator, Scheme
from kaohe.scheme.titles import parted
from kaohe.scoring import wording
from kaohe.scoring.formula_words import formula_words

_PLACES = 10**4


def share_words(
    line: Mapping[str, Any], leaf: Indicator, scheme: Scheme, values: Mapping[str, Any], entry: Mapping[str, Any]
) -> str:
    """A poll: 「（满意 86 + 0.5 × 基本满意 10） ÷ 100 = 0.91，满分 10 分」. '' where the entry has no measures."""
    measures = entry.get("fields") or {}
    if leaf.formula is None or entry.get("done") or not measures:
        return ""
    figures = {name: f"{parted(said(leaf.fields[name].title))[0]} {value}" for name, value in measures.items()}
    told, share = _reckoned(leaf.formula, scheme, values, figures, measures)
    if told and share:
        full = wording.shortened(str(Fraction(line["amount"]) / share))
        return told + _("，满分 {full} 分").format(full=full)
    return told


def rating_words(
    leaf: Indicator, scheme: Scheme, values: Mapping[str, Any], entries: Sequence[Mapping[str, Any]]
) -> str:
    """A channel that gives a measured value: 「定量考核：取大（0，100 − 10 × 实测 0.5） = 95」."""
    return _("；").join(_ratings(leaf, scheme, values, entries))


def _ratings(
    leaf: Indicator, scheme: Scheme, values: Mapping[str, Any], entries: Sequence[Mapping[str, Any]]
) -> Iterator[str]:
    titles = {channel.id: said(channel.title) for channel in scheme.channels}
    for entry in entries:
        if leaf.formula is None or entry.get("value") is None or entry.get("rating") is not None:
            continue
        figures = {"value_given": _("实测 {value}").format(value=entry["value"])}
        told, rating = _reckoned(leaf.formula, scheme, values, figures, {"value_given": entry["value"]})
        if told and rating is not None:
            yield _("：").join(filter(None, [titles.get(entry.get("channel") or "", ""), told]))


def _reckoned(
    formula: Formula, scheme: Scheme, values: Mapping[str, Any], figures: Mapping[str, str], given: Mapping[str, Any]
) -> tuple[str, Fraction | None]:
    """In words, with what it gives; None where it asks for more than what was given and the parameters."""
    told = formula_words(formula, scheme, values, said=said, _=_, figures=figures)
    known = {name: exact(value) for name, value in values.items()}
    try:
        result = formula.number(ChainMap({name: exact(Decimal(value)) for name, value in given.items()}, known))
    except (FormulaError, NoData, ArithmeticError):
        return told, None
    return f"{told} = {plain(Fraction(round_half_up(result * _PLACES), _PLACES))}" if told else "", result
