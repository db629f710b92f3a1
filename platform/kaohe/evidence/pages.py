"""Files as they are shown and handed out: ranges, 304, never run by the browser as ours."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC
from email.utils import format_datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID

from litestar import HttpMethod, Response, get, route
from litestar.params import FromPath
from litestar.response import Stream

from kaohe.evidence import kinds, service
from kaohe.web.context import Context, Ctx
from kaohe.web.permissions import allow

# A browser's own PDF viewer refuses to work inside a sandbox; it runs nothing of the file with our rights anyway.
_PDF_POLICY = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"
_POLICY = (
    "sandbox; default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"
)


@dataclass(frozen=True, slots=True)
class FileView:
    id: UUID
    name: str
    sha256: str
    size: int
    kind: str
    uploader: str
    uploaded_at: Any
    shown_as: str  # pdf, image, video, or '' for a download only


@get("/evidence/{evidence_id:uuid}/view", opt=allow("evidence.read"))
async def view(ctx: Ctx, evidence_id: FromPath[UUID]) -> Response[Any]:
    row = await service.find(ctx.session, ctx.person, evidence_id)
    return ctx.page("evidence/view.html", FileView(
        row.id, row.name, row.sha256, row.size, kinds.title(row.media_type), row.uploader_name, row.uploaded_at,
        shown_as(row.media_type)))  # fmt: skip


def shown_as(media_type: str) -> str:
    if media_type not in service.INLINE:
        return ""
    return "pdf" if media_type == "application/pdf" else media_type.partition("/")[0]


@route("/evidence/{evidence_id:uuid}", http_method=[HttpMethod.GET, HttpMethod.HEAD], opt=allow("evidence.read"))
async def download(ctx: Ctx, evidence_id: FromPath[UUID]) -> Response[Any]:
    """The file; `?inline=1` to be shown in the page where the kind allows it. The address stands for one content."""
    row = await service.find(ctx.session, ctx.person, evidence_id)
    await ctx.release()
    headers = _describing(row, inline="inline" in ctx.request.query_params)
    if _is_fresh(ctx, headers["ETag"]):
        return Response(None, status_code=304, headers=headers)
    start, end, status = _range(ctx, row.size, headers["ETag"])
    if start >= end:
        return Response(None, status_code=416, headers={"Content-Range": f"bytes */{row.size}"})
    if status == 206:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{row.size}"
    headers["Content-Length"] = str(end - start)
    if ctx.request.method == "HEAD":
        return Response(b"", status_code=status, headers=headers, media_type=row.media_type)
    pieces = service.store_of(ctx.app.settings).read(ctx.tenant_id, row.sha256, start, end)
    return Stream(_whole(pieces), status_code=status, headers=headers, media_type=row.media_type)


async def _whole(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    async for piece in pieces:
        yield piece


def _describing(row: Any, *, inline: bool) -> dict[str, str]:
    shown = inline and row.media_type in service.INLINE
    return {
        "ETag": f'"{row.sha256}"',
        "Last-Modified": format_datetime(row.uploaded_at.astimezone(UTC), usegmt=True),
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, no-cache",
        "Content-Disposition": disposition(row.name, "inline" if shown else "attachment"),
        "Content-Security-Policy": _PDF_POLICY if row.media_type == "application/pdf" else _POLICY,
        "Cross-Origin-Resource-Policy": "same-origin",
    }


def disposition(name: str, how: str) -> str:
    """RFC 6266: an ASCII stand-in for old programs, the real name beside it."""
    plain = re.sub(r"[^\w.\- ]", "_", name, flags=re.ASCII)
    return f"{how}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _is_fresh(ctx: Context, etag: str) -> bool:
    known = ctx.request.headers.get("if-none-match", "")
    return known.strip() == "*" or etag in (tag.strip().removeprefix("W/") for tag in known.split(","))


def _range(ctx: Context, size: int, etag: str) -> tuple[int, int, int]:
    """(start, before which byte it ends, status). Several ranges at once are answered with the whole, as is allowed."""
    condition = ctx.request.headers.get("if-range", etag)
    asked = re.fullmatch(r"bytes=(\d{0,15})-(\d{0,15})", ctx.request.headers.get("range", "").strip())
    if asked is None or condition != etag or not any(asked.groups()):
        return 0, size, 200
    first, last = asked.groups()
    if not first:
        start, end = max(0, size - int(last)), size
    else:
        start, end = int(first), min(int(last) + 1, size) if last else size
    return start, end, 206


routes = [view, download]
