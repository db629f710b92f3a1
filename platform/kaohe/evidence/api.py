"""Resumable uploads by the tus protocol, version 1.0 (core, creation, termination, expiration, checksum).

The client is tus-js-client. A PATCH streams straight to the disk and holds no database connection meanwhile.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import AsyncIterator
from email.utils import format_datetime
from typing import Any
from uuid import UUID

from litestar import HttpMethod, Request, Response, delete, get, patch, post, route
from litestar.params import FromPath

from kaohe.db.session import Scope
from kaohe.errors import Invalid
from kaohe.evidence import queries, service
from kaohe.evidence.errors import FileRefused, UploadGone, WrongContentType, WrongProtocol
from kaohe.evidence.models import Upload
from kaohe.evidence.staging import Staging
from kaohe.i18n import _
from kaohe.web import problems
from kaohe.web.context import Context, Ctx
from kaohe.web.forms import whole_number
from kaohe.web.permissions import PUBLIC, allow

VERSION = "1.0.0"
CHECKSUMS = ("sha256", "sha1")
_ALWAYS = {"Tus-Resumable": VERSION}


def _problem(request: Request[Any, Any, Any], error: Exception) -> Response[dict[str, Any]]:
    answer = problems.problem_details(request, problems.as_known(error))
    answer.headers.update(_ALWAYS | {"Tus-Version": VERSION})
    return answer


_TUS: dict[str, Any] = {"exception_handlers": {Exception: _problem}}


@route("/api/uploads", http_method=[HttpMethod.OPTIONS], opt=allow(PUBLIC), **_TUS)
async def abilities(ctx: Ctx) -> Response[None]:
    """What this server can do, as clients ask before they begin."""
    return Response(None, status_code=204, headers=_ALWAYS | {
        "Tus-Version": VERSION,
        "Tus-Extension": "creation,termination,expiration,checksum",
        "Tus-Max-Size": str(ctx.app.settings.evidence_max_bytes),
        "Tus-Checksum-Algorithm": ",".join(CHECKSUMS),
    })  # fmt: skip


@post("/api/uploads", opt=allow("evidence.write"), **_TUS)
async def begin(ctx: Ctx) -> Response[None]:
    _check_version(ctx)
    length = whole_number(ctx.request.headers.get("upload-length", ""))
    if length is None or length < 0:
        raise Invalid(_("上传请求没有说明文件大小（Upload-Length）。"))
    metadata = _metadata(ctx.request.headers.get("upload-metadata", ""))
    target = ctx.request.query_params.get("target", "") or metadata.get("target", "")
    name = metadata.get("filename", "")
    upload = await service.begin_upload(
        ctx.app.settings, ctx.session, ctx.person, name=name, length=length, target=target
    )
    headers = _ALWAYS | _expires(upload) | {"Location": f"/api/uploads/{upload.id}", "Upload-Offset": "0"}
    return Response(None, status_code=201, headers=headers)


@route(
    "/api/uploads/{upload_id:uuid}",
    http_method=[HttpMethod.HEAD],
    opt=allow("evidence.write", transaction=False),
    **_TUS,
)
async def offset(ctx: Ctx, upload_id: FromPath[UUID]) -> Response[None]:
    """How far it is. A file that had arrived whole when its last answer was lost is finished here."""
    _check_version(ctx)
    upload, staging = await _load(ctx, upload_id)
    headers = _ALWAYS | _expires(upload) | {"Upload-Length": str(upload.length), "Cache-Control": "no-store"}
    if upload.evidence_id is not None:
        reached, result = upload.length, await _result(ctx, upload.evidence_id)
    else:
        reached = await staging.offset()
        result = await _complete(ctx, upload, staging) if reached == upload.length else {}
    return Response(None, headers=headers | result | {"Upload-Offset": str(reached)})


@patch(
    "/api/uploads/{upload_id:uuid}", opt=allow("evidence.write", transaction=False), status_code=204,
    request_max_body_size=None, **_TUS,
)  # fmt: skip
async def append(ctx: Ctx, upload_id: FromPath[UUID]) -> Response[None]:
    _check_version(ctx)
    if ctx.request.headers.get("content-type") != "application/offset+octet-stream":
        raise WrongContentType
    given = whole_number(ctx.request.headers.get("upload-offset", ""))
    if given is None or given < 0:
        raise Invalid(_("上传请求没有说明从哪里续传（Upload-Offset）。"))
    checksum = _checksum(ctx.request.headers.get("upload-checksum", ""))
    upload, staging = await _load(ctx, upload_id)
    if upload.evidence_id is not None:
        raise UploadGone
    reached = await staging.append(given, _body(ctx.request), checksum)
    result = await _complete(ctx, upload, staging) if reached == upload.length else {}
    headers = _ALWAYS | _expires(upload) | result | {"Upload-Offset": str(reached)}
    return Response(None, status_code=204, headers=headers)


@delete("/api/uploads/{upload_id:uuid}", opt=allow("evidence.write"), status_code=204, **_TUS)
async def drop(ctx: Ctx, upload_id: FromPath[UUID]) -> Response[None]:
    _check_version(ctx)
    await service.drop_upload(ctx.app.settings, ctx.session, ctx.person, upload_id)
    return Response(None, status_code=204, headers=_ALWAYS)


@get("/api/uploads/{upload_id:uuid}", opt=allow("evidence.write"))
async def outcome(ctx: Ctx, upload_id: FromPath[UUID]) -> dict[str, Any]:
    """What became of it: `evidence` is null while it is not whole."""
    upload = await service.own_upload(ctx.session, ctx.person, upload_id)
    made = await service.find(ctx.session, ctx.person, upload.evidence_id) if upload.evidence_id else None
    return {"name": upload.name, "length": upload.length, "evidence": _shown(made) if made else None}


@get("/api/evidence", opt=allow("evidence.write"))
async def same_content(ctx: Ctx) -> list[dict[str, Any]]:
    """Files that this person may use again, by SHA-256 (and by words of the name), so that nothing goes up twice."""
    asked = ctx.request.query_params
    rows = await queries.readable(
        ctx.session, ctx.person, sha256=asked.get("sha256", "").lower()[:64], search=asked.get("q", "")[:100]
    )
    return [_shown(row) for row in rows[: queries.PAGE]]


@post("/api/evidence/{evidence_id:uuid}/uses", opt=allow("evidence.write"), status_code=201)
async def use_again(ctx: Ctx, evidence_id: FromPath[UUID]) -> dict[str, Any]:
    """`name`: what it is called in the new place; as it is when there is none."""
    asked = ctx.request.query_params
    used = await service.reuse(
        ctx.session, ctx.person, evidence_id, asked.get("target", ""), name=asked.get("name", "")
    )
    return _shown(await service.find(ctx.session, ctx.person, used))


async def _load(ctx: Context, upload_id: UUID) -> tuple[Upload, Staging]:
    async with ctx.app.database.begin(_scope(ctx, read_only=True)) as session:
        upload = await service.own_upload(session, ctx.person, upload_id)
    return upload, Staging.of(ctx.app.settings, upload.tenant_id, upload.id, upload.length)


async def _complete(ctx: Context, upload: Upload, staging: Staging) -> dict[str, str]:
    """The whole file is here: judged, stored, then written down; only then the client hears of it."""
    try:
        content = await service.settle(ctx.app.settings, upload.tenant_id, staging, upload.name)
    except FileRefused:
        async with ctx.app.database.begin(_scope(ctx)) as session:
            await service.drop_upload(ctx.app.settings, session, ctx.person, upload.id)
        raise
    async with ctx.app.database.begin(_scope(ctx)) as session:
        evidence_id = await service.finish_upload(session, ctx.person, upload.id, content)
    await staging.discard()
    return _headers(evidence_id, content.sha256, content.size, content.media_type)


async def _result(ctx: Context, evidence_id: UUID) -> dict[str, str]:
    async with ctx.app.database.begin(_scope(ctx, read_only=True)) as session:
        row = await service.find(session, ctx.person, evidence_id)
    return _headers(row.id, row.sha256, row.size, row.media_type)


def _headers(evidence_id: UUID, sha256: str, size: int, media_type: str) -> dict[str, str]:
    return {"X-Evidence-Id": str(evidence_id), "X-Content-SHA256": sha256, "X-Content-Size": str(size),
            "X-Media-Type": media_type}  # fmt: skip


def _shown(row: Any) -> dict[str, Any]:
    return {"evidence_id": str(row.id), "name": row.name, "sha256": row.sha256, "size": row.size,
            "media_type": row.media_type, "href": f"/evidence/{row.id}"}  # fmt: skip


def _scope(ctx: Context, *, read_only: bool = False) -> Scope:
    assert ctx.token is not None
    return Scope(ctx.tenant_id, ctx.token.person_id, ctx.token.session_id, read_only)


def _check_version(ctx: Context) -> None:
    if ctx.request.headers.get("tus-resumable") != VERSION:
        raise WrongProtocol


def _expires(upload: Upload) -> dict[str, str]:
    return {"Upload-Expires": format_datetime(upload.expires_at, usegmt=True)}


def _metadata(text: str) -> dict[str, str]:
    """`key base64,key base64`; raises Invalid."""
    found = {}
    for pair in filter(None, (part.strip() for part in text.split(","))):
        key, _space, value = pair.partition(" ")
        try:
            found[key] = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError) as error:
            raise Invalid(_("上传请求的文件说明（Upload-Metadata）无法读取。")) from error
    return found


def _checksum(text: str) -> tuple[str, bytes] | None:
    if not text:
        return None
    algorithm, _space, value = text.partition(" ")
    try:
        digest = base64.b64decode(value, validate=True)
    except binascii.Error:
        digest = b""
    if algorithm not in CHECKSUMS or len(digest) != hashlib.new(algorithm).digest_size:
        raise Invalid(_("不支持的校验方式（Upload-Checksum）。"))
    return algorithm, digest


async def _body(request: Request[Any, Any, Any]) -> AsyncIterator[bytes]:
    """As it arrives. A line that is cut raises ConnectionError; what came before it counts."""
    while True:
        event = await request.receive()
        if event["type"] != "http.request":
            raise ConnectionError
        if event["body"]:
            yield event["body"]
        if not event["more_body"]:
            return


routes = [abilities, begin, offset, append, drop, outcome, same_content, use_again]
