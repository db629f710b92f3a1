"""The commands that run the platform, as processes."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import nullcontext, suppress
from pathlib import Path

import httpx
import pytest

from kaohe.db.embedded import lock
from tests.integration.embedded.conftest import eventually

KAOHE = Path(sys.executable).with_name("kaohe")
Run = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def home() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="kaohe-serve-"))
    folder.chmod(0o755)
    yield folder / "home"
    with lock.held(folder / "home" / "postgres") if (folder / "home" / "postgres").exists() else nullcontext():
        shutil.rmtree(folder)


@pytest.fixture
def run(home: Path) -> Iterator[Run]:
    started: list[subprocess.Popen[str]] = []

    def start(*command: str, **environ: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [KAOHE, *command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            env={"PATH": os.environ["PATH"], "KAOHE_HOME": str(home), "KAOHE_PORT": "0", **environ},
        )  # fmt: skip
        started.append(process)
        return process

    yield start
    for process in started:
        process.terminate()
        with suppress(ValueError):
            process.communicate(timeout=180)


def address(process: subprocess.Popen[str]) -> str:
    """What it says when it is ready."""
    assert process.stdout
    said = []
    for line in process.stdout:
        said.append(line)
        if found := re.search(r"已启动：(http://\S+?)(（|\s)", line):
            return found[1]
    raise AssertionError("".join(said))


def refused(url: str) -> bool:
    try:
        httpx.get(f"{url}/healthz")
    except httpx.TransportError:
        return True
    return False


def ready(url: str) -> int:
    return httpx.get(f"{url}/readyz", timeout=180).status_code


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_serve_stops_everything_it_started(run: Run, home: Path, how: signal.Signals) -> None:
    process = run("serve")
    url = address(process)
    assert ready(url) == 200
    process.send_signal(how)
    assert process.wait(60) == 0
    assert refused(url)
    assert not (home / "postgres" / "data" / "postmaster.pid").exists()


def test_next_serve_works_after_a_kill(run: Run) -> None:
    killed = run("serve")
    url = address(killed)
    killed.kill()
    assert ready(address(run("serve", KAOHE_PORT=url.rpartition(":")[2]))) == 200


def test_workers_share_the_port_and_end_with_their_parent(run: Run) -> None:
    process = run("serve", KAOHE_WORKERS="2")
    url = address(process)
    assert ready(url) == 200
    process.kill()
    assert eventually(lambda: refused(url))


def test_demo_says_where_it_is(run: Run) -> None:
    assert ready(address(run("demo"))) == 200


def test_taken_port_is_explained(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        process = run("serve", KAOHE_PORT=port)
        said, _ = process.communicate(timeout=180)
    assert process.returncode == 1
    assert f"不能监听 127.0.0.1:{port}" in said
    assert "KAOHE_PORT" in said


def test_taken_port_is_told_before_the_database_is_made(run: Run, home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        process = run("demo", KAOHE_PORT=str(taken.getsockname()[1]))
        said, _ = process.communicate(timeout=180)
    assert (process.returncode, "端口被别的程序占用" in said) == (1, True)
    assert not home.exists()


def test_host_that_is_not_this_machine_s_is_explained(run: Run) -> None:
    process = run("serve", KAOHE_HOST="203.0.113.9")
    said, _ = process.communicate(timeout=180)
    assert process.returncode == 1
    assert "KAOHE_HOST=203.0.113.9 不是这台机器的地址" in said


def test_home_that_cannot_be_made_is_explained(run: Run, home: Path) -> None:
    home.write_text("a file where the folder should be")
    process = run("serve", KAOHE_HOME=str(home / "below"))
    said, _ = process.communicate(timeout=180)
    home.unlink()
    assert process.returncode == 1
    assert f"数据目录 {home / 'below'} 不能使用" in said
    assert "Traceback" not in said


def test_second_serve_on_the_same_home_is_refused(run: Run) -> None:
    first = run("serve")
    url = address(first)
    second = run("serve")
    said, _ = second.communicate(timeout=180)
    assert (second.returncode, f"正在使用中（进程 {first.pid}）" in said) == (1, True)
    assert ready(url) == 200


def test_unknown_setting_stops_the_start(run: Run) -> None:
    process = run("serve", KAOHE_PROT="1")
    said, _ = process.communicate(timeout=180)
    assert (process.returncode, said.splitlines()[0]) == (1, "KAOHE_PROT：没有这个设置，最接近的是 KAOHE_PORT")
