"""What formulas name has to be known where they are worked out, and nothing in vain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from msgspec import Struct

from kaohe.scheme.faults.place import Fault, near, walk
from kaohe.scheme.formula import Formula, FormulaError, NoData, exact
from kaohe.scheme.model import Indicator, Scheme
from kaohe.scheme.references import LOOKING, TAKES, WINDOWS
from kaohe.scheme.yaml_text import Path

# By parameters alone: points are shown and records are checked before anything is scored.
_FIXED = {"points", "points_by_kind", "min", "max", "above", "notice_days", "days"}
_ONCE = {"amount", "levels", "steps", "weight", "partial", "caps", "floor", "part_caps", "normalise"}
_RECORD = {"must", "required_if"}
_MAKING = ("part", "item", "subtotal")
_FINISHED = (
    *("total", "base", "bonus", "deduction", "rank", "rank_from_last", "grade", "group", "status"),
    *("group_size", "kind_size", "flag", "complete", "item"),
)
_OUTCOMES = {"ranking", "grading", "honours", "awards", "flags"}
# Functions by what they take: leaves alone; leaves and, last, a window; a leaf, then a measure; any node; an item.
_LEAVES = {"records", "matters", "value", "measure", "done", "parent_value"}
_MANY = {"count", "children_count"}
_NODES = {"peers_mean", "peers_rank", "peers_count", "best", "worst", "part"}
_PEERS = _NODES - {"part"}
_ITEMS = {"children_mean", "children_sum", "item"}


class Use(NamedTuple):
    """A formula, its place, the names that are known there and the node that it belongs to; `fixed`: a number."""

    path: Path
    formula: Formula
    names: frozenset[str]
    node: Indicator | None
    fixed: bool = False


def faults(scheme: Scheme) -> Iterator[Fault]:
    order = {node.code: index for index, node in enumerate(scheme.nodes)}
    defaults = {name: exact(parameter.default) for name, parameter in scheme.parameters.items()}
    for use in _uses(scheme):
        for name in sorted(use.formula.names - use.names - set(order)):
            yield use.path, f"公式「{use.formula.text}」里的「{name}」在这里没有" + near(name, sorted(use.names))
        if use.fixed and use.formula.names <= set(scheme.parameters):
            yield from _number(use, defaults)
        for function, arguments in use.formula.calls:
            few, many = TAKES.get(function, (0, 99))
            if not few <= len(arguments) <= many:
                wanted = (
                    "至少写一个指标"
                    if many > few + 1
                    else f"应有 {few} 个参数"
                    if few == many
                    else f"应有 {few} 至 {many} 个参数"
                )
                yield use.path, f"公式「{use.formula.text}」：{function} {wanted}，写了 {len(arguments)} 个"
            for message in _call(scheme, use, order, function, arguments):
                yield use.path, f"公式「{use.formula.text}」：{message}"


def _uses(scheme: Scheme) -> Iterator[Use]:
    parameters = frozenset(scheme.parameters)
    attributes = {kind.id: frozenset(kind.attributes) for kind in scheme.kinds}
    every = frozenset().union(*attributes.values()) if attributes else frozenset[str]()
    looking = parameters | every | frozenset(LOOKING) | {"period"}
    for path, node in walk(scheme):
        mine = frozenset().union(*(attributes.get(kind, frozenset()) for kind in node.kinds))
        making = parameters | mine | frozenset((*LOOKING, *_MAKING, "period", "kind"))
        for here, formula in _below(node, path, skip=("children",)):
            place = here[len(path) :]
            known = _known(node, place, parameters, making)
            yield Use(here, formula, known, node, place[0] in _FIXED | _ONCE and place[-1] not in _RECORD)
    for name in scheme.__struct_fields__:
        value = getattr(scheme, name)
        if name in ("indicators", "functions", "engine"):
            continue
        for here, formula in _below(value, (name,)):
            yield Use(here, formula, _known_outside(name, here, parameters, looking), None)


def _known(node: Indicator, place: Path, parameters: frozenset[str], making: frozenset[str]) -> frozenset[str]:
    member = str(place[0])
    if member == "fields":
        return parameters | frozenset(node.fields) if place[-1] in _RECORD else parameters
    if member in _FIXED:
        return parameters
    if member in _ONCE:
        return parameters | {"kind", "period"}
    if member in _RECORD:
        return parameters | frozenset(node.fields)
    if member == "qualifies" or (member == "formula" and node.rule == "check"):
        return making | frozenset(node.fields)
    if member == "formula" and node.rule in ("judged", "imported"):
        return making | {"value_given"}
    return making


def _known_outside(name: str, place: Path, parameters: frozenset[str], looking: frozenset[str]) -> frozenset[str]:
    if name in ("demands", "parameters", "consequences") or (name == "kinds" and place[-1] != "group"):
        return parameters
    if name == "normalise" or (name == "grading" and place[-1] == "min"):
        return parameters | {"period"}
    if name == "kinds":
        return looking
    if name in _OUTCOMES:
        finished = frozenset(_FINISHED) | looking
        return finished - {"rank", "rank_from_last", "grade"} if name == "ranking" else finished
    return looking | frozenset((*_MAKING, "kind"))


def _number(use: Use, defaults: Mapping[str, Any]) -> Iterator[Fault]:
    try:
        use.formula.number(defaults)
    except FormulaError as error:
        yield use.path, f"应为数：{error}"
    except NoData:
        if not use.formula.names:  # else a parameter that sets no limit
            yield use.path, f"「{use.formula.text}」算不出数（除以 0）"


def _call(
    scheme: Scheme, use: Use, order: Mapping[str, int], function: str, arguments: tuple[object, ...]
) -> Iterator[str]:
    given = [each for each in arguments if isinstance(each, str)]
    if function in _MANY:
        for code in given:
            if code not in WINDOWS:
                yield from _leaf(scheme, function, code, WINDOWS)
    elif function in _LEAVES and given and given[0] == arguments[0]:
        yield from _leaf(scheme, function, given[0])
        leaf = scheme.leaves.get(given[0])
        if function == "measure" and leaf is not None and len(given) > 1 and given[1] not in leaf.fields:
            yield f"「{leaf.code}」的 fields 里没有「{given[1]}」" + near(given[1], leaf.fields)
    elif function in _NODES | _ITEMS and given and given[0] == arguments[0]:
        yield from _node(scheme, use, order, function, given[0], given="points" in given)


def _leaf(scheme: Scheme, function: str, code: str, windows: Sequence[str] = ()) -> Iterator[str]:
    if code in scheme.branches:
        yield f"「{code}」是分支，{function} 只看叶子的记录，逐个写出叶子"
    elif code not in scheme.leaves:
        what = f"没有指标{'或周期' if windows and '.' not in code else ''}「{code}」"
        yield what + near(code, [*scheme.leaves, *windows])


def _node(
    scheme: Scheme, use: Use, order: Mapping[str, int], function: str, code: str, *, given: bool
) -> Iterator[str]:
    if code not in order:
        yield f"没有指标「{code}」" + near(code, order)
    elif function in _ITEMS and (function != "item" or use.node is None):
        items = [node.code for node in scheme.indicators if node.item]
        if code not in items:
            yield f"「{code}」不是得分项目" + near(code, items)
    elif function in ("part", "item") and use.node is not None and not _is_made(use, use.node, code, order):
        yield f"「{code}」在「{use.node.code}」之后才算，把它移到前面"
    elif function in _PEERS and use.node is not None and "stand_in" not in use.path:
        leaf = scheme.leaves.get(code)
        if leaf is None or not leaf.records_value or given:
            yield from _peers(scheme, use.node, order, code)


def _peers(scheme: Scheme, node: Indicator, order: Mapping[str, int], code: str) -> Iterator[str]:
    """What peers got is known once their whole items are made; what is recorded of them is known at once."""
    if code == node.code:
        yield f"「{code}」不能用自己在同组的得分"
        return
    mine, other = (_item_of(scheme, each) for each in (node.code, code))
    if mine == other:
        yield f"「{code}」和「{node.code}」在同一个顶层项目里，同组的得分要等整个项目算完：把「{node.code}」移成另一个顶层项目"
    elif order[other.code] > order[mine.code] and any(
        _PEERS & {name for name, _ in f.calls} for _, f in _below(other, ())
    ):
        yield f"「{code}」自己也要等同组的得分，把「{other.code}」移到「{mine.code}」前面"


def _item_of(scheme: Scheme, code: str) -> Indicator:
    """The top node over it."""
    return next(node for node in scheme.indicators if code in _codes(node))


def _is_made(use: Use, node: Indicator, code: str, order: Mapping[str, int]) -> bool:
    """Worked out by then: what stands before it, and what stands below it where its own points are known."""
    if code in _codes(node):
        return code != node.code and bool({"effects", "coefficient"} & set(use.path))
    return order[code] < order[node.code] and not node.code.startswith(code + ".")


def _codes(node: Indicator) -> set[str]:
    return {node.code}.union(*(_codes(child) for child in node.children))


def _below(value: Any, path: Path, skip: tuple[str, ...] = ()) -> Iterator[tuple[Path, Formula]]:
    if isinstance(value, Formula):
        yield path, value
    elif isinstance(value, Struct):
        for name in value.__struct_fields__:
            if name not in skip:
                yield from _below(getattr(value, name), (*path, name))
    elif isinstance(value, dict):
        for name, member in value.items():
            yield from _below(member, (*path, name))
    elif isinstance(value, tuple):
        for index, member in enumerate(value):
            yield from _below(member, (*path, index))
