"""The head of a scheme, its kinds, parameters and outcomes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from kaohe.scheme.faults.place import Fault, near
from kaohe.scheme.model import Kind, Scheme
from kaohe.scheme.parameters import Parameter
from kaohe.scheme.periods import WINDOWS
from kaohe.scheme.problems import in_chinese, shown
from kaohe.scheme.yaml_text import Path

_NUMBERS = {"week": 53, "month": 12, "quarter": 4, "half": 2, "year": 0}
_MOST_FIRST_DAY, _MOST_PLACES = 28, 2


def faults(scheme: Scheme) -> Iterator[Fault]:
    yield from _head(scheme)
    yield from _periods(scheme)
    yield from _kinds(scheme)
    yield from _parameters(scheme)
    yield from _outcomes(scheme)


def _head(scheme: Scheme) -> Iterator[Fault]:
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", scheme.id):
        yield ("id",), f"编号「{scheme.id}」只用小写字母、数字和连字符，字母开头"
    if not scheme.version.strip():
        yield ("version",), '版本是空的，写上如 "1"'
    if not 1 <= scheme.month_starts <= _MOST_FIRST_DAY:
        yield ("month_starts",), f"month_starts 是 {scheme.month_starts}，应为 1 到 {_MOST_FIRST_DAY}"
    if not 0 <= scheme.item_places <= _MOST_PLACES:
        yield ("item_places",), f"item_places 是 {scheme.item_places}，应为 0 到 {_MOST_PLACES}"
    if scheme.effective and scheme.expires and scheme.effective > scheme.expires:
        yield ("expires",), f"失效日期 {scheme.expires} 在施行日期 {scheme.effective} 之前"
    if not scheme.indicators:
        yield ("indicators",), "一个指标也没有"


def _periods(scheme: Scheme) -> Iterator[Fault]:
    if not scheme.periods:
        yield ("periods",), f"一个周期也没有，写上 {' '.join(WINDOWS)} 中的"
    if len(set(scheme.periods)) < len(scheme.periods):
        yield ("periods",), "有周期写了两次，删去一个"
    for kind, numbers in scheme.only.items():
        if kind not in scheme.periods:
            yield ("only", kind), f"「{kind}」不在 periods 里，先在 periods 里写上"
        if strange := [number for number in numbers if not 1 <= number <= _NUMBERS[kind]]:
            yield ("only", kind), f"{kind} 没有第 {strange[0]} 个"
    if scheme.rollup is not None:
        place = WINDOWS.index(scheme.rollup)
        if scheme.rollup == "week":
            yield ("rollup",), "周不能合成月、季、年，rollup 写 month、quarter 或 half"
        if shorter := [kind for kind in scheme.periods if WINDOWS.index(kind) < place]:
            yield ("rollup",), f"周期「{shorter[0]}」比 rollup 的「{scheme.rollup}」短，没有可平均的"
        if not any(WINDOWS.index(kind) > place for kind in scheme.periods):
            yield ("rollup",), f"没有比「{scheme.rollup}」长的周期，删去 rollup，或在 periods 里加上"


def _kinds(scheme: Scheme) -> Iterator[Fault]:
    names = [kind.id for kind in scheme.kinds]
    if not names:
        yield ("kinds",), "一类考核对象也没有"
    yield from _twice(("kinds",), names, "考核对象类型")
    for index, kind in enumerate(scheme.kinds):
        here: Path = ("kinds", index)
        if kind.parent is not None and kind.parent not in names:
            yield (*here, "parent"), f"没有对象类型「{kind.parent}」" + near(kind.parent, names)
        for other in kind.after:
            if other not in names:
                yield (*here, "after"), f"「{kind.id}」不能排在「{other}」之后" + near(other, [*{*names} - {kind.id}])
        if kind.groups and kind.group is None:
            yield (*here, "groups"), f"「{kind.id}」没有 group，分组的名称没有用处"
        if not any(node.item and kind.id in node.kinds for node in scheme.indicators):
            yield here, f"「{kind.id}」没有一个得分项目，给它一个顶层指标"
        yield from _attributes(scheme, (*here, "attributes"), kind)
    if _goes_round({kind.id: kind.after for kind in scheme.kinds}):
        yield ("kinds",), "after 互相等待，谁也算不出来，去掉其中一个"


def _attributes(scheme: Scheme, path: Path, kind: Kind) -> Iterator[Fault]:
    for name, attribute in kind.attributes.items():
        if name in scheme.parameters:
            yield (*path, name), f"属性「{name}」与参数同名，公式分不清，改一个名字"
        if attribute.type == "choice" and not attribute.choices:
            yield (*path, name), f"「{name}」没有写可选的值（choices）"


def _goes_round(after: dict[str, tuple[str, ...]]) -> bool:
    done: set[str] = set()
    while ready := [name for name, others in after.items() if name not in done and set(others) & set(after) <= done]:
        done.update(ready)
    return len(done) < len(after)


def _parameters(scheme: Scheme) -> Iterator[Fault]:
    for name, parameter in scheme.parameters.items():
        yield from _parameter(("parameters", name), name, parameter)
    for channel in scheme.channels:
        if (name := f"channel_{channel.id}") not in scheme.parameters:
            yield ("channels",), f"渠道「{channel.id}」没有权重，在 parameters 里声明 {name}"
    yield from _twice(("channels",), [channel.id for channel in scheme.channels], "渠道")
    for path, name in _maps(scheme):
        declared = scheme.parameters.get(name)
        if declared is None:
            yield path, f"没有参数「{name}」" + near(name, scheme.parameters)
        elif declared.type != "map":
            yield path, f"参数「{name}」应为 map"


def _parameter(here: Path, name: str, parameter: Parameter) -> Iterator[Fault]:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        yield here, f"参数名「{name}」只用小写字母、数字和下划线，字母开头"
    if parameter.type == "choice" and not parameter.choices:
        yield here, f"参数「{name}」没有写可选的值（choices）"
        return
    if parameter.min is not None and parameter.max is not None and parameter.min > parameter.max:
        yield (*here, "min"), f"参数「{name}」的 min {parameter.min} 大于 max {parameter.max}"
        return
    try:
        parameter.accept(parameter.default)
    except ValueError:
        said = "没有默认值" if parameter.default is None else f"的默认值 {shown(parameter.default)} 不在它自己的范围里"
        if isinstance(parameter.default, str) and parameter.type in ("decimal", "integer"):
            said = f"的默认值「{parameter.default}」不是数，写成 95 这样，百分号等写在 unit 里"
        yield (*here, "default"), f"参数「{name}」{said}（{in_chinese(parameter.allowed)}），改默认值或范围"


def _maps(scheme: Scheme) -> Iterator[tuple[Path, str]]:
    if scheme.leaf_points is not None:
        yield ("leaf_points",), scheme.leaf_points
    for index, grading in enumerate(scheme.grading):
        if grading.parameter is not None:
            yield ("grading", index, "parameter"), grading.parameter


def _outcomes(scheme: Scheme) -> Iterator[Fault]:
    kinds = {kind.id for kind in scheme.kinds}
    for member in ("grading", "honours", "awards", "flags", "stages"):
        for index, entry in enumerate(getattr(scheme, member)):
            for kind in {*entry.kinds} - kinds:
                yield (member, index, "kinds"), f"没有对象类型「{kind}」" + near(kind, kinds)
            yield from _known(scheme, (member, index, "periods"), entry.periods)
    yield from _known(scheme, ("ranking", "periods"), scheme.ranking.periods)
    for index, honour in enumerate(scheme.honours):
        if honour.ratio is not None and honour.count is not None:
            yield ("honours", index), f"「{honour.name}」既写了 ratio 又写了 count，只留一个"
    for index, grading in enumerate(scheme.grading):
        names = [grade.name for grade in grading.grades]
        yield from _twice(("grading", index, "grades"), names, "等次")


def _known(scheme: Scheme, path: Path, periods: Iterable[str]) -> Iterator[Fault]:
    for period in periods:
        if period not in scheme.periods:
            yield path, f"方案没有「{period}」这种周期" + near(period, scheme.periods)


def _twice(path: Path, names: Iterable[str], what: str) -> Iterator[Fault]:
    for name, times in Counter(names).items():
        if times > 1:
            yield path, f"{what}「{name}」写了两次，给其中一个换一个名字"
