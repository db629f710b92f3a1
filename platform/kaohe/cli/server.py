"""Uvicorn, run from the settings: one process, or several behind one socket."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from dataclasses import replace

import uvicorn
from uvicorn.supervisors import Multiprocess

from kaohe.errors import KaoheError
from kaohe.settings import Settings


class PortTaken(KaoheError):
    code, status, title = "port-taken", 503, "端口不可用"
    next_step = "请用 KAOHE_PORT 指定另一个端口（0 为任一空闲端口），或停止占用它的程序。"


class Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self.ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self.ready()


def run(settings: Settings, ready: Callable[[Settings], None]) -> None:
    """Serves until SIGINT or SIGTERM, then lets running requests finish. `ready` gets the address really used."""
    listener = _listen(settings)
    actual = replace(settings, port=listener.getsockname()[1])
    _export(actual)
    config = _config(actual)
    if actual.workers > 1:
        ready(actual)
        Multiprocess(config, target=uvicorn.Server(config).run, sockets=[listener]).run()
    else:
        Server(config, lambda: ready(actual)).run(sockets=[listener])


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as problem:
        listener.close()
        raise PortTaken(f"不能监听 {settings.host}:{settings.port}：{problem.strerror}") from None
    listener.set_inheritable(True)
    return listener


def _export(settings: Settings) -> None:
    """Workers read the environment again."""
    os.environ["KAOHE_PORT"] = str(settings.port)
    if settings.database_url:
        os.environ["KAOHE_DATABASE_URL"] = settings.database_url


def _config(settings: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        "kaohe.app:create_app",
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
