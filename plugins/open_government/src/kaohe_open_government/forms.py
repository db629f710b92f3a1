"""Forms of disclosure that a tenant adds to the county's open list (六(三))."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

BRANCH, LAST = "opengov.forms", "opengov.forms.observers"


def with_added(indicators: Sequence[Any], added: Mapping[str, Decimal]) -> tuple[Any, ...]:
    """`added`: weight by title. A code comes from its title, so that adding one more renames none."""
    return tuple(_branch(node, added) if node.code == BRANCH else node for node in indicators)


def _branch(branch: Any, added: Mapping[str, Decimal]) -> Any:
    pattern = next(leaf for leaf in branch.children if leaf.code == LAST)
    made = {leaf.code: leaf for leaf in (_leaf(pattern, title, added[title]) for title in sorted(added))}
    return branch.altered(children=(*branch.children, *made.values()))


def _leaf(pattern: Any, title: str, weight: Decimal) -> Any:
    code = f"{BRANCH}.added_{re.sub(r'[^0-9A-Za-z_一-鿿]+', '_', title)}"
    return pattern.altered(code=code, title=title, weight=weight, evidence=())
