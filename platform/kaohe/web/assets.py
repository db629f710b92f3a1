"""Styles, scripts and icons. A name carries the hash of its content, so a browser keeps it for good; each is compressed
when it is built, because one that is compressed at each request would cost more than the page."""

from __future__ import annotations

import json
import mimetypes
from dataclasses import dataclass
from functools import cache

from litestar import HttpMethod, Request, Response, route
from litestar.params import FromPath

from kaohe.errors import NotFound
from kaohe.web.permissions import PUBLIC, allow
from kaohe.web.templating import STATIC

_FOR_GOOD = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}
mimetypes.add_type("text/javascript", ".js")  # the machine's own table may say otherwise


@dataclass(frozen=True, slots=True)
class Asset:
    media_type: str
    content: bytes
    packed: bytes


@cache
def assets() -> dict[str, Asset]:
    """By hashed name; empty where the front-end has not been built."""
    manifest = STATIC / "manifest.json"
    names = json.loads(manifest.read_text()).values() if manifest.exists() else ()
    return {name: _load(name) for name in names}


def _load(name: str) -> Asset:
    file = STATIC / name
    media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Asset(f"{media_type}; charset=utf-8", file.read_bytes(), file.with_name(f"{name}.gz").read_bytes())


@route("/static/{name:str}", http_method=[HttpMethod.GET, HttpMethod.HEAD], opt=allow(PUBLIC),
       sync_to_thread=False)  # fmt: skip
def asset(request: Request, name: FromPath[str]) -> Response[bytes]:  # type: ignore[type-arg]
    """Raises NotFound for what the build did not make."""
    found = assets().get(name)
    if found is None:
        raise NotFound
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(found.packed, media_type=found.media_type, headers=_FOR_GOOD | {"Content-Encoding": "gzip"})
    return Response(found.content, media_type=found.media_type, headers=_FOR_GOOD)
