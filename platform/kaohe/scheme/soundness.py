"""What must hold in a scheme before anything is scored by it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kaohe.scheme.model import Indicator, Scheme, Way
from kaohe.scheme.references import unknown_references
from kaohe.scheme.yaml_text import Path

Fault = tuple[Path, str]

_NEEDS = {
    "deduct": ("amount",),
    "bonus": ("amount",),
    "deduct-range": ("min", "max"),
    "bonus-range": ("min", "max"),
    "deduct-by-level": ("levels",),
    "bonus-by-level": ("levels",),
    "steps": ("steps",),
    "formula": ("formula",),
    "function": ("function",),
    "imported": ("source",),
}
_BRANCH_RULES = ("sum", "deduct-from-full", "weighted", "rescaled")


def faults(scheme: Scheme) -> Iterator[Fault]:
    kinds = {kind.id for kind in scheme.kinds}
    seen: set[str] = set()
    for path, node in _walk(scheme.indicators, ("indicators",)):
        if node.code in seen:
            yield (*path, "code"), f"「{node.code}」 is there twice; give one of them another code"
        seen.add(node.code)
        for kind in node.kinds:
            if kind not in kinds:
                yield (*path, "kinds"), f"kind 「{kind}」 is not declared under `kinds`"
        yield from _rule(scheme, path, node)
    yield from _names(scheme, seen)
    for index, way in enumerate(scheme.ways):
        yield from _way(scheme, ("ways", index), way)
    for index, register in enumerate(scheme.registers):
        if strange := {*register.kinds} - kinds:
            yield ("registers", index, "kinds"), f"kind 「{min(strange)}」 is not declared under `kinds`"
        if register.missing is not None and register.missing not in scheme.leaves:
            yield ("registers", index, "missing"), f"「{register.missing}」 is no leaf"
    yield from unknown_references(scheme)


def _rule(scheme: Scheme, path: Path, node: Indicator) -> Iterator[Fault]:
    if node.is_leaf == (node.rule in _BRANCH_RULES):
        what = "a leaf needs a leaf's rule" if node.is_leaf else "a branch needs a branch's rule"
        yield (*path, "rule"), f"「{node.code}」 has rule `{node.rule}`: {what}"
        return
    for member in _NEEDS.get(node.rule, ()):
        if not getattr(node, member):
            yield path, f"「{node.code}」 needs `{member}` for its rule `{node.rule}`"
    if node.default_level is not None and node.default_level not in node.levels:
        yield (*path, "default_level"), f"「{node.default_level}」 is not among the levels"
    if node.function and node.function not in scheme.functions:
        yield (*path, "function"), f"no function `{node.function}` in the plugin's rules"
    declared = {channel.id for channel in scheme.channels}
    for channel in node.channels:
        if channel not in declared:
            yield (*path, "channels"), f"channel 「{channel}」 is not declared under `channels`"


def _way(scheme: Scheme, path: Path, way: Way) -> Iterator[Fault]:
    steps = [step.id for step in way.steps]
    if len(set(steps)) < len(steps):
        yield (*path, "steps"), f"「{way.id}」 has two steps of one id; give one of them another"
    if not way.steps or set(way.steps[0].by) != set(way.kinds):
        yield (
            (*path, "steps"),
            f"the first step of 「{way.id}」 is the draft: tell in `by` who drafts for each of its kinds",
        )
    if strange := {*way.kinds, *(kind for step in way.steps for kind in step.by)} - {kind.id for kind in scheme.kinds}:
        yield (*path, "kinds"), f"kind 「{min(strange)}」 is not declared under `kinds`"
    for index, step in enumerate(way.steps):
        if step.record is not None:
            yield from _recorded(scheme, (*path, "steps", index, "record"), step.record, list(step.by))
    for index, addition in enumerate(way.adds):
        yield from _recorded(scheme, (*path, "adds", index, "leaf"), addition.leaf, way.kinds)
        if addition.after not in steps:
            yield (*path, "adds", index, "after"), f"「{addition.after}」 is no step of 「{way.id}」"


def _recorded(scheme: Scheme, path: Path, code: str, kinds: Sequence[str]) -> Iterator[Fault]:
    leaf = scheme.leaves.get(code)
    if leaf is None:
        yield path, f"「{code}」 is no leaf; name the one under which the record is made"
    elif missing := [kind for kind in kinds if kind not in leaf.kinds]:
        yield path, f"「{code}」 is not for the kind 「{missing[0]}」"


def _names(scheme: Scheme, codes: set[str]) -> Iterator[Fault]:
    for channel in scheme.channels:
        name = f"channel_{channel.id}"
        if name not in scheme.parameters:
            yield ("channels",), f"its weight is missing: declare the parameter `{name}`"
    for name, parameter in scheme.parameters.items():
        try:
            parameter.accept(parameter.default)
        except ValueError:
            path = ("parameters", name, "default")
            yield path, f"{parameter.default} is not allowed by its own bounds ({parameter.allowed})"
    for node in scheme.nodes:
        if node.at_most is not None and node.at_most not in codes:
            yield ("indicators",), f"「{node.code}」: `at_most` names 「{node.at_most}」, which is nowhere"


def _walk(nodes: tuple[Indicator, ...], path: Path) -> Iterator[tuple[Path, Indicator]]:
    for index, node in enumerate(nodes):
        here = (*path, index)
        yield here, node
        yield from _walk(node.children, (*here, "children"))
