"""Other parameters on the same facts: what they do not reach is taken over, and nothing else is."""

from decimal import Decimal
from typing import Any

import pytest

from kaohe.scheme import Scheme, yaml_text
from kaohe.scoring import Facts, Result, decode_facts, encode, score, score_again, score_first
from kaohe.scoring.reach import Reach
from tests.unit.scoring.kit import scheme

KINDS = "kinds:\n  - {id: unit, title: 单位, after: [person]}\n  - {id: person, title: 人员, parent: unit}\n"
PARAMETERS = """
parameters:
  cap: {type: decimal, default: 5, min: 0, max: 100}
  each: {type: decimal, default: 2, min: 0, max: 100}
  line: {type: decimal, default: 90, min: 0, max: 100}
"""
BONUS = "{code: .good, title: 好事, rule: bonus, amount: each}"
FACTS = """
scheme: test
period: 2026
subjects:
  - {id: u1, kind: unit}
  - {id: u2, kind: unit}
  - {id: p1, kind: person, parent: u1}
  - {id: p2, kind: person, parent: u1}
  - {id: p3, kind: person, parent: u2}
records:
  - {subject: p1, leaf: plus.good, date: 2026-02-01, count: 4}
  - {subject: p1, leaf: minus.bad, date: 2026-03-01, count: 2}
  - {subject: p2, leaf: minus.bad, date: 2026-03-01}
  - {subject: p3, leaf: plus.good, date: 2026-02-01}
"""
PLUS = f"""
  - code: plus
    title: 加分
    kinds: [person]
    rule: sum
    line: bonus
    caps: {{year: cap}}
    children: [{BONUS}]
"""
MINUS = """
  - code: minus
    title: 扣分
    kinds: [person]
    points: 20
    rule: deduct-from-full
    children: [{code: .bad, title: 坏事, rule: deduct, amount: 3}]
"""
OF_UNIT = "  - {code: mean, title: 均分, kinds: [unit], rule: formula, formula: children_mean(%s), stand_in: 0}\n"


def built(items: str, more: str = "") -> Scheme:
    return scheme(f"{KINDS}{PARAMETERS}{more}indicators:{items}")


def both(of: Scheme, overrides: dict[str, Any]) -> tuple[Result, Result]:
    facts: Facts = decode_facts(yaml_text.load(FACTS))
    again = score_again(score_first(of, facts), of, overrides)
    anew = score(of, decode_facts(yaml_text.load(FACTS) | {"parameters": overrides}), with_lines=False)
    return again, anew


PART = "  - {code: again, title: 再算, kinds: [person], rule: formula, formula: part(plus) / 2}\n"
AT_MOST = MINUS.replace("points: 20\n", "at_most: plus\n").replace("deduct-from-full", "sum")
MEAN_OF_LIMITED = AT_MOST + OF_UNIT % "minus"
SCHEMES = {
    "plain": built(PLUS + MINUS + OF_UNIT % "minus"),
    "mean of what is reached": built(PLUS + MINUS + OF_UNIT % "plus"),
    "part": built(PLUS + MINUS + PART + OF_UNIT % "again"),
    "at most": built(PLUS + MEAN_OF_LIMITED),
    "cap of the total": built(PLUS + MINUS + OF_UNIT % "minus", "total_cap: line\n"),
    "stages": built(PLUS + MINUS + OF_UNIT % "plus", "stages: [{when: subtotal < line, status: 不合格}]\n"),
}


@pytest.mark.parametrize("overrides", [{"cap": Decimal(1)}, {"each": Decimal(1)}, {"line": Decimal(10)}, {}], ids=str)
@pytest.mark.parametrize("of", SCHEMES.values(), ids=SCHEMES)
def test_scored_again_is_scored_anew(of: Scheme, overrides: dict[str, Any]) -> None:
    again, anew = both(of, overrides)
    assert encode(again) == encode(anew)


def test_what_was_graded_before_stays_as_it_was() -> None:
    of, facts = SCHEMES["plain"], decode_facts(yaml_text.load(FACTS))
    first = score_first(of, facts)
    before = encode(first.result)
    score_again(first, of, {"cap": Decimal(1)})
    assert encode(first.result) == before


def test_what_asks_for_earlier_grades_is_reached_by_every_parameter() -> None:
    often = "  - {code: often, title: 多次, kinds: [person], rule: formula, formula: times('不合格')}\n"
    of = built(PLUS + MINUS + often + OF_UNIT % "minus", "stages: [{when: subtotal < line, status: 不合格}]\n")
    assert Reach(of, {"each"}).items == {"plus", "minus", "often", "mean"}


def test_only_what_names_a_parameter_or_looks_at_that_is_reached() -> None:
    assert Reach(SCHEMES["plain"], {"each"}).items == {"plus"}
    assert Reach(SCHEMES["mean of what is reached"], {"each"}).items == {"plus", "mean"}
    assert Reach(SCHEMES["plain"], {"line"}).items == set()
