"""A file as an answer."""

from __future__ import annotations

from urllib.parse import quote

from litestar import Response


def attachment(content: bytes, name: str, media: str) -> Response[bytes]:
    """`name` as people read it; a browser that cannot is given a plain one."""
    ending = name.rpartition(".")[2]
    disposition = f"attachment; filename=\"result.{ending}\"; filename*=UTF-8''{quote(name, safe='')}"
    return Response(content, media_type=media, headers={"Content-Disposition": disposition})
