"""Taking files in, finding them again, handing copies on."""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.audit.service import record
from kaohe.db.session import acting_for, current_tenant
from kaohe.errors import NotFound, TooManyRequests
from kaohe.evidence import kinds, queries
from kaohe.evidence.access import Reader, also_readable, audience_of, may_read
from kaohe.evidence.errors import FileRefused, FileTooLarge, UploadGone
from kaohe.evidence.kinds import ACCEPT, INLINE, icon
from kaohe.evidence.models import Evidence, Upload, has_ended
from kaohe.evidence.staging import Staging
from kaohe.evidence.store import store_of
from kaohe.evidence.targets import register_target, target_of
from kaohe.i18n import _
from kaohe.settings import Settings

KEPT = timedelta(days=3)  # how long an upload that was cut can be resumed
MOST_OPEN = 200
MOST_NAME = 200


@dataclass(frozen=True, slots=True)
class Content:
    """A file that lies in the store, and what it is."""

    sha256: str
    size: int
    media_type: str


def clean_name(name: str) -> str:
    """The last part of whatever path the browser sent, printable, with its extension kept."""
    last = unicodedata.normalize("NFC", name.replace("\\", "/").rpartition("/")[2])
    shown = "".join(character for character in last if character.isprintable()).strip() or _("未命名")
    stem, dot, extension = shown.rpartition(".")
    return (
        f"{stem[: MOST_NAME - len(extension) - 1]}{dot}{extension}"
        if dot and len(extension) < 10
        else shown[:MOST_NAME]
    )


def check_size(settings: Settings, name: str, length: int) -> None:
    """Raises FileRefused for an empty file, FileTooLarge beyond the limit."""
    most = settings.evidence_max_bytes
    if length == 0:
        raise FileRefused(_("「{name}」是空文件（0 字节）。请在电脑上确认能打开后重新上传。").format(name=name))
    if length > most:
        megabytes = -(-length // 1024**2)
        raise FileTooLarge(
            _("「{name}」有 {size} MB，单个文件最多 {most} MB。").format(
                name=name, size=megabytes, most=most // 1024**2
            )
        )


async def begin_upload(
    settings: Settings, session: AsyncSession, person: Reader, *, name: str, length: int, target: str
) -> Upload:
    """Makes room for the bytes, and clears away what nobody resumed. Raises FileTooLarge, FileRefused, or what the
    target has against it."""
    name = clean_name(name)
    check_size(settings, name, length)
    await sweep_uploads(settings, session)
    if await queries.open_uploads(session, person.id) >= MOST_OPEN:
        raise TooManyRequests(_("您有 {count} 个文件正在上传，请等它们完成后再添加。").format(count=MOST_OPEN))
    audience, unit_id = await _destination(session, person, target)
    tenant_id = current_tenant(session)
    assert tenant_id is not None
    upload = Upload(
        tenant_id=tenant_id, id=uuid4(), person_id=person.id, name=name, length=length, target=target,
        audience=audience, unit_id=unit_id, expires_at=datetime.now(UTC) + KEPT,
    )  # fmt: skip
    session.add(upload)
    await session.flush()
    await Staging.of(settings, tenant_id, upload.id, length).create()
    record(session, "upload.begun", "upload", upload.id, {"name": name, "size": length, "target": target})
    return upload


async def _destination(session: AsyncSession, person: Reader, target: str) -> tuple[str, UUID | None]:
    if not target:
        return audience_of(person)
    chosen, place = target_of(target)
    return "unit", await chosen.accept(session, person, place)


async def own_upload(session: AsyncSession, person: Reader, upload_id: UUID, *, lock: bool = False) -> Upload:
    """Raises UploadGone for what is another's, expired or absent."""
    upload = await queries.upload(session, upload_id, lock=lock)
    if upload is None or upload.person_id != person.id or has_ended(upload, datetime.now(UTC)):
        raise UploadGone
    return upload


async def settle(settings: Settings, tenant_id: UUID, staging: Staging, name: str) -> Content:
    """From the staging file into the store, durably. Raises FileRefused. Needs no transaction, and may be repeated."""
    kind = await asyncio.to_thread(kinds.tell, staging.path, name)
    sha256 = await staging.sha256()
    await store_of(settings).add(tenant_id, sha256, staging.path)
    return Content(sha256, staging.length, kind.media_type)


async def finish_upload(session: AsyncSession, person: Reader, upload_id: UUID, content: Content) -> UUID:
    """The file becomes evidence and goes to its target; a second call answers the same."""
    upload = await own_upload(session, person, upload_id, lock=True)
    if upload.evidence_id is None:
        if upload.target:  # what was allowed when it began may be over
            await target_of(upload.target)[0].accept(session, person, target_of(upload.target)[1])
        upload.evidence_id = await _remember(session, person, content, upload.name, upload.audience, upload.unit_id)
        await _attach(session, person, upload.target, upload.evidence_id)
    return upload.evidence_id


async def drop_upload(settings: Settings, session: AsyncSession, person: Reader, upload_id: UUID) -> None:
    upload = await own_upload(session, person, upload_id, lock=True)
    await session.delete(upload)
    await Staging.of(settings, upload.tenant_id, upload.id, upload.length).discard()
    record(session, "upload.dropped", "upload", upload_id, {"name": upload.name})


async def store_pieces(settings: Settings, tenant_id: UUID, name: str, pieces: AsyncIterator[bytes]) -> Content:
    """A file that came whole, as by a plain form. Raises FileRefused, FileTooLarge."""
    staging = Staging.of(settings, tenant_id, uuid4(), settings.evidence_max_bytes)
    await staging.create()
    try:
        staging.length = await staging.append(0, pieces)
        check_size(settings, name, staging.length)
        return await settle(settings, tenant_id, staging, name)
    finally:
        await staging.discard()


async def keep(
    session: AsyncSession, person: Reader, content: Content, name: str, *, target: str = "",
    audience: str | None = None, unit_id: UUID | None = None,
) -> UUID:  # fmt: skip
    """Evidence from a stored content. `audience` and `unit_id` where the caller knows better than the person's roles."""
    if audience is None:
        audience, unit_id = await _destination(session, person, target)
    evidence_id = await _remember(session, person, content, clean_name(name), audience, unit_id)
    await _attach(session, person, target, evidence_id)
    return evidence_id


async def _remember(
    session: AsyncSession, person: Reader, content: Content, name: str, audience: str, unit_id: UUID | None
) -> UUID:
    tenant_id = current_tenant(session)
    assert tenant_id is not None
    await queries.remember_blob(session, tenant_id, content.sha256, content.size, content.media_type)
    known = await queries.same_evidence(session, content.sha256, name, audience, unit_id)
    if known is not None:
        return known
    made = Evidence(
        tenant_id=tenant_id, id=uuid4(), sha256=content.sha256, name=name, audience=audience, unit_id=unit_id,
        uploaded_by=person.id, uploader_name=person.name,
    )  # fmt: skip
    session.add(made)
    await session.flush()
    record(
        session, "evidence.stored", "evidence", made.id, {"name": name, "sha256": content.sha256, "size": content.size}
    )
    return made.id


async def _attach(session: AsyncSession, person: Reader, target: str, evidence_id: UUID) -> None:
    if target:
        chosen, place = target_of(target)
        await chosen.attach(session, person, place, evidence_id)


async def reuse(session: AsyncSession, person: Reader, evidence_id: UUID, target: str, *, name: str = "") -> UUID:
    """The same file in another place, under another name if one is given, without another upload: what lies there.
    Raises NotFound."""
    row = await find(session, person, evidence_id)
    chosen, place = target_of(target)
    unit_id = await chosen.accept(session, person, place)
    if name and clean_name(name) != row.name:
        content = Content(row.sha256, row.size, row.media_type)
        evidence_id = await _remember(session, person, content, clean_name(name), "unit", unit_id)
    await chosen.attach(session, person, place, evidence_id)
    return evidence_id


async def find(session: AsyncSession, person: Reader, evidence_id: UUID) -> Row[Any]:
    """Raises NotFound also where it is not for this person."""
    row = await queries.evidence(session, evidence_id)
    if row is None or not await may_read(session, person, row):
        raise NotFound
    return row


async def choosable(
    session: AsyncSession, person: Reader, *, search: str = "", page: int = 1
) -> tuple[list[Row[Any]], bool]:
    """A page of what the person may use again, newest first, and whether there is more."""
    rows = list(await queries.readable(session, person, search=search, page=page))
    return rows[: queries.PAGE], len(rows) > queries.PAGE


async def own_copies(
    session: AsyncSession, person: Reader, files: Collection[tuple[str, str]]
) -> dict[tuple[str, str], UUID]:
    """(sha256, name) → the person's own evidence, of files that were handed over."""
    rows = await queries.named(session, person, files) if files else []
    return {(row.sha256, row.name): row.id for row in rows}


async def hand_over(
    settings: Settings, session: AsyncSession, person: Reader, evidence_ids: Sequence[UUID], host_id: UUID
) -> dict[UUID, UUID]:
    """Copies as the host's own, which nothing the party does later can change: own id → host's id.

    The caller has checked the participation that joins the two.
    """
    giver_id = current_tenant(session)
    assert giver_id is not None
    rows, handed = await queries.evidence_of(session, evidence_ids), {}
    for row in rows:
        if giver_id != host_id:
            await store_of(settings).adopt(giver_id, host_id, row.sha256)
    async with acting_for(session, host_id):
        for row in rows:
            content = Content(row.sha256, row.size, row.media_type)
            handed[row.id] = await _remember(session, person, content, row.name, "filed", None)
    return handed


async def sweep_uploads(settings: Settings, session: AsyncSession) -> int:
    """Removes what nobody resumed in time, in the session's tenant. Stored evidence stays."""
    tenant_id = current_tenant(session)
    assert tenant_id is not None
    gone = await queries.remove_expired(session, datetime.now(UTC))
    for upload_id in gone:
        await Staging.of(settings, tenant_id, upload_id, 0).discard()
    if gone:
        record(session, "upload.swept", "upload", gone[0], {"uploads": len(gone)})
    return len(gone)


__all__ = [
    "ACCEPT", "INLINE", "Content", "Reader", "also_readable", "begin_upload", "choosable", "clean_name", "drop_upload", "find",
    "finish_upload", "hand_over", "icon", "keep", "may_read", "own_copies", "own_upload", "register_target", "reuse", "settle",
    "store_of", "store_pieces", "sweep_uploads",
]  # fmt: skip
