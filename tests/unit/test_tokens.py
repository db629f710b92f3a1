"""Access tokens: the signature is checked, and the time each time."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from kaohe.identity import tokens
from kaohe.identity.tokens import ACCESS_LIFETIME, AccessToken, Signer, TokenExpired, TokenInvalid

TOKEN = AccessToken(uuid4(), uuid4(), uuid4())


@pytest.fixture
def signer(tmp_path: Path) -> Signer:
    return Signer.load_or_create(tmp_path / "signing.pem")


def test_a_recognised_token_is_what_was_signed(signer: Signer) -> None:
    text = signer.issue(TOKEN)
    assert signer.read(text) == signer.recognise(text) == signer.recognise(text) == TOKEN


def test_a_recognised_token_expires(signer: Signer) -> None:
    text = signer.issue(TOKEN, now=datetime.now(UTC) - ACCESS_LIFETIME + timedelta(seconds=2))
    assert signer.recognise(text) == TOKEN
    time.sleep(2)
    with pytest.raises(TokenExpired):
        signer.recognise(text)


def test_another_signature_is_not_recognised(signer: Signer, tmp_path: Path) -> None:
    text = signer.issue(TOKEN)
    signer.recognise(text)
    foreign = Signer.load_or_create(tmp_path / "other.pem").issue(TOKEN)
    for forged in (foreign, text[:-4] + "AAAA", text + "=", ""):
        with pytest.raises(TokenInvalid):
            signer.recognise(forged)


def test_only_so_many_are_kept(signer: Signer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "MOST_RECOGNISED", 2)
    for _ in range(5):
        assert signer.recognise(signer.issue(AccessToken(uuid4(), uuid4(), None))).tenant_id is None
