"""Where a fault is, and the nodes with their places."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from difflib import get_close_matches

from kaohe.scheme.model import Indicator, Scheme
from kaohe.scheme.yaml_text import Path

Fault = tuple[Path, str]


def walk(scheme: Scheme) -> Iterator[tuple[Path, Indicator]]:
    """Parents before children."""
    yield from _walk(scheme.indicators, ("indicators",))


def _walk(nodes: tuple[Indicator, ...], path: Path) -> Iterator[tuple[Path, Indicator]]:
    for index, node in enumerate(nodes):
        here = (*path, index)
        yield here, node
        yield from _walk(node.children, (*here, "children"))


def near(name: str, known: Collection[str]) -> str:
    """The end of a sentence about a name that is nowhere: what may be meant."""
    if found := get_close_matches(name, known, 1):
        return f"，是不是「{found[0]}」？"
    if not known:
        return "，这里一个也没有声明"
    listed = list(known)
    return f"，有：{'、'.join(listed[:12])}" + ("……" if len(listed) > 12 else "")
