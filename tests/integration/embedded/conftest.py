from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from kaohe.db import embedded
from kaohe.db.embedded import lock
from kaohe.db.embedded.roles import plain

CHECKOUT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def folder() -> Iterator[Path]:
    """Open to the server's user, which pytest's own temporary folder is not."""
    made = Path(tempfile.mkdtemp(prefix="kaohe-embedded-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


@pytest.fixture(scope="session")
def prepared(folder: Path) -> Path:
    """A home whose server ran once and holds one acknowledged row."""
    home = folder / "prepared"
    with embedded.start(home) as server, connect(server.superuser_url) as connection:
        connection.execute("CREATE TABLE kept (value text)")
        connection.execute("INSERT INTO kept VALUES ('一')")
    return home


@pytest.fixture
def home(folder: Path, prepared: Path) -> Iterator[Path]:
    copy = Path(tempfile.mkdtemp(dir=folder)) / "home"
    copy.parent.chmod(0o755)
    subprocess.run(["cp", "-a", prepared, copy], check=True)
    yield copy
    with lock.held(copy / "postgres"):  # when everything that was killed is really gone
        shutil.rmtree(copy.parent)


@dataclass(frozen=True)
class Held:
    """A server held by a process of its own."""

    process: subprocess.Popen[str]
    watcher: int
    url: str

    def postmaster(self, home: Path) -> int:
        return int((home / "postgres" / "data" / "postmaster.pid").read_text().split()[0])


@pytest.fixture
def hold() -> Iterator[Callable[[Path], Held]]:
    started: list[subprocess.Popen[str]] = []

    def start(home: Path) -> Held:
        command = [sys.executable, "-m", "tests.integration.embedded.holder", str(home)]
        process = subprocess.Popen(command, cwd=CHECKOUT, stdout=subprocess.PIPE, text=True)
        started.append(process)
        assert process.stdout
        said = json.loads(process.stdout.readline())
        return Held(process, said["watcher"], said["url"])

    yield start
    for process in started:
        process.kill()
        process.communicate()


@contextmanager
def connect(url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(plain(url), autocommit=True) as connection:
        yield connection


def kept(url: str) -> list[str]:
    with connect(url) as connection:
        return [value for (value,) in connection.execute("SELECT value FROM kept ORDER BY value").fetchall()]


def answers(url: str) -> bool:
    try:
        with connect(url):
            return True
    except psycopg.OperationalError:
        return False


def eventually(holds: Callable[[], bool], seconds: int = 180) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if holds():
            return True
        time.sleep(0.05)
    return False
