"""What must not be in the checkout."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.architecture.sources import CHECKOUT, KAOHE, modules, place, plugin_modules, tree

LOCKS = [*CHECKOUT.glob("requirements*.lock"), CHECKOUT / "frontend" / "package-lock.json"]


def test_platform_folder_is_no_package() -> None:
    """A package named platform would hide the standard library's module."""
    assert not (CHECKOUT / "platform" / "__init__.py").exists()


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_lock_names_no_host(lock: Path) -> None:
    lines = lock.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if "://" in line and '"url"' not in line] == []


@pytest.mark.parametrize("lock", LOCKS[:-1], ids=lambda path: path.name)
def test_every_pinned_distribution_has_hashes(lock: Path) -> None:
    entries = re.split(r"\n(?=\S)", lock.read_text(encoding="utf-8").strip())
    assert entries
    assert [entry for entry in entries if not re.match(r"[\w.-]+==\S+.*\\\n(    --hash=sha256:)", entry)] == []


def test_every_front_end_package_has_integrity() -> None:
    text = LOCKS[-1].read_text(encoding="utf-8")
    assert text.count('"version":') - text.count('"integrity":') == 0


def test_no_binary_floating_point_near_a_score() -> None:
    """Neither the name nor a literal: 0.1 in Python is not 0.1."""
    near = [*modules(KAOHE / "scheme"), *modules(KAOHE / "scoring"), *plugin_modules()]
    found = [
        f"{place(path)}:{node.lineno}"
        for path in near
        for node in ast.walk(tree(path))
        if (isinstance(node, ast.Name) and node.id == "float")
        or (isinstance(node, ast.Constant) and isinstance(node.value, float | complex))
    ]
    assert near
    assert found == []


def test_no_drawers_for_odds_and_ends() -> None:
    assert [place(path) for path in modules() if path.stem in {"utils", "helpers", "misc", "common"}] == []


def test_files_stay_short() -> None:
    """A question at 300 lines: what wants to leave?"""
    long = [path for path in modules() if len(path.read_text(encoding="utf-8").splitlines()) > 300]
    assert [place(path) for path in long] == []
