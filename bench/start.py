"""`kaohe demo` to its first page: into an empty folder (database made, schema, demo data), and once more."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import httpx

from bench import servers
from bench.report import Row, show
from bench.servers import Process

COLD_SECONDS = 300
WARM_ROUNDS = 3


def run() -> None:
    with servers.folder() as home:
        cold = _start(home)
        warm = sorted(_start(home) for _ in range(WARM_ROUNDS))[WARM_ROUNDS // 2]
    show("启动到第一页（kaohe demo）", [
        Row("第一次：建库、迁移、演示数据", f"{cold:.1f} s"),
        Row("再次启动", f"{warm:.1f} s", aim="< 5 s", met=warm < 5),
    ])  # fmt: skip


def _start(home: Path) -> float:
    own = {name: value for name, value in os.environ.items() if not name.startswith("KAOHE_")}
    environment = own | {"KAOHE_HOME": str(home), "KAOHE_PORT": "0", "PYTHONUNBUFFERED": "1"}
    began = time.perf_counter()
    with Process([str(Path(sys.executable).with_name("kaohe")), "demo"], environment, seconds=COLD_SECONDS) as server:
        assert "考核" in httpx.get(f"{server.url}/login", timeout=60).text
        return time.perf_counter() - began
