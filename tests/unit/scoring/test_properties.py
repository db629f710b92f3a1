"""What must hold for any records at all."""

import random
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaohe.plugins import registry
from kaohe.scheme import Indicator
from kaohe.scoring import Facts, Record, Result, Subject, decode_facts, encode, encode_facts, score
from kaohe.scoring.sheets import Sheet

SUBJECTS = [
    Subject(id="w1", kind="window", attributes={"headcount": 2}),
    Subject(id="w2", kind="window"),
    Subject(id="s1", kind="staff", parent="w1", attributes={"weight": Decimal("0.3")}),
    Subject(id="s2", kind="staff", parent="w1"),
    Subject(id="s3", kind="staff", parent="w2", active_from=date(2026, 2, 10), active_to=date(2026, 11, 3)),
]
WINDOW_STAFF = registry().scheme("window-staff")
EVENTS = [leaf for leaf in WINDOW_STAFF.leaves.values() if leaf.rule.startswith(("deduct", "bonus"))]
DAYS = st.integers(0, 364).map(lambda n: date(2026, 1, 1) + timedelta(days=n))
MATTERS = st.sampled_from([None, None, "甲", "乙"])


def amounts(leaf: Indicator) -> st.SearchStrategy[dict[str, Any]]:
    if leaf.rule.endswith("-range"):
        low, high = Decimal(leaf.min.text), Decimal(leaf.max.text)  # type: ignore[union-attr]
        return st.decimals(low, high, places=2).map(lambda amount: {"amount": amount})
    if leaf.rule.endswith("-by-level"):
        return st.sampled_from(sorted(leaf.levels)).map(lambda level: {"level": level})
    return st.just({})


@st.composite
def records(draw: st.DrawFn) -> Record:
    subject = draw(st.sampled_from(SUBJECTS))
    leaf = draw(st.sampled_from([leaf for leaf in EVENTS if subject.kind in leaf.kinds]))
    first, last = subject.active_from or date.min, subject.active_to or date.max
    day = draw(DAYS.filter(lambda day: first <= day <= last))
    matter = draw(MATTERS)
    count = None if matter else draw(st.integers(1, 4))
    return Record(subject=subject.id, leaf=leaf.code, date=day, matter=matter, count=count, **draw(amounts(leaf)))


def scored(rows: Sequence[Record], period: str) -> Result:
    return score(WINDOW_STAFF, Facts(scheme="window-staff", period=period, subjects=SUBJECTS, records=list(rows)))


ROWS = st.lists(records(), max_size=25)
PERIODS = st.sampled_from(["2026-02", "2026-06", "2026-Q1", "2026"])


@settings(max_examples=40, deadline=None)
@given(ROWS, PERIODS, st.randoms(use_true_random=False))
def test_order_of_input_does_not_matter(rows: list[Record], period: str, chance: random.Random) -> None:
    shuffled, subjects = list(rows), list(SUBJECTS)
    chance.shuffle(shuffled)
    chance.shuffle(subjects)
    other = Facts(scheme="window-staff", period=period, subjects=subjects, records=shuffled)
    assert encode(scored(rows, period)) == encode(score(WINDOW_STAFF, other))


@settings(max_examples=60, deadline=None)
@given(ROWS, PERIODS)
def test_lines_and_items_add_up_exactly(rows: list[Record], period: str) -> None:
    for sheet in scored(rows, period).sheets:
        assert sum(line.amount for line in sheet.lines) == sheet.total == sum(sheet.items.values())
        assert sheet.base == sheet.total - sheet.bonus + sheet.deduction


@settings(max_examples=60, deadline=None)
@given(ROWS, PERIODS)
def test_floors_and_caps_hold(rows: list[Record], period: str) -> None:
    for sheet in scored(rows, period).sheets:
        for code, points in sheet.items.items():
            full = WINDOW_STAFF.indicator(code).points
            assert 0 <= points <= (Decimal(10) if full is None else Decimal(full.text))


@settings(max_examples=40, deadline=None)
@given(ROWS, records())
def test_one_more_deduction_never_raises_a_score(rows: list[Record], more: Record) -> None:
    if WINDOW_STAFF.leaves[more.leaf].rule.startswith("bonus"):
        return
    before, after = scored(rows, "2026"), scored([*rows, more], "2026")
    for old, new in zip(before.sheets, after.sheets, strict=True):
        assert new.total <= old.total


def mean(values: Sequence[Decimal]) -> Decimal:
    exact = sum(values) / Decimal(len(values))
    return exact.quantize(Decimal("0.01"), "ROUND_HALF_UP")


@settings(max_examples=15, deadline=None)
@given(ROWS)
def test_months_agree_with_the_year(rows: list[Record]) -> None:
    months: dict[str, list[Sheet]] = {}
    for month in range(1, 13):
        for sheet in scored(rows, f"2026-{month:02}").sheets:
            months.setdefault(sheet.subject, []).append(sheet)
    for sheet in scored(rows, "2026").sheets:
        if any(line.why == "年度不得分" for line in sheet.lines):
            continue
        for code, points in sheet.items.items():
            assert points == mean([month.items[code] for month in months[sheet.subject]])


@settings(max_examples=30, deadline=None)
@given(ROWS, PERIODS)
def test_exported_facts_give_the_same_bytes(rows: list[Record], period: str) -> None:
    facts = Facts(scheme="window-staff", period=period, subjects=SUBJECTS, records=list(rows))
    again = decode_facts(encode_facts(facts))
    assert encode(score(WINDOW_STAFF, again)) == encode(score(WINDOW_STAFF, facts))


@pytest.mark.parametrize("change", [{"period": "2026-04"}, {"parameters": {"bonus_cap": 9}}, {"records": []}])
def test_digest_follows_every_part_of_the_input(change: dict[str, Any]) -> None:
    record = Record(subject="s1", leaf="staff.conduct.uniform", date=date(2026, 3, 5))
    members: dict[str, Any] = {"period": "2026-03", "parameters": {}, "records": [record]}
    digests = {
        score(WINDOW_STAFF, Facts(scheme="window-staff", subjects=SUBJECTS, **one)).digest
        for one in (members, members | change)
    }
    assert len(digests) == 2


def test_digest_does_not_see_how_numbers_are_written() -> None:
    def digest(amount: str) -> str:
        row = {"subject": "s1", "leaf": "staff.discipline.dispute", "date": "2026-03-05", "amount": Decimal(amount)}
        subjects = [{"id": "w1", "kind": "window"}, {"id": "s1", "kind": "staff", "parent": "w1"}]
        facts = {"scheme": "window-staff", "period": "2026-03", "subjects": subjects, "records": [row]}
        return score(WINDOW_STAFF, decode_facts(facts)).digest

    assert digest("4") == digest("4.00") == digest("0.4e1")
