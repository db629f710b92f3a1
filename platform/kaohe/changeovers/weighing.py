"""What a changeover would do, worked out before anybody agrees to it: on the cycle's real entries, so far."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from anyio.to_thread import run_sync
from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.catalogue.service import current_parameters, scheme_of, stored
from kaohe.changeovers.parameters import Carried, carry
from kaohe.clock import today
from kaohe.cycles.service import Group, group_of, phase_name, phases_of
from kaohe.i18n import _, said
from kaohe.rehearsal.service import Start, Trial
from kaohe.results.service import Aside, Gathered, Version, explained, gather
from kaohe.scheme import periods
from kaohe.scheme.model import Scheme
from kaohe.scheme.problems import Problem
from kaohe.scoring import Result, check, decode_facts, encode_facts, score
from kaohe.scoring.spelling import spelled

_RECORD = re.compile(r"records\[(\d+)\]")
Hurdle = tuple[str, str, str]  # where, what is wrong, a link or ''


@dataclass(frozen=True)
class Weighed:
    """`hurdles` stand in the way; `aside`: entries that the new version cannot take. `trial` compares what is left, and is
    None where there are hurdles. `seen` changes with anything that the preview rests on."""

    cycle: Row[Any]
    present: Scheme
    other: Scheme
    carried: Carried
    groups: dict[Any, Group]
    hurdles: list[Hurdle]
    aside: list[Aside]
    trial: Trial | None
    seen: str

    @property
    def parameters(self) -> dict[str, Any]:
        return {name: stored(value) for name, value in self.carried.values.items()}

    @property
    def digest(self) -> str:
        return self.trial.after.digest if self.trial and self.trial.after else ""


async def weigh(session: AsyncSession, cycle: Row[Any], version: str) -> Weighed:
    """`cycle`: as `cycles.queries.cycle` gives it. Raises NotFound for a version that is not there."""
    present = await scheme_of(session, cycle.scheme_id, cycle.scheme_version)
    other = await scheme_of(session, cycle.scheme_id, version)
    held = await current_parameters(session, other.id, on=min(today(), cycle.period_end))
    carried = carry(present, other, cycle.parameters, held.overrides)
    before = await gather(session, cycle)
    after = await gather(session, cycle, Version(other, carried.values))
    return await run_sync(_weigh, cycle, before, after, carried)


def _weigh(cycle: Row[Any], before: Gathered, after: Gathered, carried: Carried) -> Weighed:
    present, other = before.scheme, after.scheme
    groups = {row.id: _group(after, row, carried) for row in after.places.values()}
    hurdles = [*_shape(present, other, cycle, after), *_ungrouped(after, groups)]
    was, now = fitting(before), fitting(after)
    hurdles += [(*explained(problem, after),) for problem in now.problems]  # type: ignore[misc]
    wrong_already = {each.id: each for each in was.aside}
    hurdles += [
        (f"{each.name}，{each.title}", _("{why}；原版本也不允许，请先改正").format(why=each.why), "")
        for each in now.aside
        if each.id in wrong_already and each.why == wrong_already[each.id].why
    ]
    trial = None if hurdles or was.problems else _trial(was.gathered, now.gathered, carried)
    if trial is None and not hurdles:
        hurdles = [(*explained(problem, before),) for problem in was.problems]  # type: ignore[misc]
    aside = [*after.aside, *now.aside]
    return Weighed(cycle, present, other, carried, groups, hurdles, aside, trial, _seen(cycle, trial, hurdles, aside))


@dataclass(frozen=True)
class Fitting:
    """`gathered` without what cannot be scored, which is `aside`; `problems` that are no entry's."""

    gathered: Gathered
    aside: list[Aside]
    problems: list[Problem]


def fitting(gathered: Gathered) -> Fitting:
    """Leaves out entries until the rest fits."""
    left = list(gathered.facts.records)
    kept = msgspec.structs.replace(gathered.facts, records=left)
    pure = Gathered(gathered.scheme, kept, gathered.places, gathered.changes, gathered.sources, [], gathered.leaves)
    while True:
        problems = check(pure.scheme, spelled(pure.scheme, kept))
        unfit = {int(found[1]): one for one in reversed(problems) if (found := _RECORD.match(one.place))}
        if not unfit:
            return Fitting(pure, pure.aside, problems)
        for number in sorted(unfit):
            pure.set_aside(left[number], explained(unfit[number], pure)[1])
        left[:] = [record for number, record in enumerate(left) if number not in unfit]


def _trial(was: Gathered, now: Gathered, carried: Carried) -> Trial:
    return Trial(Start(was.scheme, _scored(was)), now.scheme, carried.values, _scored(now))


def _scored(gathered: Gathered) -> Result:
    """As a computation does it, so that the digests are the same."""
    return score(gathered.scheme, decode_facts(encode_facts(gathered.facts), calendar=gathered.facts.calendar))


def _seen(cycle: Row[Any], trial: Trial | None, hurdles: Sequence[Hurdle], aside: Sequence[Aside]) -> str:
    digests = [trial.start.result.digest, trial.after.digest if trial.after else ""] if trial else []
    told = [str(cycle.version), cycle.scheme_version, *digests, *map(str, hurdles), *sorted(map(str, aside))]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:32]


def _group(gathered: Gathered, row: Row[Any], carried: Carried) -> Group:
    kind = next((kind for kind in gathered.scheme.kinds if kind.id == row.subject_kind), None)
    if kind is None:
        return Group("", "", _("这一版不考核这类对象"))
    return group_of(gathered.scheme, kind, row.attributes, carried.values)


def _ungrouped(after: Gathered, groups: dict[Any, Group]) -> Iterator[Hurdle]:
    for row in after.places.values():
        if groups[row.id].problem:
            yield row.subject_name, groups[row.id].problem, f"/subjects/{row.subject_id}"


def _shape(present: Scheme, other: Scheme, cycle: Row[Any], after: Gathered) -> Iterator[Hurdle]:
    """What a cycle was set up with: it cannot be rebuilt while it runs."""
    if not other.has_period(periods.parse(cycle.period, other.month_starts)):
        yield _("周期"), _("这一版不按这样的周期考核"), ""
    lacking, needless = set(phases_of(other)) - set(phases_of(present)), set(phases_of(present)) - set(phases_of(other))
    if lacking or needless:
        names = "、".join(
            phase_name(phase) for phase in phases_of(other if lacking else present) if phase in lacking | needless
        )
        words = _("这一版要有「{names}」，这项考核没有") if lacking else _("这一版没有「{names}」，这项考核已经安排")
        yield _("环节"), words.format(names=names), ""
    titles = {one.id: said(one.title) for one in (*present.channels, *other.channels)}
    if odd := {one.id for one in present.channels} ^ {one.id for one in other.channels}:
        words = _("两版的评分渠道不同：{names}。评分任务已按渠道分派，请另建一次考核。")
        yield _("渠道"), words.format(names="、".join(sorted(titles[one] for one in odd))), ""
