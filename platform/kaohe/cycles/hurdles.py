"""What stands between a draft and its notice."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hurdle:
    """Something to mend in a step, or (`blocks` False) only to know. `place`: the field of the step, where one is meant."""

    step: str
    message: str
    blocks: bool = True
    place: str = ""
