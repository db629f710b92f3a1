"""A file of 200 MB through the resumable upload, beside `cp` and `sha256sum` of the same file."""

from __future__ import annotations

import asyncio
import base64
import os
import secrets
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx

from bench import pages, servers
from bench.report import Row, show
from bench.servers import Base, Process

BYTES = 200 * 1000**2
ROUNDS = 3
PIECE = 1024**2
TUS = {"Tus-Resumable": "1.0.0"}


def run() -> None:
    with servers.base() as of:
        visitor = asyncio.run(pages.make(of)).of(pages.KINDS[1])[0].headers
        with servers.kaohe(of) as server:
            idle = server.memory()
            pairs = [_pair(of, server, visitor) for _ in range(ROUNDS)]
            most = server.memory("VmHWM") - idle
    mine, reference = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratio = statistics.median(one / other for one, other in pairs)
    show("上传 200 MB", [
        Row("tus，边收边算摘要并落盘", f"{mine:.2f} s", f"cp + sha256sum {reference:.2f} s", f"{ratio:.2f} ×",
            "≤ 1.5 ×", ratio <= 1.5),
        Row("峰值内存高于空闲", f"{most} MB", aim="≤ 50 MB", met=most <= 50),
    ])  # fmt: skip


def _pair(of: Base, server: Process, headers: dict[str, str]) -> tuple[float, float]:
    """Different bytes each time: a content that is there already would not be stored."""
    source = of.home / "upload.pdf"
    with source.open("wb") as file:
        file.write(b"%PDF-1.4\n")
        noise = secrets.token_bytes(PIECE)
        for number in range(BYTES // PIECE):
            file.write(number.to_bytes(4) + noise[4:])
        file.write(b"\n%%EOF\n")
    mine = _timed(lambda: _upload(server.url, headers, source))
    copy = of.home / "copy.pdf"
    reference = _timed(lambda: _copy(source, copy))
    copy.unlink()
    return mine, reference


def _timed(work: Callable[[], None]) -> float:
    os.sync()
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _copy(source: Path, copy: Path) -> None:
    """What was uploaded is kept through a loss of power; so is the copy."""
    subprocess.run(["cp", source, copy], check=True)
    descriptor = os.open(copy, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)
    subprocess.run(["sha256sum", copy], check=True, stdout=subprocess.DEVNULL)


def _upload(url: str, headers: dict[str, str], source: Path) -> None:
    length = source.stat().st_size
    begin = headers | TUS | {
        "Upload-Length": str(length), "Upload-Metadata": f"filename {base64.b64encode(b'200.pdf').decode()}",
        "Idempotency-Key": secrets.token_hex(16),
    }  # fmt: skip
    with httpx.Client(base_url=url, timeout=120) as client:
        place = client.post("/api/uploads", headers=begin).raise_for_status().headers["location"]
        sent = headers | TUS | {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream",
                                "Content-Length": str(length), "Idempotency-Key": secrets.token_hex(16)}  # fmt: skip
        answer = client.patch(place, content=_pieces(source), headers=sent).raise_for_status()
        assert "x-evidence-id" in answer.headers


def _pieces(source: Path) -> Iterator[bytes]:
    with source.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece
