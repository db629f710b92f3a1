"""Files that come with a form: kept one by one, so that what is wrong with one loses none of the others."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.db.session import current_tenant
from kaohe.errors import FieldProblem, KaoheError
from kaohe.evidence import service
from kaohe.evidence.access import Reader
from kaohe.i18n import _
from kaohe.settings import Settings

PIECE = 256 * 1024


class Uploaded(Protocol):
    @property
    def filename(self) -> str: ...

    async def read(self, size: int = -1) -> bytes: ...


async def pieces(file: Uploaded) -> AsyncIterator[bytes]:
    while piece := await file.read(PIECE):
        yield piece


async def keep_file(
    settings: Settings,
    session: AsyncSession,
    person: Reader,
    file: Uploaded,
    audience: str,
    unit_id: UUID | None = None,
) -> UUID:
    """Raises FileRefused, FileTooLarge."""
    name, tenant_id = service.clean_name(file.filename), current_tenant(session)
    assert tenant_id is not None
    content = await service.store_pieces(settings, tenant_id, name, pieces(file))
    return await service.keep(session, person, content, name, audience=audience, unit_id=unit_id)


async def keep_files(
    settings: Settings, session: AsyncSession, person: Reader, known: Iterable[UUID], come: list[Any], *, most: int,
    audience: str, unit_id: UUID | None = None, place: str = "files",
) -> tuple[list[Row[Any]], list[FieldProblem]]:  # fmt: skip
    """Those of an earlier try and those that come now; and what is wrong, at `place`."""
    kept = [await service.find(session, person, one) for one in known]
    if len(kept) + len(come) > most:
        text = _("最多 {most} 个文件，现在有 {count} 个").format(most=most, count=len(kept) + len(come))
        return kept, [FieldProblem(place, text)]
    problems = []
    for file in come:
        try:
            made = await keep_file(settings, session, person, file, audience, unit_id)
            kept.append(await service.find(session, person, made))
        except KaoheError as refused:
            problems.append(FieldProblem(place, refused.message))
    return kept, problems
