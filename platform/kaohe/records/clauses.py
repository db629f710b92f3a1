"""The clauses that can be recorded about a kind of subject, as somebody at a window looks for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kaohe.catalogue.entries import Names, sign_of, signed, takes_daily_records
from kaohe.i18n import _, said
from kaohe.scheme.model import Indicator, Scheme


@dataclass(frozen=True, slots=True)
class Clause:
    """`words` are further words by which it is found."""

    scheme_id: str
    code: str
    title: str
    article: str
    worth: str
    words: str


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    clauses: tuple[Clause, ...]


def groups(schemes: Iterable[tuple[Scheme, Mapping[str, Any]]], kind: str) -> list[Group]:
    """By scheme and branch, in the order of the tree; each scheme with its resolved parameters."""
    found: list[Group] = []
    held = list(schemes)
    for scheme, parameters in held:
        names = Names(scheme, kind, parameters, None)
        for branch in scheme.nodes:
            leaves = [leaf for leaf in _own_leaves(scheme, branch) if kind in leaf.kinds and takes_daily_records(leaf)]
            if leaves:
                title = said(branch.title) if branch.children else said(scheme.title)
                heading = f"{said(scheme.title)} · {title}" if len(held) > 1 else title
                clauses = tuple(_clause(scheme, branch, leaf, names) for leaf in leaves)
                if found and found[-1].title == heading:
                    clauses = found.pop().clauses + clauses
                found.append(Group(heading, clauses))
    return found


def _own_leaves(scheme: Scheme, branch: Indicator) -> Sequence[Indicator]:
    """The leaves right under a branch; a leaf that stands at the top is its own group."""
    if branch.children:
        return [child for child in branch.children if child.is_leaf]
    return [branch] if branch in scheme.indicators else []


def _clause(scheme: Scheme, branch: Indicator, leaf: Indicator, names: Names) -> Clause:
    words = [said(branch.title), leaf.code, leaf.article, *(said(level.title) for level in leaf.levels.values())]
    words += [scheme.articles.get(leaf.article, "")]
    return Clause(
        scheme.id, leaf.code, said(leaf.title), leaf.article, worth(leaf, names), " ".join(filter(None, words))
    )


def worth(leaf: Indicator, names: Names) -> str:
    """「−2」, 「−3 至 −5」, 「按数值」."""
    sign = sign_of(leaf)
    levels = [names.number(level.amount) for level in leaf.levels.values()]
    amounts = [amount for amount in levels if amount is not None] if leaf.levels else []
    if leaf.rule.endswith("-range"):
        amounts = [bound for bound in (names.number(leaf.min), names.number(leaf.max)) if bound is not None]
    elif leaf.rule in {"deduct", "bonus"}:
        amounts = [amount for amount in [names.number(leaf.amount)] if amount is not None]
    if not amounts or not sign:
        return _("计次") if leaf.rule == "counter" else _("按情形") if leaf.levels else _("按数值")
    low, high = signed(sign, min(amounts)), signed(sign, max(amounts))
    return low if low == high else _("{low} 至 {high}").format(low=low, high=high)


def leaf_of(scheme: Scheme, code: str, kind: str) -> Indicator | None:
    """Only a leaf that takes daily records about this kind."""
    leaf = scheme.leaves.get(code)
    return leaf if leaf is not None and kind in leaf.kinds and takes_daily_records(leaf) else None


def parents_leaf(scheme: Scheme, leaf: Indicator, parent_kind: str | None) -> Indicator | None:
    """The deduction of the same name and the same amounts for the unit over the subject: one event that scores for both.

    `staff.complaints.verified` for somebody at a window has `window.complaints.verified` beside it. A leaf that the
    engine itself hands on (`to_parent`) needs none.
    """
    if parent_kind is None or leaf.to_parent or sign_of(leaf) != "−":
        return None
    twin = leaf_of(scheme, f"{parent_kind}.{leaf.code.partition('.')[2]}", parent_kind)
    if twin is None or (twin.rule, twin.amount, twin.min, twin.max) != (leaf.rule, leaf.amount, leaf.min, leaf.max):
        return None
    same = {name: level.amount for name, level in twin.levels.items()} == {
        name: level.amount for name, level in leaf.levels.items()
    }
    return twin if same else None
