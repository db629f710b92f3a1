"""What is told again of equal subjects, and in equal months, is what each would get by itself."""

from decimal import Decimal
from typing import Any

import pytest

from kaohe.scheme import BadScheme, Scheme, yaml_text
from kaohe.scoring import decode_facts, encode, score, score_again, score_first
from tests.unit.scoring.kit import scheme

MONTHS = "periods: [month, year]\nrollup: month\n"
KINDS = (
    "kinds:\n"
    "  - {id: unit, title: 单位, after: [person]}\n"
    "  - {id: person, title: 人员, parent: unit, attributes: {share: {title: 比例, default: 1, type: %s}}}\n"
    "parameters:\n"
    "  most: {type: decimal, default: 2, min: 0, max: 100}\n"
    "  parts: {type: decimal, default: 2, min: 1, max: 100}\n"
)
PLUS = """
  - code: own.plus
    title: 加分
    kinds: [person]
    rule: sum
    line: bonus
    caps: {month: %s}
    children: [{code: .good, title: 好事, rule: bonus, amount: 2}]
"""
MEAN = (
    '  - {code: mean, title: 均分, kinds: [unit], rule: formula, formula: "children_mean(%s) / parts", stand_in: 7}\n'
)
SUBJECTS = [
    {"id": "u1", "kind": "unit"},
    {"id": "u2", "kind": "unit"},
    {"id": "u3", "kind": "unit"},
    {"id": "p1", "kind": "person", "parent": "u1"},
    {"id": "p2", "kind": "person", "parent": "u2"},
]
RECORDS = """
  - {subject: p1, leaf: own.plus.good, date: 2026-01-05}
  - {subject: p2, leaf: own.plus.good, date: 2026-01-05, count: 4}
  - {subject: p1, leaf: own.plus.good, date: 2026-02-05, count: 4}
  - {subject: p2, leaf: own.plus.good, date: 2026-04-05}
"""


def built(cap: str = "most", mean: str = "own.plus", share: str = "decimal") -> Scheme:
    return scheme(f"{MONTHS}{KINDS % share}indicators:{PLUS % cap}{MEAN % mean}")


def facts(period: str = "2026", **changed: Any) -> Any:
    records = yaml_text.load(f"records:{RECORDS}")
    return decode_facts({"scheme": "test", "period": period, "subjects": SUBJECTS, **records, **changed})


def test_months_are_not_alike_where_a_formula_names_the_period() -> None:
    of = built(cap="5 if period == '2026-02' else 1")
    parts = [score(of, facts(f"2026-{month:02}")).sheet("p1").total for month in range(1, 13)]
    assert parts[:3] == [Decimal(1), Decimal(5), Decimal(0)]
    assert score(of, facts()).sheet("p1").total == Decimal("0.50")


@pytest.mark.parametrize("changed", [{"most": Decimal(50)}, {"parts": Decimal(1)}], ids=str)
def test_units_alike_before_are_told_apart_where_their_people_differ_now(changed: dict[str, Decimal]) -> None:
    of = built()
    first = score_first(of, facts())
    again = score_again(first, of, changed)
    assert encode(again) == encode(score(of, facts(parameters=changed), with_lines=False))


def test_a_unit_without_people_is_not_like_one_whose_people_have_nothing() -> None:
    result = score(built(), facts("2026-03"))
    assert [result.sheet(unit).total for unit in ("u1", "u2", "u3")] == [Decimal(0), Decimal(0), Decimal(7)]


def test_people_weigh_in_what_is_alike() -> None:
    weighed = [subject | ({"attributes": {"share": 0}} if subject["id"] == "p2" else {}) for subject in SUBJECTS]
    result = score(built(mean="own.plus, 'share'"), facts("2026-03", subjects=weighed))
    assert [result.sheet(unit).total for unit in ("u1", "u2")] == [Decimal(0), Decimal(7)]


def test_a_weight_that_is_no_number_is_told_as_the_formula_that_asks_for_it() -> None:
    named = [subject | ({"attributes": {"share": "半"}} if "parent" in subject else {}) for subject in SUBJECTS]
    with pytest.raises(BadScheme, match="算不出来"):
        score(built(mean="own.plus, 'share'", share="text"), facts("2026-03", subjects=named))
