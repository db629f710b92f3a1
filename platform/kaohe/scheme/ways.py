"""The way of a contribution: who hands it on to whom, and which step makes which record. And registers of who is named."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from kaohe.scheme.titles import Text

Actor = Literal["unit_reporter", "unit_lead", "organiser", "approver"]


class WayStep(Struct, frozen=True, forbid_unknown_fields=True):
    """`by` is who acts, by kind of subject; a kind that is not named has no such step. `another`: nobody who acted
    before on this way. `edits`: may change the text. `record`: the leaf under which passing it makes a record."""

    id: str
    title: Text
    by: dict[str, Actor]
    another: bool = False
    edits: bool = False
    record: str | None = None

    def actors(self, kinds: tuple[str, ...]) -> list[tuple[Actor, tuple[str, ...]]]:
        """Who acts, each with the kinds for which; () where it is one for all of `kinds`."""
        found: dict[Actor, tuple[str, ...]] = {}
        for kind, actor in self.by.items():
            found[actor] = (*found.get(actor, ()), kind)
        return [(actor, () if set(mine) == set(kinds) else mine) for actor, mine in found.items()]


class Addition(Struct, frozen=True, forbid_unknown_fields=True):
    """A record that may be added, as often as it happens, once the step `after` is passed."""

    leaf: str
    title: Text
    by: Actor
    after: str


class Way(Struct, frozen=True, forbid_unknown_fields=True):
    """The first step is the draft's."""

    id: str
    title: Text
    steps: tuple[WayStep, ...]
    kinds: tuple[str, ...]
    adds: tuple[Addition, ...] = ()
    article: str = ""

    def steps_of(self, kind: str) -> tuple[WayStep, ...]:
        return tuple(step for step in self.steps if kind in step.by)

    def recorded(self, kind: str) -> str | None:
        """The leaf whose measures the draft has to bring."""
        return next((step.record for step in self.steps_of(kind) if step.record), None)


class Register(Struct, frozen=True, forbid_unknown_fields=True):
    """Who is named by each unit, filed in writing (informants), or what took place (a training register).

    `least` entries have to stand for a unit; a unit with fewer is proposed for a record under `missing`.
    """

    id: str
    title: Text
    kinds: tuple[str, ...]
    who: Text
    least: int = 0
    missing: str | None = None
    evidence: str = ""
    article: str = ""
