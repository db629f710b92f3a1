"""Contents in an object store (`KAOHE_EVIDENCE_URL`, e.g. s3://bucket/prefix); credentials as the service's own tools take them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import obstore
from obstore.exceptions import AlreadyExistsError
from obstore.store import from_url

PART = 8 * 1024 * 1024
AT_ONCE = 2  # parts of one upload in memory


class RemoteStore:
    """Objects named `<tenant>/<sha256>`; acknowledged by the service, hence durable."""

    def __init__(self, url: str) -> None:
        self._store = from_url(url)

    @staticmethod
    def _name(tenant_id: UUID, sha256: str) -> str:
        return f"{tenant_id}/{sha256}"

    async def _holds(self, name: str) -> bool:
        try:
            await obstore.head_async(self._store, name)
        except FileNotFoundError:
            return False
        return True

    async def add(self, tenant_id: UUID, sha256: str, source: Path) -> None:
        name = self._name(tenant_id, sha256)
        if not await self._holds(name):
            await obstore.put_async(self._store, name, source, chunk_size=PART, max_concurrency=AT_ONCE)

    async def adopt(self, giver_id: UUID, tenant_id: UUID, sha256: str) -> None:
        name = self._name(tenant_id, sha256)
        if not await self._holds(name):
            try:
                await obstore.copy_async(self._store, self._name(giver_id, sha256), name)
            except AlreadyExistsError:
                return

    async def read(self, tenant_id: UUID, sha256: str, start: int, end: int) -> AsyncIterator[bytes]:
        name = self._name(tenant_id, sha256)
        for at in range(start, end, PART):
            yield bytes(await obstore.get_range_async(self._store, name, start=at, end=min(at + PART, end)))
