"""Where a file goes once it is whole: `kind:place`, each kind belonging to a later domain."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.errors import NotFound
from kaohe.evidence.access import Reader

# Whether this person may put a file there now (raises NotFound, Conflict), and which unit's it then is.
Accept = Callable[[AsyncSession, Reader, str], Awaitable[UUID | None]]
Attach = Callable[[AsyncSession, Reader, str, UUID], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Target:
    accept: Accept
    attach: Attach


_targets: dict[str, Target] = {}


def register_target(kind: str, accept: Accept, attach: Attach) -> None:
    """`attach` may be called again with the same file."""
    _targets[kind] = Target(accept, attach)


def target_of(text: str) -> tuple[Target, str]:
    """Raises NotFound for a kind that nobody brought."""
    kind, _, place = text.partition(":")
    if kind not in _targets:
        raise NotFound
    return _targets[kind], place
