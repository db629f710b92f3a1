"""What the peers' functions see: numbers that were recorded, or points that were given."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.unit.scoring.kit import totals, units

RATE = """
indicators:
  - code: rate
    title: 满意率
    rule: steps
    interpolate: true
    floor: 50
    steps: {50: 50, 100: 100}
    STAND_IN
"""
COUNTED = """    fields: {good: {title: 满意}, all: {title: 全部}}
    value: "100 * measure(rate, 'good') / measure(rate, 'all') if measure(rate, 'all') >= 5 else none"
"""


def test_too_small_a_sample_stands_at_the_mean_points_of_its_peers() -> None:
    records = [
        {"subject": name, "leaf": "rate", "date": "2026-01-02", "fields": {"good": good, "all": 10 if good > 1 else 4}}
        for name, good in zip("abc", (9, 7, 1), strict=True)
    ]
    found = totals(
        RATE.replace("STAND_IN", "stand_in: peers_mean(rate)") + COUNTED, "{}", records=records, subjects=units(*"abc")
    )
    assert found == {"a": Decimal(90), "b": Decimal(70), "c": Decimal(80)}


@pytest.mark.parametrize(("asked", "given"), [("rate, 'points'", 95), ("rate", 90)])
def test_of_a_measured_leaf_the_points_are_asked_for_by_name(asked: str, given: int) -> None:
    body = RATE.replace("50: 50", "80: 90").replace("STAND_IN", f"stand_in: peers_mean({asked})")
    records = [
        {"subject": name, "leaf": "rate", "date": "2026-01-02", "value": value}
        for name, value in (("a", 80), ("b", 100))
    ]
    assert totals(body, "{}", records=records, subjects=units(*"abc"))["c"] == given


def test_places_by_points_and_from_the_lowest() -> None:
    body = RATE.replace("STAND_IN", "") + (
        "  - {code: first, title: 名次, line: bonus, rule: formula, formula: \"peers_rank(rate, 'lowest', 'points')\"}\n"
    )
    records = [
        {"subject": name, "leaf": "rate", "date": "2026-01-02", "value": value}
        for name, value in (("a", 80), ("b", 100), ("c", 90))
    ]
    found = totals(body, "{}", records=records, subjects=units(*"abc"))
    assert found == {"a": Decimal(81), "b": Decimal(103), "c": Decimal(92)}
