"""What the demo's parties claim and its assessors find: as the story says, else by how well the subject does."""

from __future__ import annotations

import random
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from kaohe.demo.stories import Entry, Played, Rater, Told, entries
from kaohe.grading.leaves import is_rated
from kaohe.grading.marking import Mark
from kaohe.grading.task import Task
from kaohe.scheme.formula import plain
from kaohe.scheme.model import Indicator
from kaohe.submissions.work import Work

SPREAD = 4  # hundredths by which single leaves differ
KIND = 2  # hundredths by which one rates oneself better
REASON = "佐证材料只能证明其中一部分，按实际认定。"


def claimed(told: Played, subject: Told, work: Work, chance: random.Random) -> Iterator[tuple[str, list[Entry], str]]:
    """(leaf, entries, remark) of all that the party can say something about."""
    for leaf in work.leaves:
        said = {**told.usual, **subject.found, **subject.claims}.get(leaf.code)
        if not work.rates(leaf):
            continue
        if said is not None:
            yield leaf.code, entries(said), "见自查报告"
        elif leaf.rule == "judged" and work.owes(leaf):
            yield leaf.code, [{"rating": rating(_full(work, leaf), subject.level + KIND, chance)}], "见自查报告"
        elif leaf.rule == "check" and work.owes(leaf):
            yield leaf.code, [{"done": leaf.done[0]}], "见自查报告"


def _full(work: Work | Task, leaf: Indicator) -> Decimal:
    high = next(one.high for one in work.form(leaf).inputs if one.name == "rating")
    assert high is not None
    return high


def rating(full: Decimal, level: int, chance: random.Random) -> str:
    """Whole points of a hundred, halves of fewer."""
    share = Decimal(max(0, min(100, level + chance.randint(-SPREAD, SPREAD)))) / 100
    step = Decimal(1) if full > 20 else Decimal("0.5")
    return plain(min(full, (full * share / step).to_integral_value() * step))


def marks(told: Played, rater: Rater, task: Task, chance: random.Random) -> Iterator[tuple[Indicator, Mark]]:
    """What this assessor still has to say about one subject."""
    subject = told.subjects.get(task.subject.id, Told())
    said = {**told.usual, **subject.found}
    for leaf in task.leaves:
        if task.is_done(leaf):
            continue
        reason = subject.reasons.get(leaf.code, "")
        if leaf.code in said and not (is_rated(leaf) and leaf.value_channel not in {None, rater.channel}):
            yield leaf, _as_told(task, leaf, entries(said[leaf.code]), reason)
        elif is_rated(leaf):
            points = rating(_full(task, leaf), subject.level + rater.bias, chance)
            yield leaf, Mark([{"rating": points}], reason, False)
        elif task.claimed(leaf) or task.owes(leaf):
            yield leaf, _as_told(task, leaf, [dict(each) for each in task.claimed(leaf)] or _full_marks(leaf), reason)


def _full_marks(leaf: Indicator) -> list[dict[str, Any]]:
    return [{"done": leaf.done[0]}] if leaf.rule == "check" else []


def _as_told(task: Task, leaf: Indicator, found: list[Entry], reason: str) -> Mark:
    theirs = task.claimed(leaf)
    adopted = bool(theirs) and found == theirs
    return Mark(found, reason or (REASON if theirs and not adopted else ""), adopted)
