"""The ways that material goes, and the registers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kaohe.scheme.faults.place import Fault, near
from kaohe.scheme.model import Scheme, Way
from kaohe.scheme.yaml_text import Path


def faults(scheme: Scheme) -> Iterator[Fault]:
    kinds = {kind.id for kind in scheme.kinds}
    for index, way in enumerate(scheme.ways):
        yield from _way(scheme, ("ways", index), way)
    for index, register in enumerate(scheme.registers):
        if strange := {*register.kinds} - kinds:
            yield ("registers", index, "kinds"), f"没有对象类型「{min(strange)}」，先在 kinds 里声明"
        if register.missing is not None and register.missing not in scheme.leaves:
            yield (
                ("registers", index, "missing"),
                f"「{register.missing}」不是叶子" + near(register.missing, scheme.leaves),
            )


def _way(scheme: Scheme, path: Path, way: Way) -> Iterator[Fault]:
    steps = [step.id for step in way.steps]
    if len(set(steps)) < len(steps):
        yield (*path, "steps"), f"「{way.id}」有两步同名，请给其中一步换一个 id"
    if not way.steps or set(way.steps[0].by) != set(way.kinds):
        yield (
            (*path, "steps"),
            f"「{way.id}」的第一步是起草：在 by 里为每类对象写明谁起草",
        )
    if strange := {*way.kinds, *(kind for step in way.steps for kind in step.by)} - {kind.id for kind in scheme.kinds}:
        yield (*path, "kinds"), f"没有对象类型「{min(strange)}」，先在 kinds 里声明"
    for index, step in enumerate(way.steps):
        if step.record is not None:
            yield from _recorded(scheme, (*path, "steps", index, "record"), step.record, list(step.by))
    for index, addition in enumerate(way.adds):
        yield from _recorded(scheme, (*path, "adds", index, "leaf"), addition.leaf, way.kinds)
        if addition.after not in steps:
            yield (
                (*path, "adds", index, "after"),
                f"「{way.id}」没有「{addition.after}」这一步" + near(addition.after, steps),
            )


def _recorded(scheme: Scheme, path: Path, code: str, kinds: Sequence[str]) -> Iterator[Fault]:
    leaf = scheme.leaves.get(code)
    if leaf is None:
        yield path, f"「{code}」不是叶子，写上登记记录的那个指标" + near(code, scheme.leaves)
    elif missing := [kind for kind in kinds if kind not in leaf.kinds]:
        yield path, f"「{code}」不适用于对象类型「{missing[0]}」，改指标的 kinds 或这里的 kinds"
