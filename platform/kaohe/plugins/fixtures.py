"""Pytest fixtures for authors. In a plugin's `conftest.py`: `from kaohe.plugins.fixtures import scored, refused`."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from kaohe.plugins.manager import build_registry
from kaohe.scheme.problems import BadFacts
from kaohe.scoring.pipeline import score
from kaohe.scoring.reading import decode_facts
from kaohe.scoring.sheets import Result

Scored = Callable[..., Result]
Refused = Callable[..., list[str]]


@pytest.fixture
def scored() -> Scored:
    """`scored(plugin, scheme=…, period=…, subjects=[…], records=[…], parameters={…})` gives the result."""
    return _scored


@pytest.fixture
def refused() -> Refused:
    """The same facts, but what is wrong with them, a line each; empty where they can be scored."""

    def told(plugin: ModuleType, **facts: Any) -> list[str]:
        try:
            _scored(plugin, **facts)
        except BadFacts as bad:
            return [str(problem) for problem in bad.problems]
        return []

    return told


def _scored(plugin: ModuleType, **facts: Any) -> Result:
    """Through the plugin's own hooks, installed or not."""
    schemes = build_registry([(plugin.__name__, plugin)]).schemes
    scheme = schemes[facts["scheme"]] if "scheme" in facts else next(iter(schemes.values()))
    return score(scheme, decode_facts({"scheme": scheme.id, **facts}))
