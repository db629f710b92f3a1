"""What may stand around any rule: a condition, a coefficient, zeroing and halving."""

from __future__ import annotations

from kaohe.scheme.formula import NoData
from kaohe.scheme.model import Effect
from kaohe.scoring.points import Units, text, whole
from kaohe.scoring.rules.bounds import redate
from kaohe.scoring.rules.node import Node
from kaohe.scoring.work import Work


def run_node(node: Node, work: Work) -> Units:
    if node.bare:
        total = work.parts[node.code] = node.run(work)
        return total
    return _close(node, work, node.run(work) if _counts(node, work) else None)


def run_worth(node: Node, work: Work, worth: Units) -> Units:
    """A node in a branch that weighs it: its part of the branch's points, whatever points it has itself."""
    return _close(node, work, node.run_worth(work, worth) if _counts(node, work) else None)


def _counts(node: Node, work: Work) -> bool:
    spec = node.spec
    if spec.only_when is None or spec.only_when.holds(node.names):
        return True
    if spec.only_when_remark and any(code in work.now for code in node.codes):
        work.remark(spec.only_when_remark)
    return False


def _close(node: Node, work: Work, total: Units | None) -> Units:
    if total is None:
        total = 0
    else:
        total += _multiply(node, work, total)
        if node.spec.effects:
            total += _take_away(node, work, total)
    work.parts[node.code] = total
    if node.watched:
        redate(node, work, total)
    return total


def _multiply(node: Node, work: Work, total: Units) -> Units:
    if node.spec.coefficient is None or not total:
        return 0
    try:
        factor = node.number(node.spec.coefficient)
    except NoData:
        work.remark(f"{node.code} 的系数取不到数据，按 1 计")
        return 0
    if factor == 1:
        return 0
    return work.add("adjust", node.spec, whole(total * (factor - 1)), (), f"系数 {text(factor * 10**6)}")


def _take_away(node: Node, work: Work, left: Units) -> Units:
    """Zeroing, halving: the first effect whose condition holds."""
    for taking in node.effects:
        if taking.holds(work, node.names):
            work.flag(taking.effect.flags)
            return _lose(node, work, left, taking.effect)
    return 0


def _lose(node: Node, work: Work, left: Units, effect: Effect) -> Units:
    lost = whole(left * (1 - node.number(effect.keep)))
    if lost <= 0:
        return 0
    return work.add("deduction", node.spec, -lost, (), effect.why or "归零")
