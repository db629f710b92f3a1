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


PLAINLY = "数写成 60、0.5 这样：半角，没有正号、百分号、千分位和多余的 0"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("amount: 2", "amount: 2, amont: 3", "12: indicators[0].children[0]：不认识「amont」，是不是「amount」？"),
        ("amount: 2", "amount: 2, colour: red", "12: indicators[0].children[0]：不认识「colour」，写法见 kit.md"),
        (", amount: 2", "", "12: 「a.x」的规则 deduct 要有 amount，请补上"),
        (
            "rule: deduct,",
            "rule: dedukt,",
            "12: indicators[0].children[0].rule：没有「dedukt」这一项，是不是「deduct」？",
        ),
        ("amount: 2", "amount: '2 +'", "12: indicators[0].children[0].amount：「2 +」不是公式：没有写完整"),
        (
            "kinds: [{id: unit, title: 单位",
            "kinds: [{id: unit, groups: {a: 甲组}, title: 单位",
            "5: 「unit」没有 group，分组的名称没有用处",
        ),
        ("amount: 2", "amount: [2]", "12: indicators[0].children[0].amount：[2] 既不是数也不是公式"),
        (
            "amount: 2",
            "amount: 1e999",
            "12: indicators[0].children[0].amount：「1e999」不是普通的数，写成 5、0.5 这样，至多 30 位",
        ),
        ("amount: 2", "amount: twice", "12: 公式「twice」里的「twice」在这里没有，有：kind、period"),
        (
            "amount: 2",
            "amount: true + 'a'",
            "12: 应为数：「true + 'a'」算不出来：unsupported operand type(s) for +: 'bool' and 'str'",
        ),
        (
            "title: 乙",
            "title: 乙, only_when: count(a.y) > 0",
            "12: 公式「count(a.y) > 0」：没有指标「a.y」，是不是「a.x」？",
        ),
        (
            "title: 乙",
            "title: 乙, only_when: count(a) > 0",
            "12: 公式「count(a) > 0」：「a」是分支，count 只看叶子的记录，逐个写出叶子",
        ),
        (
            "title: 乙",
            "title: 乙, only_when: total > 0",
            "12: 公式「total > 0」里的「total」在这里没有，是不是「subtotal」？",
        ),
        (
            "title: 乙",
            "title: 乙, only_when: part(a.x) > 0",
            "12: 公式「part(a.x) > 0」：「a.x」在「a.x」之后才算，把它移到前面",
        ),
        ("title: 乙", "title: 乙, at_most: a", "12: 「a.x」不是顶层项目，at_most 只能写在顶层项目上"),
        ("rule: sum", "rule: deduct", "10: 「a」的规则是 deduct：它有下级，要用分支的规则（sum 等）"),
        (
            "rule: sum",
            "rule: sum\n    part_caps: [{of: [a.z], cap: 1}]",
            "11: 「a.z」不是「a」的直接子项，是不是「a.x」？",
        ),
        ("code: .x", "code: a", "12: 代码「a」写了两次，给其中一个换一个代码"),
        ("code: .x", "code: .迟到", "12: 代码「a.迟到」只用字母、数字和下划线，以点分级，每级字母开头"),
        ("title: 乙", "title: 乙, kinds: [town]", "12: 没有对象类型「town」，有：unit"),
        ("title: 乙", "title: 乙, channels: [self]", "12: 没有渠道「self」，这里一个也没有声明"),
        (
            "title: 乙, rule: deduct, amount: 2",
            "title: 乙, rule: judged",
            "12: 「a.x」的规则 judged 要有 points，请补上",
        ),
        ("rule: deduct,", "rule: function, function: f,", "12: 插件的 rules.py 里没有函数「f」，这里一个也没有声明"),
        ("title: 试验", "title: 5", "3: title：应为键值表，写的是整数"),
        ("periods: [year]", "periods: [yaer]", "6: periods[0]：没有「yaer」这一项，是不是「year」？"),
        ("periods: [year]", "periods: []", "6: 一个周期也没有，写上 week month quarter half year 中的"),
        (
            "periods: [year]",
            "periods: [year]\nrollup: year",
            "7: 没有比「year」长的周期，删去 rollup，或在 periods 里加上",
        ),
        ("periods: [year]", "periods: [year]\nmonth_starts: 31", "7: month_starts 是 31，应为 1 到 28"),
        ("periods: [year]", "periods: [year]\nchannels: [self]", "7: channels[0]：应为键值表，写的是文字"),
        ("periods: [year]", "periods: [year]\neffective: 2026-02-30", "7: effective：不是日期，写成 2026-01-31 这样"),
        ("periods: [year]", "periods: [year]\ngrading: [{parameter: g}]", "7: 没有参数「g」，这里一个也没有声明"),
        ("periods: [year]\n", "periods: [year]\nperiods: [month]\n", "7: 不是合法的 YAML：「periods」写了两次"),
        (
            "    title: 甲",
            "   title: 甲",
            "9: 不是合法的 YAML：缩进对不齐：同一级的行从同一列开始，下一级多缩进两格",
        ),
        ("    title: 甲", "\ttitle: 甲", "9: 不是合法的 YAML：用了制表符（Tab），改成空格"),
        (
            "    title: 甲",
            "    title：甲",
            "9: 不是合法的 YAML：这一行没有「键: 值」的冒号，冒号后要有空格；这一行有全角的「：」，结构里的标点要用半角",
        ),
        (", amount: 2}", ", amount: 2", "12: 不是合法的 YAML：从这里开始的「{」没有写完：少了「}」、逗号或引号"),
        ("title: 甲", "title: '甲", "9: 不是合法的 YAML：从这里开始的引号没有闭合"),
        ("title: 甲", "title: *a", "9: 不是合法的 YAML：引用了「*a」，前面没有「&a」"),
        (
            "title: 甲",
            "title: !!python/name:os",
            "9: 不是合法的 YAML：不能用类型标记「tag:yaml.org,2002:python/name:os」，删去",
        ),
        ("title: 甲", "title: 甲\x01", "9: 不是合法的 YAML：有不能写的控制字符 U+0001，删去"),
        ("title: 甲", "title: " + "[" * 3000, "1: 不是合法的 YAML：层次太深，最多几十层"),
        ("amount: 2", "amount: ２", f"12: indicators[0].children[0].amount：「２」不是公式：{PLAINLY}"),
        ("amount: 2", "amount: 2%", f"12: indicators[0].children[0].amount：「2%」不是公式：{PLAINLY}"),
        ("amount: 2", "amount: +2", f"12: indicators[0].children[0].amount：「+2」：{PLAINLY}"),
        (
            "amount: 2",
            "amount: 2 if count(a.x) => 3 else 1",
            "12: indicators[0].children[0].amount：「2 if count(a.x) => 3 else 1」不是公式：大于等于写 >=",
        ),
        ("amount: 2", "amount: 2 / 0", "12: 「2 / 0」算不出数（除以 0）"),
        (
            "amount: 2",
            "amount: 2" + "0" * 40,
            f"12: indicators[0].children[0].amount：「2{'0' * 39}」太大，整数部分至多 30 位",
        ),
        ("title: 乙", "title: 乙, highest_only: 是", "12: highest_only 写的是「是」：写 true，或者几个叶子共用的组名"),
        ("title: 乙", "title: 乙, only_when: count() > 0", "12: 公式「count() > 0」：count 至少写一个指标，写了 0 个"),
        (
            "title: 乙",
            "title: 乙, only_when: \"count(a.x, 'years') > 0\"",
            "12: 公式「count(a.x, 'years') > 0」：没有指标或周期「years」，是不是「year」？",
        ),
        ('version: "1"', "version: 1", '2: version：应为文字，写的是整数，加上引号，如 "1"'),
        ("kinds: [{id: unit, title: 单位}]", "kinds: {id: unit, title: 单位}", "5: kinds：应为列表，写的是键值表"),
        ("id: test\n", "", "1: 缺少「id」，请补上"),
        ("id: test\n", "id: [test]\n", "1: id：应为文字，写的是列表"),
    ],
)
def test_fault_is_told_with_its_line(old: str, new: str, told: str) -> None:
    with pytest.raises(BadScheme) as bad:
        read_scheme(GOOD.replace(old, new, 1), "s.yaml")
    assert bad.value.messages == (f"s.yaml:{told}",)


def test_everything_wrong_is_told_at_once() -> None:
    wrong = GOOD.replace("amount: 2", "amount: '2 +', colour: red").replace("rule: sum", "rule: summe\n    flags: 5")
    with pytest.raises(BadScheme) as bad:
        read_scheme("parameters:\n  p: {default: 1, min: a}\n  q: {default: 1, typ: text}\n" + wrong, "s.yaml")
    assert [message.split("：")[0] for message in bad.value.messages] == [
        "s.yaml:2: parameters.p.min", "s.yaml:3: parameters.q", "s.yaml:13: indicators[0].rule", "s.yaml:14: indicators[0].flags",
        "s.yaml:16: indicators[0].children[0].amount", "s.yaml:16: indicators[0].children[0]",
    ]  # fmt: skip


def test_parameter_whose_default_breaks_its_own_bounds() -> None:
    with pytest.raises(BadScheme, match=r"s.yaml:2: 参数「p」的默认值 5 不在它自己的范围里（0 至 1），改默认值或范围"):
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
