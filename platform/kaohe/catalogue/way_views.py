"""How the ways and registers of a scheme are shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kaohe.catalogue import wording
from kaohe.i18n import _, listed, said
from kaohe.scheme.model import Scheme, Way, WayStep


@dataclass(frozen=True, slots=True)
class WayRow:
    """`steps`: [title, who acts, what it makes]; `adds` likewise, what may be added afterwards."""

    title: str
    article: str
    kinds: str
    steps: list[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class RegisterRow:
    title: str
    article: str
    kinds: str
    who: str
    least: int
    evidence: str


def way_rows(scheme: Scheme) -> list[WayRow]:
    return [
        WayRow(said(way.title), way.article, _kinds(scheme, way.kinds), [
            *((said(step.title), _actors(scheme, way, step), _made(scheme, step.record)) for step in way.steps),
            *((said(one.title), _actor(one.by), _made(scheme, one.leaf)) for one in way.adds),
        ])
        for way in scheme.ways
    ]  # fmt: skip


def register_rows(scheme: Scheme) -> list[RegisterRow]:
    return [
        RegisterRow(said(one.title), one.article, _kinds(scheme, one.kinds), said(one.who), one.least, one.evidence)
        for one in scheme.registers
    ]


def _kinds(scheme: Scheme, kinds: Sequence[str]) -> str:
    return listed(said(scheme.kind(kind).title) for kind in kinds)


def _actors(scheme: Scheme, way: Way, step: WayStep) -> str:
    words = _("{kind}：{role}")
    return "；".join(
        words.format(kind=_kinds(scheme, kinds), role=_actor(actor)) if kinds else _actor(actor)
        for actor, kinds in step.actors(way.kinds)
    )


def _actor(role: str) -> str:
    return _(wording.ACTORS[role])


def _made(scheme: Scheme, leaf: str | None) -> str:
    return _("记入「{leaf}」").format(leaf=said(scheme.leaves[leaf].title)) if leaf else ""
