"""What only shows when the records of one subject and leaf are looked at together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kaohe.scheme.model import Indicator, Scheme
from kaohe.scheme.parameters import Values
from kaohe.scheme.periods import Period, containing
from kaohe.scheme.problems import Problem, shown
from kaohe.scoring.facts import Facts, Record, Subject

Placed = list[tuple[int, Record]]
TOGETHER = ("judged", "check", "target", "steps", "imported")


def check_together(
    scheme: Scheme, facts: Facts, subjects: Mapping[str, Subject], period: Period, values: Values
) -> Iterator[Problem]:
    """Periods of the scheme's own length, so that a year of a monthly scheme allows twelve values."""
    wanted = {code for code, leaf in scheme.leaves.items() if leaf.rule in TOGETHER}
    length = scheme.rollup or period.type
    groups: dict[tuple[str, str, object], Placed] = {}
    for index, record in enumerate(facts.records):
        if record.leaf in wanted and record.subject in subjects:
            start = containing(record.date, length, scheme.month_starts).start
            groups.setdefault((record.subject, record.leaf, start), []).append((index, record))
    for (_, code, _), placed in groups.items():
        if len(placed) > 1:
            yield from _check_group(scheme, scheme.leaves[code], placed)


def _check_group(scheme: Scheme, leaf: Indicator, placed: Placed) -> Iterator[Problem]:
    if leaf.rule == "judged":
        yield from _raters(scheme, leaf, placed)
        return
    if leaf.rule == "check":
        yield from _second(scheme, leaf, placed, "done")
        return
    if leaf.accumulates:
        yield from _one_target(scheme, leaf, placed)
    else:
        yield from _second(scheme, leaf, placed, "value")
    if leaf.qualifies:
        yield from _numbers_or_things(scheme, leaf, placed)


def _raters(scheme: Scheme, leaf: Indicator, placed: Placed) -> Iterator[Problem]:
    seen: set[tuple[str | None, str | None]] = set()
    values = 0
    for index, record in placed:
        key = (record.channel, record.rater)
        values += record.value is not None
        mixed = len(placed) > values and leaf.value_channel is None
        if record.value is not None and (values > 1 or mixed):
            told = ("one value, or ratings", "一个数值或评分，二者不并用")
            yield _problem(scheme, leaf, index, "value", record.value, *told)
            continue
        if key in seen:
            value = record.rater or "(rater omitted)"
            yield _problem(
                scheme, leaf, index, "rater", value, "one rating by each rater", "每位评分人只评一次", "duplicate"
            )
        seen.add(key)


def _second(scheme: Scheme, leaf: Indicator, placed: Placed, member: str) -> Iterator[Problem]:
    if leaf.qualifies and member == "value":
        placed = [(index, record) for index, record in placed if record.value is not None]
    for index, record in placed[1:]:
        value = getattr(record, member)
        yield _problem(scheme, leaf, index, member, value, "one record a period", "每期只能一条", "duplicate")


def _one_target(scheme: Scheme, leaf: Indicator, placed: Placed) -> Iterator[Problem]:
    first = next((r.target for _, r in placed if r.target is not None), None)
    for index, record in placed:
        if record.target is not None and record.target != first:
            yield _problem(
                scheme, leaf, index, "target", record.target, f"target {shown(first)}", f"同期目标 {shown(first)}"
            )


def _numbers_or_things(scheme: Scheme, leaf: Indicator, placed: Placed) -> Iterator[Problem]:
    numbers = [index for index, record in placed if record.value is not None]
    things = [index for index, record in placed if record.value is None]
    if numbers and things:
        value = placed[0][1].value
        yield _problem(scheme, leaf, numbers[0], "value", value, "fields", "逐项登记（二者只填其一）")


def _problem(
    scheme: Scheme,
    leaf: Indicator,
    index: int,
    member: str,
    value: object,
    allowed: str,
    zh: str,
    code: str = "conflict",
) -> Problem:
    place = f"records[{index}].{member}"
    return Problem(place, code, shown(value), allowed, scheme.id, leaf.code, zh)
