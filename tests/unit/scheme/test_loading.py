"""Errors of a scheme's YAML name file, line and the mend; nothing in it becomes a binary number."""

from decimal import Decimal

import pytest

from kaohe.plugins import registry
from kaohe.scheme import BadScheme, yaml_text
from kaohe.scheme.loading import read_scheme

GOOD = """id: test
version: "1"
title: 试验
regulation: 试验办法
kinds: [{id: unit, title: 单位}]
periods: [year]
indicators:
  - code: a
    title: 甲
    rule: sum
    children:
      - {code: .x, title: 乙, rule: deduct, amount: 2}
"""


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "amount: 2",
            "amount: 2, colour: red",
            "s.yaml:12: indicators[0].children[0]: Object contains unknown field `colour`",
        ),
        (", amount: 2", "", "s.yaml:12: 「a.x」 needs `amount` for its rule `deduct`"),
        ("rule: deduct,", "rule: detract,", "s.yaml:12: indicators[0].children[0].rule: Invalid enum value 'detract'"),
        (
            "amount: 2",
            "amount: '2 +'",
            "s.yaml:12: indicators[0].children[0].amount: 「2 +」 is not a formula: invalid syntax",
        ),
        (
            "amount: 2",
            "amount: twice",
            "s.yaml:12: 「twice」 names 「twice」, which is no parameter, attribute, field or function",
        ),
        (
            "title: 乙",
            "title: 乙, only_when: count(a.y) > 0",
            "s.yaml:12: 「count(a.y) > 0」 names the indicator 「a.y」, which is nowhere",
        ),
        ("rule: sum", "rule: deduct", "s.yaml:10: 「a」 has rule `deduct`: a branch needs a branch's rule"),
        ("code: .x", "code: a", "s.yaml:12: 「a」 is there twice; give one of them another code"),
        ("title: 乙", "title: 乙, kinds: [town]", "s.yaml:12: kind 「town」 is not declared under `kinds`"),
        ("title: 乙", "title: 乙, channels: [self]", "s.yaml:12: channel 「self」 is not declared under `channels`"),
        ("rule: deduct,", "rule: function, function: f,", "s.yaml:12: no function `f` in the plugin's rules"),
        ("periods: [year]\n", "periods: [year]\nperiods: [month]\n", "s.yaml:7: 「periods」 is there twice"),
        ("    title: 甲", "   title: 甲", "s.yaml:9: expected <block end>, but found '<block mapping start>'"),
        ("id: test\n", "", "s.yaml:1: Object missing required field `id`"),
    ],
)
def test_fault_is_told_with_its_line(old: str, new: str, told: str) -> None:
    with pytest.raises(BadScheme) as bad:
        read_scheme(GOOD.replace(old, new, 1), "s.yaml")
    assert bad.value.messages[0].replace(": : ", ": ") == told


def test_parameter_whose_default_breaks_its_own_bounds() -> None:
    with pytest.raises(BadScheme, match=r"s.yaml:2: 5 is not allowed by its own bounds \(0 to 1\)"):
        read_scheme(f"parameters:\n  p: {{default: 5, min: 0, max: 1}}\n{GOOD}", "s.yaml")


def test_yaml_numbers_are_exact_and_only_numbers_become_numbers() -> None:
    text = "{a: 0.1, b: 3, c: on, d: 2026-03-04, e: 007, f: 1e3, g: 12:30, h: true, i: null, j: .5, k: -2.50}"
    assert yaml_text.load(text) == {
        "a": Decimal("0.1"),
        "b": 3,
        "c": "on",
        "d": "2026-03-04",
        "e": "007",
        "f": "1e3",
        "g": "12:30",
        "h": True,
        "i": None,
        "j": ".5",
        "k": Decimal("-2.50"),
    }


def test_content_hash_follows_the_text() -> None:
    assert read_scheme(GOOD).content_hash != read_scheme(GOOD + "# 改\n").content_hash


def test_description_lists_every_node_parents_first() -> None:
    described = registry().scheme("window-staff").describe()
    nodes = {node["code"]: node for node in described["indicators"]}
    seen: set[str | None] = {None}
    for node in described["indicators"]:
        assert node["parent"] in seen
        seen.add(node["code"])
    assert described["periods"] == ["month", "quarter", "year"]
    assert nodes["staff.attendance"]["points"] == "20"
    assert nodes["staff.attendance"]["rule"] == "deduct-from-full"
    assert nodes["staff.attendance.absent"] == {
        "code": "staff.attendance.absent",
        "parent": "staff.attendance",
        "kinds": ["staff"],
        "title": {"zh": "迟到早退、擅自离岗、空岗", "en": "Late, early or absent"},
        "points": None,
        "rule": "deduct-by-level",
        "levels": {"within30": "1", "over30": "2"},
        "default_level": "within30",
        "article": "人员细则(一)1",
        "evidence": ["考勤记录"],
    }
    cap = next(parameter for parameter in described["parameters"] if parameter["name"] == "bonus_cap")
    assert (cap["type"], cap["default"], cap["min"], cap["max"], cap["silent"]) == ("decimal", "10", "0", "100", True)


def test_every_leaf_of_the_shipped_schemes_cites_its_article_and_has_both_titles() -> None:
    for scheme in registry().schemes.values():
        for node in scheme.nodes:
            assert node.article, node.code
            assert node.title.zh, node.code
            assert node.title.en, node.code
