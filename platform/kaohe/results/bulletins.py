"""What stands in a bulletin: the released ranking, or those whom a consequence concerns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.followups.service import subjects_of
from kaohe.i18n import listed, official, said
from kaohe.results import list_queries, lists, published_queries
from kaohe.results.bulletin import Group, Paper
from kaohe.results.consequences import consequence_of
from kaohe.scheme.model import Scheme


async def draft(session: AsyncSession, cycle: Row[Any], scheme: Scheme, row: Any) -> Paper | None:
    """Of the newest release, in Chinese whoever asks. `row`: the followup. None where its scheme offers none."""
    consequence = consequence_of(scheme, row.key)
    release = await list_queries.newest_release(session, cycle.id)
    if release is None or consequence is None or not row.bulletin:
        return None
    sheets = await published_queries.released_places(session, release.id)
    about = None if row.subject_id is None else set(await subjects_of(session, cycle.id, row.key))
    with official():
        groups = list(_groups([each for each in sheets if about is None or each.subject_id in about]))
        if about is None and scheme.ways:
            groups = [_tallied(await lists.tally(session, cycle, scheme))]
        title = said(consequence.title)
        what = f"现将{cycle.title}结果通报如下。" if about is None else f"对{cycle.title}中的下列对象{title}。"
        return Paper(
            f"关于{cycle.title}结果的通报" if about is None else f"关于{cycle.title}{title}的通报", "各被考核单位：",
            [f"根据《{scheme.regulation}》{row.article}，{what}"], groups,
            list(_honoured(sheets)) if about is None else [], row.host, release.released_at.date(), consequence.copies,
        )  # fmt: skip


def _groups(sheets: Sequence[Row[Any]]) -> Iterable[Group]:
    """By group, each in the order of its ranking; columns that nobody has anything in are left out."""
    by_group: dict[str, list[Row[Any]]] = {}
    for each in sheets:
        by_group.setdefault(each.group_name, []).append(each)
    for name, rows in by_group.items():
        columns = [
            ("名次", False, [str(row.rank or "—") for row in rows]),
            ("对象", False, [row.name for row in rows]),
            ("得分", True, [f"{row.total:.2f}" if row.total is not None else "—" for row in rows]),
        ]
        if any(row.grade for row in rows):
            columns.append(("等次", False, [row.grade or "—" for row in rows]))
        if any(row.honours for row in rows):
            columns.append(("荣誉", False, [listed(row.honours) or "—" for row in rows]))
        cells = [list(each) for each in zip(*(column for _label, _number, column in columns), strict=True)]
        yield Group(name, [(label, number) for label, number, _cells in columns], cells)


def _tallied(listing: lists.Listing) -> Group:
    return Group(listing.title, listing.heads, [[_shown(cell) for cell in row] for row in listing.rows])


def _shown(cell: Any) -> str:
    return "—" if cell is None or cell == "" else str(cell)


def _honoured(sheets: Sequence[Row[Any]]) -> Iterable[str]:
    """One sentence for each honour, in the order of their first bearer."""
    bearers: dict[str, list[str]] = {}
    for each in sheets:
        for honour in each.honours:
            bearers.setdefault(honour, []).append(each.name)
    for honour, names in bearers.items():
        yield f"{honour}：{listed(names)}。"
