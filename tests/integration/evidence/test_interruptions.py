"""Uploads that are cut: by the network, by kill -9 of the server. A real server process, real sockets."""

from __future__ import annotations

import hashlib
import os
import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from kaohe.identity.models import Role
from kaohe.web.context import App
from tests.factories import files, uploads
from tests.factories.browser import Browser
from tests.factories.process import Process, wait_until
from tests.factories.world import World

pytestmark = pytest.mark.anyio
MEGABYTE = 1024 * 1024
CONTENT = b"%PDF-1.4\n" + os.urandom(8 * MEGABYTE)
SENT = 3 * MEGABYTE


@pytest.fixture
def process(kaohe: App, home: Path) -> Iterator[Process]:
    assert kaohe.settings.database_url
    made = Process(home, kaohe.settings.database_url)
    made.start()
    yield made
    made.stop()


@pytest.fixture
async def reporter(browser: Browser, process: Process, world: World) -> AsyncIterator[Browser]:
    await browser.as_(world.county[Role.REPORTER])
    async with httpx.AsyncClient(base_url=process.url, timeout=180, cookies=dict(browser.http.cookies)) as client:
        browser.http = client
        yield browser


def half_sent(process: Process, browser: Browser, place: str, content: bytes, sent: int) -> socket.socket:
    """A PATCH of which only the first bytes have been sent."""
    line = socket.create_connection(("127.0.0.1", process.port))
    cookies = "; ".join(f"{name}={value}" for name, value in browser.http.cookies.items())
    head = (
        f"PATCH {place} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookies}\r\nX-CSRF-Token: {browser.csrf}\r\n"
        f"Tus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\nContent-Type: application/offset+octet-stream\r\n"
        f"Content-Length: {len(content)}\r\n\r\n"
    )
    line.sendall(head.encode() + content[:sent])
    return line


def staged(home: Path, world: World, place: str) -> Path:
    return home / "evidence" / "uploads" / str(world.county.id) / place.rpartition("/")[2]


async def finish(browser: Browser, place: str, offset: int) -> str:
    answer = await uploads.send(browser, place, offset, CONTENT[offset:])
    assert answer.status_code == 204, answer.text
    return answer.headers["x-content-sha256"]


async def test_upload_goes_on_after_the_network_was_cut(
    process: Process, reporter: Browser, home: Path, world: World
) -> None:
    place = (await uploads.begin(reporter, "断网.pdf", len(CONTENT))).headers["location"]
    line = half_sent(process, reporter, place, CONTENT, SENT)
    wait_until(lambda: staged(home, world, place).stat().st_size >= MEGABYTE)
    line.close()
    offset = int((await uploads.ask(reporter, place)).headers["upload-offset"])
    assert MEGABYTE <= offset <= SENT
    assert staged(home, world, place).read_bytes() == CONTENT[:offset]
    assert await finish(reporter, place, offset) == hashlib.sha256(CONTENT).hexdigest()


async def test_upload_goes_on_after_kill_of_the_server(
    process: Process, reporter: Browser, home: Path, world: World
) -> None:
    place = (await uploads.begin(reporter, "断电.pdf", len(CONTENT))).headers["location"]
    first = await uploads.send(reporter, place, 0, CONTENT[:MEGABYTE])
    assert first.headers["upload-offset"] == str(MEGABYTE)
    line = half_sent(process, reporter, place, CONTENT, 0)  # its offset is wrong by now: only a bystander
    process.kill()
    line.close()
    process.start()
    offset = int((await uploads.ask(reporter, place)).headers["upload-offset"])
    assert offset == MEGABYTE
    assert await finish(reporter, place, offset) == hashlib.sha256(CONTENT).hexdigest()


async def test_bytes_in_the_middle_of_a_request_survive_kill_of_the_server(
    process: Process, reporter: Browser, home: Path, world: World
) -> None:
    place = (await uploads.begin(reporter, "断电二.pdf", len(CONTENT))).headers["location"]
    line = half_sent(process, reporter, place, CONTENT, SENT)
    wait_until(lambda: staged(home, world, place).stat().st_size >= 2 * MEGABYTE)
    process.kill()
    line.close()
    process.start()
    offset = int((await uploads.ask(reporter, place)).headers["upload-offset"])
    assert 2 * MEGABYTE <= offset <= SENT
    assert await finish(reporter, place, offset) == hashlib.sha256(CONTENT).hexdigest()


async def test_new_connection_takes_over_from_one_that_hangs(
    process: Process, reporter: Browser, home: Path, world: World
) -> None:
    """The client changed from one network to another; the server still waits on the old line."""
    place = (await uploads.begin(reporter, "换网.pdf", len(CONTENT))).headers["location"]
    line = half_sent(process, reporter, place, CONTENT, SENT)
    wait_until(lambda: staged(home, world, place).stat().st_size >= MEGABYTE)
    offset = int((await uploads.ask(reporter, place)).headers["upload-offset"])
    assert await finish(reporter, place, offset) == hashlib.sha256(CONTENT).hexdigest()
    line.close()


async def test_acknowledged_evidence_survives_kill_of_the_server(process: Process, reporter: Browser) -> None:
    content = files.pdf("已确认")
    evidence_id = await uploads.stored(reporter, "已确认.pdf", content)
    process.kill()
    process.start()
    assert (await reporter.get(f"/evidence/{evidence_id}")).content == content


async def test_memory_stays_flat_for_the_largest_file(process: Process, reporter: Browser) -> None:
    """200 MB up and down again: within 50 MB above what the process holds anyway."""
    length = 200 * MEGABYTE
    block = os.urandom(MEGABYTE)

    async def pieces() -> AsyncIterator[bytes]:
        yield b"%PDF-1.4\n" + block[9:]
        for _number in range(199):
            yield block

    await uploads.stored(reporter, "热身.pdf", files.pdf("热身"))
    before = process.memory("VmRSS")
    place = (await uploads.begin(reporter, "大会录像.pdf", length)).headers["location"]
    answer = await uploads.send(reporter, place, 0, pieces(), **{"Content-Length": str(length)})
    assert answer.status_code == 204, answer.text
    received = 0
    async with reporter.http.stream("GET", f"/evidence/{answer.headers['x-evidence-id']}") as download:
        async for piece in download.aiter_bytes():
            received += len(piece)
    assert received == length
    grown = process.memory("VmHWM") - before
    print(f"200 MB: {grown / MEGABYTE:.1f} MB above {before / MEGABYTE:.1f} MB")
    assert grown < 50 * MEGABYTE
