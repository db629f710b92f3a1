"""What the loader says, in the words of the pages."""

from __future__ import annotations

import pytest

from kaohe.designs.wording import fault_words


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("indicators[2].children[0].steps[1]：缺少「points」，请补上", "分档第 2 行：缺少「分值」，请补上"),
        ("indicators[0].points：「6分」不是公式：没有写完整", "分值：「6分」不是公式：没有写完整"),
        ("grading[0].grades[1].min：应为数", "等次第 1 行 等次第 2 行 最小：应为数"),
        ("ways[0].steps[1]：缺少「by」，请补上", "流程第 1 行 步骤第 2 行：缺少「由谁办」，请补上"),
        ("effective：不是日期", "施行日期：不是日期"),
        ("「a.x」的规则 deduct 要有 amount，请补上", "「a.x」的规则「每次扣固定的分」要有「每次的分值」，请补上"),
        ("公式「count(a)」：没有指标「a」", "公式「count(a)」：没有指标「a」"),
    ],
)
def test_fault_is_told_by_the_names_of_the_pages(message: str, told: str) -> None:
    assert fault_words(message) == told
