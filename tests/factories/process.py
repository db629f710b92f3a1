"""The application as a process of its own, that a test may kill."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx

_RUN = (
    "import sys, uvicorn; uvicorn.run('kaohe.app:create_app', factory=True, fd=int(sys.argv[1]), log_level='warning')"
)


class Process:
    """Listens on one socket of the test's, so that a restart has the same address."""

    def __init__(self, home: Path, database_url: str) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port: int = self._socket.getsockname()[1]
        self._environment = {name: value for name, value in os.environ.items() if not name.startswith("KAOHE_")} | {
            "KAOHE_HOME": str(home),
            "KAOHE_DATABASE_URL": database_url,
            "KAOHE_JOBS": "false",
        }
        self._running: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        assert self._running is not None
        return self._running.pid

    def start(self) -> None:
        descriptor = self._socket.fileno()
        self._running = subprocess.Popen(
            [sys.executable, "-c", _RUN, str(descriptor)], env=self._environment, pass_fds=[descriptor]
        )
        with httpx.Client(base_url=self.url, timeout=180) as client:
            assert client.get("/readyz").text == "ready"

    def kill(self) -> None:
        """As the power would: no farewell."""
        os.kill(self.pid, signal.SIGKILL)
        assert self._running is not None
        self._running.wait()

    def stop(self) -> None:
        if self._running is not None and self._running.poll() is None:
            self._running.terminate()
            self._running.wait(timeout=180)
        self._socket.close()

    def memory(self, name: str) -> int:
        """Bytes; `VmRSS` now, `VmHWM` at most so far."""
        lines = Path(f"/proc/{self.pid}/status").read_text(encoding="utf-8").splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(name + ":"))


def entered_by_others(folder: str) -> Path:
    """As root the server runs as another user."""
    home = Path(folder)
    home.chmod(0o755)
    return home


def kill_database(home: Path) -> None:
    """The postmaster, with no chance to write anything down."""
    [file] = home.rglob("postmaster.pid")
    os.kill(int(file.read_text(encoding="utf-8").splitlines()[0]), signal.SIGKILL)


def wait_until(true: object, *, seconds: int = 180) -> None:
    """`true` is asked again and again; a limit so that a broken test ends."""
    assert callable(true)
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until
        time.sleep(0.02)
