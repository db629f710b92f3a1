"""Paths that come from outside."""

from __future__ import annotations


def own_path(path: str) -> str:
    """Only a path of our own: where a person goes next must not be chosen by somebody else."""
    own = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if own else "/"
