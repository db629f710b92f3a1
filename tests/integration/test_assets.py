"""Styles and scripts: small on the way, and fetched once."""

from __future__ import annotations

import pytest

from kaohe.web.assets import assets
from tests.factories.browser import Browser

pytestmark = pytest.mark.anyio


def named(stem: str) -> str:
    return next(name for name in assets() if name.startswith(stem))


async def test_script_comes_compressed_and_is_kept_for_good(browser: Browser) -> None:
    name = named("charts.")
    answer = await browser.get(f"/static/{name}", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.content == assets()[name].content  # as the client unpacked it
    assert int(answer.headers["content-length"]) == len(assets()[name].packed)


async def test_style_comes_plain_to_who_cannot_unpack(browser: Browser) -> None:
    name = named("app.")
    answer = await browser.get(f"/static/{name}", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in answer.headers
    assert answer.content == assets()[name].content


async def test_what_was_not_built_is_not_found(browser: Browser) -> None:
    for name in ("app.0000000000.js", "manifest.json", "..%2Fsettings.py"):
        assert (await browser.get(f"/static/{name}")).status_code == 404, name
