"""Headers of every answer: a strict content policy, no framing, no sniffing, no foreign content."""

from __future__ import annotations

from litestar.types import Message, Scope

_FIXED = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"SAMEORIGIN"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(self), microphone=(), geolocation=()"),
)
_POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data: blob:;"
    " connect-src 'self'; font-src 'self'; object-src 'none'; frame-src 'self'; media-src 'self'; form-action 'self';"
    " manifest-src 'self'; base-uri 'none'; frame-ancestors 'self'"
)


async def add_headers(message: Message, scope: Scope) -> None:
    """A `before_send` hook, so that it holds for unknown addresses and failures too."""
    if message["type"] != "http.response.start":
        return
    state = scope.get("state", {})
    present = {key for key, _ in message["headers"]}
    added = [pair for pair in _FIXED if pair[0] not in present]
    if b"content-security-policy" not in present:
        added.append((b"content-security-policy", _POLICY.format(nonce=state.get("nonce", "none")).encode()))
    if b"cache-control" not in present:
        added.append((b"cache-control", b"no-store"))
    added.append((b"x-request-id", str(state.get("request_id", "")).encode()))
    message["headers"] = [*message["headers"], *added]
