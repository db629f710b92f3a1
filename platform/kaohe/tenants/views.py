"""What the pages of the tree show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.catalogue import service as catalogue
from kaohe.jurisdictions import service as jurisdictions
from kaohe.tenants.service import picked

PAGE_ROWS = 100


@dataclass(frozen=True, slots=True)
class Node:
    """`depth` 0 is one's own. `state`: own, ready (has an administrator), invited, none."""

    id: UUID
    name: str
    tier: str
    code: str
    depth: int
    below: int
    administrators: tuple[str, ...]
    invited: tuple[str, ...]

    @property
    def state(self) -> str:
        if self.depth == 0:
            return "own"
        return "ready" if self.administrators else "invited" if self.invited else "none"


@dataclass(frozen=True, slots=True)
class TreePage:
    nodes: tuple[Node, ...]
    total: int
    number: int
    pages: int
    waiting: int
    search: str
    may_manage: bool


@dataclass(frozen=True, slots=True)
class SetUpPage:
    above: Any
    tiers: list[tuple[str, str]]
    schemes: list[tuple[str, str, str]]
    today: date


@dataclass(frozen=True, slots=True)
class InvitedPage:
    jurisdiction_id: UUID
    jurisdiction: str
    name: str
    link: str
    expires_at: datetime
    new: bool


@dataclass(frozen=True, slots=True)
class JurisdictionPage:
    """`schemes`: (id, title, given, switched on there)."""

    node: Node
    slug: str
    valid_from: date
    above: str
    trail: list[tuple[str, str]]
    names: list[tuple[str, str]]
    children: list[Any]
    schemes: list[tuple[str, str, bool, bool]]
    may_manage: bool
    today: date

    @property
    def is_own(self) -> bool:
        return self.node.depth == 0


async def tree_page(session: AsyncSession, *, search: str, number: int, may_manage: bool) -> TreePage:
    rows = [row for row in await jurisdictions.links(session) if row.depth >= 0]
    chosen = [row for row in preorder(rows) if not search or search in row.name or search in row.division_code]
    pages = max(1, -(-len(chosen) // PAGE_ROWS))
    number = min(number, pages)
    shown = chosen[(number - 1) * PAGE_ROWS : number * PAGE_ROWS]
    known = await jurisdictions.administrators(session, [row.id for row in shown])
    tiers, below = jurisdictions.tier_names(), _below(rows)
    nodes = tuple(_node(row, known, tiers, below) for row in shown)
    waiting = sum(node.state in {"invited", "none"} for node in nodes)
    return TreePage(nodes, len(chosen), number, pages, waiting, search, may_manage)


def preorder(rows: Sequence[Any]) -> Iterator[Any]:
    """Each before those below it; siblings by division code, then pinyin (the order in which they come)."""
    children: dict[UUID | None, list[Any]] = {}
    for row in sorted(rows, key=lambda row: row.division_code or "~"):
        children.setdefault(row.parent_id if row.depth else None, []).append(row)

    def walk(parent: UUID | None) -> Iterator[Any]:
        for row in children.get(parent, []):
            yield row
            yield from walk(row.id)

    return walk(None)


def _below(rows: Sequence[Any]) -> Mapping[UUID, int]:
    counts: dict[UUID, int] = {}
    for row in rows:
        if row.depth and row.parent_id:
            counts[row.parent_id] = counts.get(row.parent_id, 0) + 1
    return counts


def _node(row: Any, known: Mapping[UUID, Any], tiers: Mapping[str, str], below: Mapping[UUID, int]) -> Node:
    held = known.get(row.id)
    return Node(
        row.id, row.name, tiers[row.tier], row.division_code, row.depth, below.get(row.id, 0),
        tuple(held.administrators) if held else (), tuple(held.invited) if held else (),
    )  # fmt: skip


async def jurisdiction_page(session: AsyncSession, id_: UUID, *, may_manage: bool, today: date) -> JurisdictionPage:
    """Raises NotFound unless it is one's own or below."""
    rows = await jurisdictions.links(session)
    row = picked(rows, id_)
    known = await jurisdictions.administrators(session, [row.id])
    node = _node(row, known, jurisdictions.tier_names(), _below([each for each in rows if each.depth >= 0]))
    by_id = {each.id: each for each in rows}
    above = by_id.get(row.parent_id)
    given = await catalogue.granted_to(session, row.id) if row.depth else {}
    own = await catalogue.available_schemes(session) if row.depth else {}
    known_schemes = await catalogue.schemes_of(session, own)
    schemes = [(id_, str(one.title), id_ in given, given.get(id_, False)) for id_, one in known_schemes.items()]
    names = [(name, since) for since, name in (known[row.id].former_names or [])] if row.id in known else []
    return JurisdictionPage(
        node, row.slug, row.valid_from, above.name if above else "", _trail(row, by_id), names,
        [each for each in preorder([e for e in rows if e.depth >= 0]) if each.parent_id == row.id and each.depth > 0],
        schemes, may_manage, today,
    )  # fmt: skip


def _trail(row: Any, by_id: Mapping[UUID, Any]) -> list[tuple[str, str]]:
    """Those between one's own and this one."""
    found: list[tuple[str, str]] = []
    above = by_id.get(row.parent_id)
    while above is not None and above.depth > 0:
        found.insert(0, (above.name, f"/jurisdictions/{above.id}"))
        above = by_id.get(above.parent_id)
    return found
