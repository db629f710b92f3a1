"""A mutation carries a key; a retry with the same key gets the first answer, also when the first was never seen.

An answer may hold what is shown once (the link of an invitation). It is kept sealed by the key itself, of which the
database knows only the hash, and until it is swept away (`kaohe.sweeping`).
"""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kaohe.db import direct
from kaohe.db.session import take_along
from kaohe.errors import Conflict, Invalid
from kaohe.i18n import _

if TYPE_CHECKING:
    from kaohe.web.context import Context

MOST_BODY = 256 * 1024
NONCE_BYTES = 12
_CLAIM = (
    "INSERT INTO idempotency_keys (key, person_id, fingerprint) VALUES (%(key)s, app.person_id(), %(fingerprint)s)"
    " ON CONFLICT DO NOTHING RETURNING true"
)
_FIRST = "SELECT person_id, fingerprint, status, headers, body FROM idempotency_keys WHERE key = %(key)s"
_REMEMBER = (
    "UPDATE idempotency_keys SET status = %(status)s, headers = %(headers)s::jsonb, body = %(body)s WHERE key = %(key)s"
)


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes


@dataclass(frozen=True, slots=True)
class Claim:
    ctx: Context
    key: str
    first_answer: Answer | None = None

    def remember(self, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
        """Written together with the audit entries."""
        kept = [
            [name.decode("latin-1"), value.decode("latin-1")]
            for name, value in headers
            if name.lower() != b"set-cookie"
        ]
        sealed = _seal(self.key, body) if len(body) <= MOST_BODY else None
        values = {"key": _hashed(self.key), "status": status, "headers": json.dumps(kept), "body": sealed}
        take_along(self.ctx.session, _REMEMBER, values)


async def claim(ctx: Context) -> Claim:
    """Take the key in this transaction. A second request waits for the first one's end and finds its answer.

    Raises Invalid without a key, Conflict when the key was used for something else.
    """
    key = (await ctx.sent("idempotency-key", "idempotency_key"))[:100]
    if not key:
        raise Invalid(_("缺少提交编号（Idempotency-Key），请刷新页面后重新提交。"))
    fingerprint = await _fingerprint(ctx)
    hashed = _hashed(key)
    if await direct.rows(ctx.session, _CLAIM, {"key": hashed, "fingerprint": fingerprint}):
        return Claim(ctx, key)
    (first,) = await direct.rows(ctx.session, _FIRST, {"key": hashed})
    if first.fingerprint != fingerprint or first.person_id != ctx.person.id:
        raise Conflict(_("同一个提交编号已用于另一项内容，请刷新页面后重新提交。"))
    if first.body is None:
        raise Conflict(_("这项内容已经提交过。"), next_step=_("请刷新页面查看结果。"))
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in first.headers]
    return Claim(ctx, key, Answer(first.status, headers, _open(key, first.body)))


def _hashed(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def _cipher(key: str) -> AESGCM:
    return AESGCM(hashlib.sha256(b"answer" + key.encode()).digest())


def _seal(key: str, body: bytes) -> bytes:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + _cipher(key).encrypt(nonce, body, None)


def _open(key: str, sealed: bytes) -> bytes:
    return _cipher(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], None)


async def _fingerprint(ctx: Context) -> bytes:
    request = ctx.request
    digest = hashlib.sha256(f"{request.method} {request.url.path}\n".encode())
    if not request.content_type[0].startswith("multipart/"):
        digest.update(await request.body())
    return digest.digest()
