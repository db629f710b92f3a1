"""Where contents lie: by SHA-256 per tenant, on this machine or in an object store."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from functools import cache
from pathlib import Path
from typing import Protocol
from uuid import UUID

from kaohe.errors import Unavailable
from kaohe.settings import Settings

PIECE = 256 * 1024


class Store(Protocol):
    """A content that `add` or `adopt` has answered for is there after a loss of power."""

    async def add(self, tenant_id: UUID, sha256: str, source: Path) -> None:
        """`source` stays; the content may already be there."""

    async def adopt(self, giver_id: UUID, tenant_id: UUID, sha256: str) -> None:
        """A copy of the giver's content as the tenant's own, without reading it."""

    def read(self, tenant_id: UUID, sha256: str, start: int, end: int) -> AsyncIterator[bytes]:
        """Bytes `start` to before `end`."""


class FileStore:
    """One file per content, made by a hard link from the staging file: whole or absent."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def path(self, tenant_id: UUID, sha256: str) -> Path:
        return self._root / str(tenant_id) / sha256[:2] / sha256

    async def add(self, tenant_id: UUID, sha256: str, source: Path) -> None:
        await asyncio.to_thread(_link, source, self.path(tenant_id, sha256))

    async def adopt(self, giver_id: UUID, tenant_id: UUID, sha256: str) -> None:
        await asyncio.to_thread(_link, self.path(giver_id, sha256), self.path(tenant_id, sha256))

    async def read(self, tenant_id: UUID, sha256: str, start: int, end: int) -> AsyncIterator[bytes]:
        path = self.path(tenant_id, sha256)
        try:
            file = await asyncio.to_thread(path.open, "rb")
        except FileNotFoundError as error:
            raise Unavailable from error
        try:
            await asyncio.to_thread(file.seek, start)
            left = end - start
            while left > 0 and (piece := await asyncio.to_thread(file.read, min(PIECE, left))):
                left -= len(piece)
                yield piece
        finally:
            file.close()


def _link(source: Path, target: Path) -> None:
    make_folder(target.parent)
    sync(source)
    try:
        target.hardlink_to(source)
    except FileExistsError:
        return  # the same content: it was made durable when it came
    sync(target.parent)


def make_folder(folder: Path) -> None:
    """With all above it, each entered durably into the folder that holds it."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    sync(folder.parent)


def sync(path: Path) -> None:
    """To the disk: a file's bytes, or a folder's entries."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@cache
def store_of(settings: Settings) -> Store:
    if settings.evidence_url:
        from kaohe.evidence.object_store import RemoteStore

        return RemoteStore(settings.evidence_url)
    return FileStore(settings.home / "evidence" / "blobs")
