"""A tus client that does exactly what a test says."""

from __future__ import annotations

import base64
from typing import Any

import httpx

from tests.factories.browser import Browser

TUS = {"Tus-Resumable": "1.0.0"}


async def begin(browser: Browser, name: str, length: int, *, target: str = "", **headers: str) -> httpx.Response:
    encoded = base64.b64encode(name.encode()).decode()
    sent = {**TUS, "Upload-Length": str(length), "Upload-Metadata": f"filename {encoded}", **headers}
    return await browser.post("/api/uploads", params={"target": target} if target else {}, headers=sent)


async def send(browser: Browser, place: str, offset: int, content: Any, **headers: str) -> httpx.Response:
    sent = {**TUS, "Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream", **headers}
    return await browser.request("PATCH", place, content=content, headers=sent)


async def ask(browser: Browser, place: str) -> httpx.Response:
    return await browser.request("HEAD", place, headers=TUS)


async def upload(browser: Browser, name: str, content: bytes, *, target: str = "") -> httpx.Response:
    """From the beginning to the last answer."""
    begun = await begin(browser, name, len(content), target=target)
    if begun.status_code != 201:
        return begun
    return await send(browser, begun.headers["location"], 0, content)


async def stored(browser: Browser, name: str, content: bytes, *, target: str = "") -> str:
    """The id of the evidence."""
    answer = await upload(browser, name, content, target=target)
    assert answer.status_code == 204, answer.text
    return answer.headers["x-evidence-id"]
