"""Asks one server again and again over some connections, for a time: `python -m bench.load` reads its task from stdin.

In a process of its own, so that it does not share the interpreter with what it measures.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import uvloop


@dataclass(frozen=True, slots=True)
class Page:
    """`fields` makes it a POST with a fresh idempotency key; its `version` then follows what the answers say."""

    name: str
    path: str
    headers: dict[str, str]
    fields: dict[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """`latencies` in ms, sorted; of what was asked within the time."""

    seconds: float
    latencies: list[float]

    @property
    def rate(self) -> float:
        return len(self.latencies) / self.seconds

    def quantile(self, share: float) -> float:
        return self.latencies[min(len(self.latencies) - 1, int(len(self.latencies) * share))]


def ask(url: str, pages: Sequence[Page], connections: int, seconds: float) -> Found:
    """Connection n asks `pages[n % len(pages)]`."""
    task = {"url": url, "pages": [asdict(page) for page in pages], "connections": connections, "seconds": seconds}
    done = subprocess.run(
        [sys.executable, "-m", "bench.load"], input=json.dumps(task), stdout=subprocess.PIPE, text=True, check=True,
        timeout=seconds + 60,
    )  # fmt: skip
    found: dict[str, Any] = json.loads(done.stdout)
    return Found(**found)


class _Connection:
    def __init__(self, page: Page, host: str) -> None:
        self.page, self.host = page, host
        self.fields = dict(page.fields) if page.fields else None
        headers = {"Host": host, "Accept": "text/html", **page.headers}
        if self.fields is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        self.latencies: list[float] = []

    async def run(self, until: float, gate: asyncio.Event) -> None:
        host, _colon, port = self.host.partition(":")
        reader, writer = await asyncio.open_connection(host, int(port), limit=2**20)
        if self.fields is not None:
            await self._learn(reader, writer)
        await gate.wait()
        while (began := time.perf_counter()) < until:
            writer.write(self._request())
            status, body = await _answer(reader)
            self.latencies.append((time.perf_counter() - began) * 1000)
            if status != 200:
                raise RuntimeError(f"{self.page.path}: {status} {body[:300]!r}")
            if self.fields is not None:
                self.fields["version"] = str(json.loads(body)["version"])
        writer.close()

    async def _learn(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Which version stands: an earlier measurement has saved too."""
        assert self.fields is not None
        writer.write(self._request())
        status, body = await _answer(reader)
        shown = body.partition(b'data-conflict-version="')[2].partition(b'"')[0]
        self.fields["version"] = shown.decode() if status == 409 else str(json.loads(body)["version"])

    def _request(self) -> bytes:
        if self.fields is None:
            return f"GET {self.page.path} HTTP/1.1\r\n{self.head}\r\n".encode()
        self.fields["remark"] = secrets.token_hex(8)
        body = urlencode(self.fields)
        key = secrets.token_hex(16)
        head = f"POST {self.page.path} HTTP/1.1\r\n{self.head}Idempotency-Key: {key}\r\nContent-Length: {len(body)}\r\n\r\n"
        return head.encode() + body.encode()


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
    return int(head[9:12]), await reader.readexactly(length)


async def _run(url: str, pages: list[dict[str, Any]], connections: int, seconds: float) -> Found:
    gate, asked = asyncio.Event(), [Page(**page) for page in pages]
    host = urlsplit(url).netloc
    made = [_Connection(asked[number % len(asked)], host) for number in range(connections)]
    began = time.perf_counter()
    gate.set()
    await asyncio.gather(*(each.run(began + seconds, gate) for each in made))
    took = time.perf_counter() - began
    return Found(took, sorted(one for each in made for one in each.latencies))


if __name__ == "__main__":
    print(json.dumps(asdict(uvloop.run(_run(**json.load(sys.stdin))))))
