"""Uploads on their way: one file each, whose length is the offset. What was acknowledged was on the disk before."""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import os
from collections import OrderedDict
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from kaohe.evidence.errors import ChecksumMismatch, FileTooLarge, OffsetConflict, UploadBusy, UploadGone
from kaohe.evidence.store import make_folder, sync
from kaohe.settings import Settings

BATCH = 1024 * 1024
IDLE_SECONDS = 60
MOST_HASHERS = 64
HANDOVER_SECONDS = 5

# What this process knows of uploads in the middle: how far their hash has come, and who is writing.
_hashers: OrderedDict[UUID, tuple[int, Any]] = OrderedDict()
_writers: dict[UUID, Writer] = {}


class Writer:
    """One connection's stream of bytes; it ends when the line is cut, silent, or taken over."""

    def __init__(self) -> None:
        self._stopped = False
        self._patience: asyncio.Timeout | None = None

    def stop(self) -> None:
        self._stopped = True
        if self._patience is not None and not self._patience.expired():
            self._patience.reschedule(asyncio.get_running_loop().time())

    async def batches(self, pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """Up to about a megabyte at a time."""
        more = True
        while more and not self._stopped:
            held = bytearray()
            more = await self._fill(held, pieces)
            if held:
                yield bytes(held)

    async def _fill(self, held: bytearray, pieces: AsyncIterator[bytes]) -> bool:
        """Whether there may be more."""
        try:
            async with asyncio.timeout(IDLE_SECONDS) as self._patience:
                async for piece in pieces:
                    held += piece
                    if len(held) >= BATCH:
                        return True
        except (ConnectionError, TimeoutError):
            pass
        finally:
            self._patience = None
        return False


@dataclass(slots=True)
class Staging:
    upload_id: UUID
    path: Path
    length: int

    @classmethod
    def of(cls, settings: Settings, tenant_id: UUID, upload_id: UUID, length: int) -> Staging:
        return cls(upload_id, settings.home / "evidence" / "uploads" / str(tenant_id) / str(upload_id), length)

    async def create(self) -> None:
        await asyncio.to_thread(_create, self.path)

    async def offset(self) -> int:
        """How much is safely here. Stops a connection that is still being waited for: the client has given it up."""
        await self._take_over()
        try:
            return await asyncio.to_thread(_settled_size, self.path)
        except FileNotFoundError as error:
            raise UploadGone from error

    async def append(self, offset: int, pieces: AsyncIterator[bytes], checksum: tuple[str, bytes] | None = None) -> int:
        """Writes what comes until it ends or the line is cut; answers the new offset, which is on the disk.

        Raises OffsetConflict, UploadBusy, FileTooLarge, ChecksumMismatch; the last two leave the old offset.
        """
        await self._take_over()
        try:
            file = await asyncio.to_thread(_open_locked, self.path)
        except FileNotFoundError as error:
            raise UploadGone from error
        writer = _writers[self.upload_id] = Writer()
        try:
            if await asyncio.to_thread(os.path.getsize, self.path) != offset:
                raise OffsetConflict
            return await self._write(file, offset, writer.batches(pieces), checksum)
        finally:
            _writers.pop(self.upload_id, None)
            os.close(file)

    async def _write(
        self, file: int, offset: int, batches: AsyncIterator[bytes], checksum: tuple[str, bytes] | None
    ) -> int:
        hasher = await self._resume_hash(offset)
        before, part = hasher.copy(), hashlib.new(checksum[0]) if checksum else None
        try:
            now = await _write_all(file, batches, self.length - offset, (hasher, part)) + offset
            _compare(part, checksum)
        except (FileTooLarge, ChecksumMismatch):
            await asyncio.to_thread(os.ftruncate, file, offset)
            self._remember(offset, before)
            raise
        await asyncio.to_thread(os.fsync, file)
        self._remember(now, hasher)
        return now

    async def _take_over(self) -> None:
        """A client that asks again has given its old connection up, whatever that one still waits for."""
        writer = _writers.get(self.upload_id)
        if writer is not None:
            writer.stop()
        for _round in range(HANDOVER_SECONDS * 100):
            if self.upload_id not in _writers:
                return
            await asyncio.sleep(0.01)

    async def _resume_hash(self, offset: int) -> Any:
        reached, hasher = _hashers.pop(self.upload_id, (0, None))
        if hasher is not None and reached == offset:
            return hasher
        return await asyncio.to_thread(_hash_file, self.path, offset)

    def _remember(self, offset: int, hasher: Any) -> None:
        _hashers[self.upload_id] = (offset, hasher)
        while len(_hashers) > MOST_HASHERS:
            _hashers.popitem(last=False)

    async def sha256(self) -> str:
        hasher = await self._resume_hash(self.length)
        self._remember(self.length, hasher)
        digest: str = hasher.hexdigest()
        return digest

    async def discard(self) -> None:
        _hashers.pop(self.upload_id, None)
        await asyncio.to_thread(self.path.unlink, missing_ok=True)


def _compare(part: Any, checksum: tuple[str, bytes] | None) -> None:
    if checksum is not None and part.digest() != checksum[1]:
        raise ChecksumMismatch


async def _write_all(file: int, batches: AsyncIterator[bytes], room: int, hashers: tuple[Any, ...]) -> int:
    """While one batch is hashed and written in a thread, the next one arrives. Raises FileTooLarge."""
    written = 0
    writing: asyncio.Future[None] | None = None
    try:
        async for batch in batches:
            if writing is not None:
                await writing
            if written + len(batch) > room:
                raise FileTooLarge
            writing = asyncio.ensure_future(asyncio.to_thread(_take, file, batch, hashers))
            written += len(batch)
        if writing is not None:
            await writing
    finally:
        if writing is not None and not writing.done():
            await asyncio.wait([writing])  # the file must not be closed under the thread
    return written


def _create(path: Path) -> None:
    make_folder(path.parent)
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    sync(path.parent)


def _settled_size(path: Path) -> int:
    sync(path)
    return path.stat().st_size


def _open_locked(path: Path) -> int:
    """The lock is the operating system's: it holds between processes and ends with the process that took it."""
    file = os.open(path, os.O_WRONLY | os.O_APPEND)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(file)
        raise UploadBusy from error
    return file


def _take(file: int, batch: bytes, hashers: tuple[Any, ...]) -> None:
    rest = memoryview(batch)
    while rest:
        rest = rest[os.write(file, rest) :]
    for hasher in hashers:
        if hasher is not None:
            hasher.update(batch)


def _hash_file(path: Path, length: int) -> Any:
    hasher = hashlib.sha256()
    with path.open("rb") as file:
        while length > 0 and (piece := file.read(min(BATCH, length))):
            hasher.update(piece)
            length -= len(piece)
    return hasher
