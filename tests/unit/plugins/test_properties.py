"""What holds in every scheme, shipped or drawn up in the browser, whatever is recorded."""

from __future__ import annotations

import random
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from kaohe.plugins import registry
from kaohe.scheme import Scheme
from kaohe.scheme.checks.caps import most
from kaohe.scheme.checks.finding import Looked
from kaohe.scoring import (
    BadFacts,
    Facts,
    Problem,
    Result,
    check,
    decode_facts,
    encode,
    encode_facts,
    periods,
    score,
    score_again,
    score_first,
)
from tests.factories.designed import copied, from_a_sheet
from tests.unit.plugins.facts_for import fit, parameters_for, periods_of, records_for

SCHEMES = [*registry().schemes.values(), from_a_sheet(), copied("information-points")]
every_scheme = pytest.mark.parametrize("scheme", SCHEMES, ids=lambda scheme: scheme.id)
some = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)


def facts(data: st.DataObject, scheme: Scheme, size: int = 30) -> Facts:
    rows = data.draw(st.lists(records_for(scheme), max_size=size))
    return fit(scheme, data.draw(periods_of(scheme)), rows)


def changed(facts: Facts, **members: Any) -> Facts:
    kept = {name: getattr(facts, name) for name in ("scheme", "period", "subjects", "records")}
    return Facts(**(kept | members))


@every_scheme
@some
@given(data=st.data())
def test_order_of_input_does_not_matter(scheme: Scheme, data: st.DataObject) -> None:
    given_facts, chance = facts(data, scheme), random.Random(data.draw(st.integers(0, 9)))
    rows, subjects = list(given_facts.records), list(given_facts.subjects)
    chance.shuffle(rows)
    chance.shuffle(subjects)

    shuffled = changed(given_facts, records=rows, subjects=subjects)

    assert encode(score(scheme, shuffled)) == encode(score(scheme, given_facts))


@every_scheme
@some
@given(data=st.data())
def test_lines_and_items_add_up_to_the_total(scheme: Scheme, data: st.DataObject) -> None:
    for sheet in score(scheme, facts(data, scheme)).sheets:
        assert sum((line.amount for line in sheet.lines), Decimal(0)) == sheet.total
        assert sum(sheet.items.values(), Decimal(0)) == sheet.total
        assert sheet.base == sheet.total - sheet.bonus + sheet.deduction


@every_scheme
@some
@given(data=st.data())
def test_caps_and_floors_hold(scheme: Scheme, data: st.DataObject) -> None:
    looked = Looked(scheme, {})
    given_facts = facts(data, scheme)
    window = periods.parse(given_facts.period, scheme.month_starts).type
    for sheet in score(scheme, given_facts).sheets:
        for code, points in sheet.items.items():
            node = scheme.indicator(code)
            highest = None if node.is_leaf else most(looked, node, window)
            assert highest is None or points <= highest
            floor = looked.number(node.floor) or 0
            if node.rule in ("deduct-from-full", "weighted", "judged", "check", "target"):
                assert points >= floor


@every_scheme
@some
@given(data=st.data())
def test_one_more_deduction_never_raises_the_score(scheme: Scheme, data: st.DataObject) -> None:
    deducting = [leaf for leaf in scheme.leaves.values() if leaf.rule.startswith("deduct")]
    given_facts = facts(data, scheme)
    more = data.draw(records_for(scheme, deducting))
    grown = fit(scheme, periods.parse(given_facts.period, scheme.month_starts), [*given_facts.records, more])
    if not scheme.leaves[more.leaf].rule.startswith("deduct") or len(grown.records) == len(given_facts.records):
        return  # the subject's kind has no deductions, or the record does not fit

    before, after = score(scheme, given_facts), score(scheme, grown)

    assert after.sheet(more.subject).total <= before.sheet(more.subject).total


@every_scheme
@some
@given(data=st.data())
def test_a_rehearsal_gives_all_but_the_lines(scheme: Scheme, data: st.DataObject) -> None:
    given_facts = facts(data, scheme)

    full, quick = score(scheme, given_facts), score(scheme, given_facts, with_lines=False)

    for sheet in (*full.sheets, *quick.sheets):
        sheet.lines = []
    assert encode(quick) == encode(full)


@every_scheme
@some
@given(data=st.data())
def test_a_rehearsal_takes_over_only_what_other_parameters_leave_as_it_is(scheme: Scheme, data: st.DataObject) -> None:
    given_facts, first_values, values = facts(data, scheme, 60), *(data.draw(parameters_for(scheme)) for _ in range(2))
    assume(not check(scheme, changed(given_facts, parameters=first_values)))

    first = score_first(scheme, changed(given_facts, parameters=first_values))

    for overrides in (values, {}):
        assert told(lambda over=overrides: score_again(first, scheme, over)) == told(
            lambda over=overrides: score(scheme, changed(given_facts, parameters=over), with_lines=False)
        )


def told(scored: Callable[[], Result]) -> bytes | list[Problem]:
    try:
        return encode(scored())
    except BadFacts as bad:
        return list(bad.problems)


@every_scheme
@some
@given(data=st.data())
def test_exported_facts_give_the_same_bytes(scheme: Scheme, data: st.DataObject) -> None:
    given_facts = facts(data, scheme)

    again = decode_facts(encode_facts(given_facts))

    assert encode(score(scheme, again)) == encode(score(scheme, given_facts))


@pytest.mark.parametrize("scheme", [s for s in SCHEMES if s.rollup == "month"], ids=lambda scheme: scheme.id)
@settings(parent=some, max_examples=6)
@given(data=st.data())
def test_months_agree_with_the_year(scheme: Scheme, data: st.DataObject) -> None:
    rows = data.draw(st.lists(records_for(scheme), max_size=20))
    year = fit(scheme, periods.parse("2026"), rows)
    months: list[Result] = [score(scheme, changed(year, period=f"2026-{month:02}")) for month in range(1, 13)]
    for sheet in score(scheme, year).sheets:
        whole_branches = {line.leaf for line in sheet.lines if line.kind == "deduction"}
        for code, points in sheet.items.items():
            given_in_months = [month.sheet(sheet.subject).items[code] for month in months]
            if code not in whole_branches:
                assert points == mean(given_in_months)


def mean(values: list[Decimal]) -> Decimal:
    return (sum(values, Decimal(0)) / len(values)).quantize(Decimal("0.01"), "ROUND_HALF_UP")
