"""Lists beside the ranking: sums of money to be paid out, and what each unit handed in under the scheme's ways."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.i18n import _, flag_words, listed, said
from kaohe.results import list_queries
from kaohe.scheme.model import Scheme
from kaohe.scheme.periods import parse

MONEY = "元"


@dataclass(frozen=True, slots=True)
class Listing:
    """`heads` are (label, a number); `sums` the last row of the page, empty where sums mean nothing."""

    title: str
    note: str
    heads: Sequence[tuple[str, bool]]
    rows: Sequence[Sequence[Any]]
    sums: Sequence[Any] = ()


def offered(scheme: Scheme, period: str) -> list[tuple[str, str]]:
    """(address below the cycle's, title) of the lists that this scheme has."""
    length = parse(period, scheme.month_starts).type
    money = any(one.unit == MONEY and (not one.periods or length in one.periods) for one in scheme.awards)
    return [("awards", _("奖金发放清单"))] * money + [("tally", _("报送和采用情况"))] * bool(scheme.ways)


async def awards(session: AsyncSession, cycle: Row[Any]) -> Listing | None:
    """Of the newest release: those to whom money is due. None as long as nothing is released."""
    release = await list_queries.newest_release(session, cycle.id)
    if release is None:
        return None
    due = [(row, _money(row.awards)) for row in await list_queries.released_awards(session, release.id)]
    due = [(row, sums) for row, sums in due if sums]
    names = list(dict.fromkeys(name for _row, sums in due for name in sums))
    body = [[row.group_name, row.name, *(sums.get(name) for name in names), _total(sums)] for row, sums in due]
    heads = [(_("分组"), False), (_("对象"), False), *((f"{name}（{MONEY}）", True) for name in names),
             (_("合计（{unit}）").format(unit=MONEY), True)]  # fmt: skip
    sums = [_("合计"), "", *(sum((row[n] or 0 for row in body), Decimal(0)) for n in range(2, len(names) + 3))]
    note = _("按已发布的第 {number} 版结果，{day} 发布。").format(number=release.number, day=release.released_at.date())
    return Listing(_("奖金发放清单"), note, heads, body, sums if body else ())


def _money(awards: Sequence[dict[str, Any]]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for award in awards:
        if award["unit"] == MONEY and Decimal(award["amount"]):
            found[award["name"]] = found.get(award["name"], Decimal(0)) + Decimal(award["amount"])
    return found


def _total(sums: dict[str, Decimal]) -> Decimal:
    return sum(sums.values(), Decimal(0))


async def tally(session: AsyncSession, cycle: Row[Any], scheme: Scheme) -> Listing:
    """How many records each unit has under the leaves of the ways, with the points last computed."""
    codes = _leaves(scheme)
    counted = await list_queries.counts(session, cycle, codes)
    body = [
        [row.kind, row.name, *(counted.get((row.subject_id, code), 0) for code in codes), row.total,
         listed(flag_words(flag, scheme) for flag in row.flags or ())]
        for row in await list_queries.standings(session, cycle.id)
    ]  # fmt: skip
    kinds = {kind.id: said(kind.title) for kind in scheme.kinds}
    body = [[kinds.get(row[0], row[0]), *row[1:]] for row in body]
    heads = [(_("类别"), False), (_("对象"), False), *((said(scheme.leaves[code].title), True) for code in codes),
             (_("得分"), True), (_("标记"), False)]  # fmt: skip
    counts = [sum(row[n] for row in body) for n in range(2, len(codes) + 2)]
    sums = [_("合计"), "", *counts, sum((row[-2] or 0 for row in body), Decimal(0)), ""]
    return Listing(_("报送和采用情况"), _("记录随时更新，得分以最近一次计算为准。"), heads, body, sums if body else ())


def _leaves(scheme: Scheme) -> list[str]:
    named = [step.record for way in scheme.ways for step in way.steps if step.record]
    return list(dict.fromkeys([*named, *(one.leaf for way in scheme.ways for one in way.adds)]))
