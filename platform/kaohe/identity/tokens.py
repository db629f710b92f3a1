"""Access tokens (signed, short-lived) and what is derived from the installation's key."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

ACCESS_LIFETIME = timedelta(minutes=15)
SESSION_LIFETIME = timedelta(days=7)
ISSUER = "kaohe"
MOST_RECOGNISED = 4096


class TokenExpired(Exception):
    """Well signed, but over its time: the refresh token decides."""


class TokenInvalid(Exception):
    """Not ours, or tampered with."""


@dataclass(frozen=True, slots=True)
class AccessToken:
    person_id: UUID
    session_id: UUID
    tenant_id: UUID | None


class Signer:
    """Signs and checks with the installation's Ed25519 key; also binds CSRF tokens to session and jurisdiction."""

    def __init__(self, private_key: Ed25519PrivateKey) -> None:
        self._private = private_key
        self._public = private_key.public_key()
        raw = private_key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        self._csrf_key = hashlib.sha256(b"csrf" + raw).digest()
        self._recognised: dict[str, tuple[AccessToken, int]] = {}

    @classmethod
    def load_or_create(cls, path: Path) -> Signer:
        """Created with mode 0600 at the first start; several processes may race, the first one's key stays."""
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(pem)
            try:
                os.link(draft, path)
            except FileExistsError:
                pass  # another process was first
            finally:
                draft.unlink()
        key = load_pem_private_key(path.read_bytes(), password=None)
        if not isinstance(key, Ed25519PrivateKey):
            raise ValueError(f"{path} 不是 Ed25519 私钥")
        return cls(key)

    def issue(self, token: AccessToken, *, now: datetime | None = None) -> str:
        moment = now or datetime.now(UTC)
        claims = {
            "iss": ISSUER,
            "sub": str(token.person_id),
            "sid": str(token.session_id),
            "tid": str(token.tenant_id) if token.tenant_id else "",
            "iat": moment,
            "exp": moment + ACCESS_LIFETIME,
        }
        return jwt.encode(claims, self._private, algorithm="EdDSA")

    def recognise(self, text: str) -> AccessToken:
        """As `read`; a token whose signature was checked before is only asked whether its time is over."""
        known, expires = self._recognised.get(text, (None, 0))
        if known is not None and time.time() < expires:
            return known
        self._recognised.pop(text, None)
        found = self._read(text)
        if len(self._recognised) >= MOST_RECOGNISED:
            del self._recognised[next(iter(self._recognised))]
        self._recognised[text] = found
        return found[0]

    def read(self, text: str) -> AccessToken:
        """Raises TokenExpired, TokenInvalid."""
        return self._read(text)[0]

    def _read(self, text: str) -> tuple[AccessToken, int]:
        """With the second at which it expires."""
        try:
            claims = jwt.decode(text, self._public, algorithms=["EdDSA"], issuer=ISSUER,
                                options={"require": ["exp", "iat", "sub", "iss"]})  # fmt: skip
            tenant = UUID(claims["tid"]) if claims["tid"] else None
            return AccessToken(UUID(claims["sub"]), UUID(claims["sid"]), tenant), int(claims["exp"])
        except jwt.ExpiredSignatureError as error:
            raise TokenExpired from error
        except (jwt.InvalidTokenError, KeyError, ValueError) as error:
            raise TokenInvalid from error

    def csrf(self, session_id: UUID, tenant_id: UUID | None) -> str:
        """Bound to the jurisdiction too: a form opened before a switch cannot write into the other one."""
        return hmac.digest(self._csrf_key, f"{session_id}/{tenant_id}".encode(), "sha256").hex()

    def csrf_fits(self, token: str, session_id: UUID, tenant_id: UUID | None) -> bool:
        return hmac.compare_digest(token.encode(), self.csrf(session_id, tenant_id).encode())


def new_secret() -> str:
    """A refresh token or an invitation: 256 bits; only its hash is stored."""
    return secrets.token_urlsafe(32)


def secret_hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
