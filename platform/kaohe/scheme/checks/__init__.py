"""What an author should look at in a scheme that loads: sums, caps, tables, references, numbers.

Nothing here refuses a scheme. Real regulations contradict themselves, and the author may
acknowledge a warning with a reason in the YAML (`acknowledged:`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from kaohe.scheme import yaml_text
from kaohe.scheme.checks import caps, ignored, numbers, oddities, outcomes, references, sums, tables
from kaohe.scheme.checks.finding import Finding as Finding
from kaohe.scheme.checks.finding import Looked
from kaohe.scheme.faults.place import near
from kaohe.scheme.model import Scheme

NAMES = {
    "points-add-up": "分值之和",
    "cap-unreachable": "达不到的上限",
    "caps-above-group": "各项上限之和高于总上限",
    "amount-above-cap": "一次就超过上限",
    "table-order": "表的次序",
    "table-gap": "表的空缺或重叠",
    "threshold-order": "分数线的次序",
    "threshold-unreachable": "达不到的分数线",
    "article-missing": "没有条款的指标",
    "article-unused": "没有指标的条款",
    "article-unknown": "条款表里没有的条款",
    "parameter-unused": "没用到的参数",
    "parameter-unbounded": "没有范围的参数",
    "member-ignored": "用不上的写法",
    "consequence-unknown": "没有来由的后果",
    "outcome-unknown": "没有来由的等次或标记",
    "number-odd": "不合常理的数",
    "stand-in-value": "拿数值当分",
    "flag-untold": "没有说法的标记",
    "leaf-without-case": "没有算例的指标",
    "binary-fraction": "在别处会成为二进制小数的数",
    "acknowledged-nothing": "没有对应问题的承认",
}


def findings(scheme: Scheme, text: str, covered: Collection[str] | None = None) -> list[Finding]:
    """In the order of the file. `covered`: leaves that cases touch; None: cases are not looked at."""
    looked = Looked(scheme, yaml_text.lines(text))
    found = [
        *sums.findings(looked),
        *caps.findings(looked),
        *tables.findings(looked),
        *references.findings(looked),
        *ignored.findings(looked),
        *oddities.findings(looked),
        *outcomes.findings(looked),
        *numbers.findings(text),
    ]
    if covered is not None:
        found += references.without_case(looked, covered)
    return sorted([*_acknowledged(looked, found)], key=lambda one: (one.line, one.check, one.at))


def _acknowledged(looked: Looked, found: list[Finding]) -> Iterator[Finding]:
    given = {(each.check, each.at): each for each in looked.scheme.acknowledged}
    used = set()
    for one in found:
        key = next((key for key in ((one.check, one.at), (one.check, "")) if key in given), None)
        if key is None:
            yield one
        else:
            used.add(key)
            yield one.accept(given[key].reason)
    for index, each in enumerate(looked.scheme.acknowledged):
        if (each.check, each.at) not in used:
            message = f"承认了「{each.check}」{each.at}，但没有这个问题"
            line = looked.line(("acknowledged", index))
            mend = "删去这一条" if each.check in NAMES else f"没有这种检查{near(each.check, NAMES)}"
            yield Finding(line, "warning", "acknowledged-nothing", each.at, message, mend)
