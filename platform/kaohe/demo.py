"""The demo's jurisdictions, people and records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kaohe.settings import Settings


@dataclass(frozen=True, slots=True)
class Account:
    """One person to log in as; the names are shown as they are."""

    role: str
    name: str
    jurisdiction: str
    login: str
    password: str


def load_demo(settings: Settings) -> Sequence[Account]:
    """Both database addresses are filled in. Adds what is missing, changes nothing that is there."""
    return ()
