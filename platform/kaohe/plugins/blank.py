"""The plugin that `kaohe scheme new` writes: small, scored, with cases, and passing its own tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from string import Template

FILES = {
    "pyproject.toml": """\
[build-system]
requires = ["hatchling>=1.27"]
build-backend = "hatchling.build"

[project]
name = "kaohe-$name"
version = "1.0.0"
description = "考核方案 $name"
readme = "README.md"
requires-python = ">=3.11"
dependencies = ["kaohe"]

[project.entry-points."kaohe.schemes"]
$module = "kaohe_$module"

[tool.hatch.build.targets.wheel]
packages = ["src/kaohe_$module"]

[tool.pytest.ini_options]
pythonpath = ["src"]
""",
    "README.md": """\
# kaohe-$name

办法的名称、发文机关、考核谁、多久一次、结果用来做什么。

```
kaohe scheme test .     # 跑算例
kaohe scheme check .    # 分值、封顶、条款、参数有没有问题
pytest                  # 同样的算例，加上自己的测试
```
""",
    "src/kaohe_$module/__init__.py": """\
from collections.abc import Iterable

from kaohe import Scheme, hookimpl, load_schemes


@hookimpl
def kaohe_schemes() -> Iterable[Scheme]:
    return load_schemes(__file__)
""",
    "src/kaohe_$module/scheme.yaml": """\
id: $name
version: "1"
title: {zh: 新的考核方案, en: A new scheme}
regulation: 办法全称
issuer: 发文机关
interpreter: 解释机关
effective: 2026-01-01
periods: [month]

kinds:
  - {id: unit, title: {zh: 单位, en: Unit}}

parameters:
  bonus_cap: {type: decimal, default: 5, min: 0, max: 20, unit: 分, silent: true, title: 每月加分上限, article: 第四条}
  grade_1: {type: decimal, default: 90, min: 0, max: 105, unit: 分, title: 优秀分数线, article: 第五条}
  tie_break: {type: text, default: "deduction,bonus", silent: true, title: 同分时的先后}

indicators:
  - code: work
    title: {zh: 日常工作, en: Daily work}
    points: 100
    rule: deduct-from-full
    article: 第三条
    leaves: {rule: deduct, evidence: [检查记录]}
    children:
      - {code: .late, title: {zh: 办理超时, en: Late}, amount: 2, article: "+(一)"}
      - {code: .complaint, title: {zh: 投诉属实, en: Justified complaint}, rule: deduct-range, min: 3, max: 5, article: "+(二)"}
  - code: bonus
    title: {zh: 加分, en: Bonus}
    line: bonus
    caps: {month: bonus_cap}
    article: 第四条
    children:
      - {code: .praise, title: {zh: 书面表扬, en: Praise}, rule: bonus, amount: 1, evidence: [{name: 表扬文件, required: true}]}

grading:
  - grades:
      - {name: 优秀, min: grade_1}
    otherwise: 合格
honours:
  - {name: 月度先进, count: 1, when: grade == '优秀'}
""",
    "src/kaohe_$module/cases/example.yaml": """\
scheme: $name
period: 2026-03
subjects: [{id: a, kind: unit}]
cases:
  - name: 没有记录得满分
    records: []
    expect:
      a: {total: 100, grade: 优秀, rank: 1, honours: [月度先进]}
  - name: 超时三次扣 6 分
    records: [{subject: a, leaf: work.late, date: 2026-03-04, count: 3}]
    expect:
      a: {total: 94, deduction: 6, items: {work: 94}}
  - name: 投诉和超时合计扣 12 分，不到优秀
    records:
      - {subject: a, leaf: work.complaint, date: 2026-03-05, amount: 4, count: 2}
      - {subject: a, leaf: work.late, date: 2026-03-06, count: 2}
    expect:
      a: {total: 88, grade: 合格, honours: []}
  - name: 加分到上限为止
    records: [{subject: a, leaf: bonus.praise, date: 2026-03-07, count: 6}]
    expect:
      a: {total: 105, bonus: 5, lines: [{kind: cut, leaf: bonus, amount: -1}]}
  - name: 投诉扣分超出范围
    records: [{subject: a, leaf: work.complaint, date: 2026-03-05, amount: 6}]
    problems: ["records[0].amount: 6 is outside 3 to 5 ($name work.complaint)"]
""",
    "tests/test_cases.py": """\
import kaohe_$module
import pytest

from kaohe.plugins.testing import Case, cases_of, holds


@pytest.mark.parametrize("case", cases_of(kaohe_$module), ids=str)
def test_case_holds(case: Case) -> None:
    assert holds(case, kaohe_$module)
""",
}


def write_blank(name: str, target: Path) -> Iterator[Path]:
    """`name` is the scheme's id; gives each file once it is written."""
    words = {"name": name, "module": name.replace("-", "_")}
    for place, text in FILES.items():
        path = target / Template(place).substitute(words)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(Template(text).substitute(words), "utf-8")
        yield path
