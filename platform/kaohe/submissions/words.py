"""How claims and their points read."""

from __future__ import annotations

from collections.abc import Sequence

from kaohe.catalogue.entries import EntryValues, entry_words
from kaohe.scheme.formula import exact, plain
from kaohe.scheme.model import Indicator, Scheme
from kaohe.scheme.parameters import Values
from kaohe.submissions.work import Work


def grouped(work: Work) -> list[tuple[Indicator, list[Indicator]]]:
    """Leaves under the top of the tree that each belongs to."""
    found = []
    for top in work.scheme.indicators:
        leaves = [leaf for leaf in work.leaves if leaf.code == top.code or leaf.code.startswith(top.code + ".")]
        if leaves:
            found.append((top, leaves))
    return found


def full_points(work: Work, node: Indicator) -> str:
    """Full points, or the cap of the longest window where a node has one."""
    full = work.scheme.full_points(node, work.row.subject_kind, work.values)
    if full is None and node.caps:
        full = list(node.caps.values())[-1](work.values)
    if full is None:
        return ""
    return plain(exact(full))


def words_of(work: Work, leaf: Indicator, entries: Sequence[EntryValues]) -> list[str]:
    return words(work.scheme, work.values, leaf, entries)


def words(scheme: Scheme, values: Values, leaf: Indicator, entries: Sequence[EntryValues]) -> list[str]:
    """One line an entry, the note with it."""
    return [
        entry_words(leaf, entry, scheme=scheme, parameters=values)
        + (f"（{entry['note']}）" if entry.get("note") else "")
        for entry in entries
    ]
