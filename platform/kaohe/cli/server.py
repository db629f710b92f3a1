"""Uvicorn, run from the settings: one process, or several behind one socket."""

from __future__ import annotations

import ctypes
import errno
import os
import signal
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from threading import Thread
from typing import Any

import uvicorn
from uvicorn.supervisors import Multiprocess

from kaohe import logging
from kaohe.errors import KaoheError
from kaohe.settings import Settings, load

PR_SET_PDEATHSIG = 1
WHY_NOT = {errno.EADDRINUSE: "端口被别的程序占用", errno.EACCES: "没有权限（1024 以下的端口要 root）"}


class PortTaken(KaoheError):
    code, status, title = "port-taken", 503, "端口不可用"
    next_step = "请用 KAOHE_PORT 指定另一个端口（0 为任一空闲端口），或停止占用它的程序。"


class NoSuchHost(KaoheError):
    code, status, title = "no-such-host", 503, "地址不可用"
    next_step = "请把 KAOHE_HOST 设为这台机器的地址：127.0.0.1 只供本机，0.0.0.0 供所有网卡。"


class Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self.ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self.ready()


def run(settings: Settings, listener: socket.socket, ready: Callable[[Settings], None]) -> None:
    """Serves until SIGINT or SIGTERM, then lets running requests finish. `ready` gets the address really used."""
    actual = replace(settings, port=listener.getsockname()[1])
    _export(actual)
    config = _config(actual)
    if actual.workers > 1:
        Thread(target=_once_accepting, args=(actual, ready), daemon=True).start()
        Multiprocess(config, [listener]).run()
    else:
        with suppress(KeyboardInterrupt):  # raised again when everything is done
            Server(config, lambda: ready(actual)).run([listener])


def _once_accepting(settings: Settings, ready: Callable[[Settings], None]) -> None:
    """The parent of several processes is not told when the first of them is up."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104 - asked, not bound
    while True:
        with suppress(OSError), socket.create_connection((host, settings.port), timeout=5):
            ready(settings)
            return
        time.sleep(0.1)


def application() -> Any:
    """What a worker loads; it starts with a bare interpreter."""
    from kaohe.app import create_app

    settings = load()
    if settings.workers > 1:
        _end_with_parent()
    logging.configure(settings.log_level, settings.log_format)
    return create_app(settings)


def _end_with_parent() -> None:
    """A worker left behind would keep the port from the next start, and its database is gone as well."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def bound(settings: Settings) -> socket.socket:
    """The port, taken before anything that takes long. Raises PortTaken, NoSuchHost."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as problem:
        listener.close()
        where = f"不能监听 {settings.host}:{settings.port}"
        if isinstance(problem, socket.gaierror) or problem.errno == errno.EADDRNOTAVAIL:
            raise NoSuchHost(f"{where}：KAOHE_HOST={settings.host} 不是这台机器的地址") from None
        why = WHY_NOT.get(problem.errno or 0, problem.strerror)
        raise PortTaken(f"{where}：{why}") from None
    listener.set_inheritable(True)
    return listener


def _export(settings: Settings) -> None:
    """Workers read the environment again."""
    os.environ["KAOHE_PORT"] = str(settings.port)
    os.environ["KAOHE_LOG_LEVEL"] = settings.log_level
    if settings.database_url:
        os.environ["KAOHE_DATABASE_URL"] = settings.database_url


def _config(settings: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        "kaohe.cli.server:application",
        factory=True,
        workers=settings.workers,
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        forwarded_allow_ips=settings.trusted_proxies,
        timeout_keep_alive=65,  # longer than a proxy keeps its connections, so that it is the one to close
        timeout_graceful_shutdown=settings.shutdown_seconds,
    )
