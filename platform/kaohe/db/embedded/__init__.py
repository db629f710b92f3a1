"""PostgreSQL in a folder: started for one process, stopped with it, repaired by the next start.

The binaries come from a Python package; everything else is here. Whoever calls `start` is the holder.
A watcher (`watch.py`) stands between holder and server and ends the server when the holder is gone,
however it went. All of them carry one lock on the folder, so what is still running can always be told.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg

from kaohe.db.embedded import cluster, lock, roles
from kaohe.db.embedded.cluster import Cluster
from kaohe.db.embedded.place import choose
from kaohe.db.embedded.roles import Passwords
from kaohe.errors import KaoheError

DATABASE = "kaohe"
ADDRESSES = "database-addresses.json"
PORT_ATTEMPTS = 5
START_SECONDS = 600  # recovery after a crash reads the write-ahead log and may take minutes
STOP_SECONDS = 60


class EmbeddedError(KaoheError):
    code, status, title = "embedded-database", 503, "内置数据库没有启动"
    next_step = "请按提示处理后重新启动；也可用 KAOHE_DATABASE_URL 连接别的 PostgreSQL。"


class EmbeddedServer:
    """A running server. `stop` may be called twice."""

    def __init__(self, of: Cluster, passwords: Passwords, port: int, watcher: subprocess.Popen[bytes]) -> None:
        self.cluster = of
        self.port = port
        self._passwords = passwords
        self._watcher = watcher

    @property
    def owner_url(self) -> str:
        """Runs migrations; owns database and schema."""
        return self.url(roles.OWNER, self._passwords.owner)

    @property
    def app_url(self) -> str:
        """What the application uses: owns nothing, cannot define anything, cannot bypass row-level security."""
        return self.url(roles.APP, self._passwords.app)

    @property
    def superuser_url(self) -> str:
        return self.url(roles.SUPERUSER, self._passwords.superuser)

    def url(self, role: str, password: str, database: str = DATABASE) -> str:
        return f"postgresql+psycopg://{role}:{password}@127.0.0.1:{self.port}/{database}"

    @property
    def running(self) -> bool:
        return self._watcher.poll() is None

    def stop(self) -> None:
        if self._watcher.stdin:
            self._watcher.stdin.close()
        self._watcher.wait(timeout=STOP_SECONDS)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def running_at(home: Path) -> tuple[str, str] | None:
    """The addresses (application, owner) of the server that another process holds for this home, None when none runs."""
    try:
        app_url, owner_url = json.loads((home / ADDRESSES).read_text(encoding="utf-8"))
        psycopg.connect(roles.plain(app_url), connect_timeout=5).close()
    except (OSError, ValueError, psycopg.OperationalError):
        return None
    return app_url, owner_url


def _announce(home: Path, server: EmbeddedServer) -> None:
    """For commands that are called while the platform runs. Its passwords stand in this folder anyway."""
    descriptor = os.open(home / ADDRESSES, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump([server.app_url, server.owner_url], file)


class _PortTaken(Exception):
    """Somebody took the port between our choice and the server's start."""


def start(home: Path) -> EmbeddedServer:
    """Raises EmbeddedError when another process uses this folder's server, or when it cannot start."""
    for _attempt in range(PORT_ATTEMPTS):
        with suppress(_PortTaken):
            return _start(home)
    raise EmbeddedError("找不到空闲端口")


def _start(home: Path) -> EmbeddedServer:
    try:
        place = choose(home)
        with lock.held(place.root) as descriptor:
            made = cluster.prepare(place)
            passwords = roles.passwords(home, made)
            port = _free_port()
            cluster.configure(made, port)
            server = EmbeddedServer(made, passwords, port, cluster.watch(made, descriptor))
    except (lock.Busy, cluster.Failed) as problem:
        raise EmbeddedError(str(problem)) from None
    except OSError as problem:
        where = problem.filename or home
        raise EmbeddedError(f"数据目录 {home} 不能使用：{where}：{problem.strerror}") from None
    try:
        _wait(server)
        roles.settle(server.superuser_url, passwords, DATABASE)
        _announce(home, server)
    except BaseException:
        server.stop()
        raise
    return server


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait(server: EmbeddedServer) -> None:
    until = time.monotonic() + START_SECONDS
    url = roles.plain(server.superuser_url).rpartition("/")[0] + "/postgres"
    while time.monotonic() < until and server.running:
        try:
            psycopg.connect(url, connect_timeout=5).close()
        except psycopg.OperationalError:
            time.sleep(0.03)
        else:
            return
    said = cluster.tail(server.cluster)
    if "could not bind" in said:
        raise _PortTaken
    raise EmbeddedError(f"内置数据库启动失败，日志 {server.cluster.log} 的末尾：\n{said}")
