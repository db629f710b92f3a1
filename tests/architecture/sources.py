"""The checkout's Python files and what each imports."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).parents[2]
KAOHE = CHECKOUT / "platform" / "kaohe"


@cache
def project() -> dict[str, Any]:
    return tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))


@cache
def domains() -> list[str]:
    """In import order, as the layers contract lists them (highest first, optional ones in parentheses)."""
    contract = next(c for c in project()["tool"]["importlinter"]["contracts"] if c["id"] == "domains")
    return [layer.strip("()").removeprefix("kaohe.") for layer in reversed(contract["layers"])]


def modules(package: Path = KAOHE) -> list[Path]:
    return sorted(package.rglob("*.py"))


def plugin_modules() -> list[Path]:
    return sorted(CHECKOUT.glob("plugins/*/src/**/*.py"))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(path: Path) -> Iterator[str]:
    """Dotted names; `from a import b` gives `a.b`. What stands under TYPE_CHECKING counts too."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{each.name}" for each in node.names)


def place(path: Path) -> str:
    return str(path.relative_to(CHECKOUT))


def outside(paths: list[Path], allowed: set[str]) -> list[str]:
    """Imports that are neither of these packages nor below one of them."""
    return [
        f"{place(path)}: {name}"
        for path in paths
        for name in imports(path)
        if not any(name == each or name.startswith(f"{each}.") for each in allowed)
    ]
