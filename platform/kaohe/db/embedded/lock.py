"""One lock per folder, carried by everything that works on it: holder, watcher, server and its backends.

The kernel drops it when the last of them is gone, so it is never stale, whatever became of process ids.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PATIENCE_SECONDS = 15  # for a server whose holder is gone to finish by itself


class Busy(Exception):
    """Somebody else's server runs in this folder."""


@contextmanager
def held(root: Path) -> Iterator[int]:
    """The descriptor must be handed on to outlive this block."""
    descriptor = os.open(root / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _take(descriptor, root)
        _sign(descriptor)
        yield descriptor
    finally:
        os.close(descriptor)


def _take(descriptor: int, root: Path) -> None:
    began = time.monotonic()
    hurried = False
    while not _try(descriptor):
        holder = _holder(descriptor)
        if holder is not None and _alive(*holder):
            raise Busy(
                f"数据目录 {root} 的数据库正在使用中（进程 {holder[0]}）。"
                "请先停止那个进程，或用 KAOHE_HOME 指定另一个目录。"
            )
        waited = time.monotonic() - began
        if waited > PATIENCE_SECONDS and not hurried:
            hurried = True
            _quit(root)
        if waited > 2 * PATIENCE_SECONDS:
            raise Busy(f"上次的数据库没有停下来（数据目录 {root}）。请结束遗留的 postgres 进程后再试。")
        time.sleep(0.05)


def _try(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _sign(descriptor: int) -> None:
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, json.dumps([os.getpid(), _born(os.getpid())]).encode(), 0)


def _holder(descriptor: int) -> tuple[int, str | None] | None:
    try:
        pid, born = json.loads(os.pread(descriptor, 200, 0))
    except ValueError:  # not signed yet
        return None
    return pid, born


def _born(pid: int) -> str | None:
    """When the process began, None when there is none. A zombie is none."""
    try:
        state, *rest = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if state == "Z" else rest[18]


def _alive(pid: int, born: str | None) -> bool:
    return born is not None and _born(pid) == born


def _quit(root: Path) -> None:
    """Orphans that do not end by themselves: at once, the next start recovers from the log."""
    data = (root / "data").resolve()
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (process / "cwd").resolve() == data:  # where every process of a server works
                os.kill(int(process.name), signal.SIGQUIT)
