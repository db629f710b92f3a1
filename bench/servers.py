"""Servers in processes of their own on the embedded PostgreSQL: the application as it is served, and any other."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from kaohe.db import embedded, migrate
from kaohe.db.embedded import EmbeddedServer
from kaohe.db.session import Database
from kaohe.identity.tokens import Signer
from kaohe.logging import configure
from kaohe.settings import Settings
from kaohe.web.context import App
from kaohe.web.templating import Templates

START_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Base:
    """A home of its own with a migrated database."""

    home: Path
    server: EmbeddedServer

    @property
    def environment(self) -> dict[str, str]:
        own = {name: value for name, value in os.environ.items() if not name.startswith("KAOHE_")}
        return own | {
            "KAOHE_HOME": str(self.home), "KAOHE_DATABASE_URL": self.server.app_url, "KAOHE_PORT": "0",
            "KAOHE_JOBS": "false", "KAOHE_LOG_LEVEL": "warning", "PYTHONUNBUFFERED": "1",
        }  # fmt: skip

    def app(self, database: Database) -> App:
        """As the application is put together in a process, here."""
        settings = Settings(home=self.home, database_url=self.server.app_url)
        return App(settings, database, Signer.load_or_create(self.home / "keys" / "signing.pem"), Templates())


@contextmanager
def base() -> Iterator[Base]:
    configure("warning", "console")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("停止"))  # unwinds, so that what was started is stopped
    with folder() as home, embedded.start(home) as server:
        migrate.upgrade(server.owner_url)
        yield Base(home, server)


@contextmanager
def folder() -> Iterator[Path]:
    """The database's user has to come in, so it is not a private one."""
    made = Path(tempfile.mkdtemp(prefix="kaohe-bench-"))
    made.chmod(0o755)
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


class Process:
    """A server that says its address in its output; stopped at the end of the block."""

    def __init__(self, command: list[str], environment: Mapping[str, str], *, seconds: int = START_SECONDS) -> None:
        self._running = subprocess.Popen(command, env=dict(environment), stdout=subprocess.PIPE, text=True)
        self.url = self._address(time.monotonic() + seconds)
        httpx.get(f"{self.url}/healthz", timeout=seconds)

    def _address(self, until: float) -> str:
        assert self._running.stdout is not None
        for line in self._running.stdout:
            if "http://" in line:
                return "http://" + line.partition("http://")[2].split("（")[0].strip()
            if time.monotonic() > until:
                break
        raise RuntimeError("the server did not start")

    def __enter__(self) -> Process:
        return self

    def __exit__(self, *_: object) -> None:
        self._running.terminate()
        self._running.wait(timeout=START_SECONDS)

    def memory(self, name: str = "VmRSS") -> int:
        """MB; `VmHWM` is the most so far."""
        for line in Path(f"/proc/{self._running.pid}/status").read_text(encoding="utf-8").splitlines():
            if line.startswith(name + ":"):
                return int(line.split()[1]) // 1024
        raise RuntimeError(f"no {name}")


def kaohe(of: Base) -> Process:
    return Process([str(Path(sys.executable).with_name("kaohe")), "serve"], of.environment)


def bare(of: Base) -> Process:
    """The reference: `bench.bare`."""
    return Process([sys.executable, "-m", "bench.bare"], of.environment)
