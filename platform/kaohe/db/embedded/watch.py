"""Runs the server as a child and ends it when standard input closes, which is when the holder is gone.

A program of its own with nothing but the standard library: `watch.py LOCK UID GID SERVER…`.
A server that was killed is started again on the same port. When the watcher itself is killed, the kernel
tells the server (parent-death signal), which then stops.
"""

from __future__ import annotations

import ctypes
import os
import select
import signal
import subprocess
import sys
import time

PR_SET_PDEATHSIG = 1
FAST, IMMEDIATE = signal.SIGINT, signal.SIGQUIT
STOP_SECONDS = 30
STEADY_SECONDS = 5
RESTARTS = 120
libc = ctypes.CDLL(None, use_errno=True)


def main() -> int:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    lock, uid, gid, *command = sys.argv[1:]
    quick = 0
    while True:
        began = time.monotonic()
        server = launch(command, int(lock), uid, gid)
        if holder_gone(server):
            return stop(server)
        if server.returncode >= 0 and not quick and time.monotonic() - began < STEADY_SECONDS:
            return 1  # it gave up by itself, which the log explains
        # After a kill, backends of the old server may need a moment before a new one can start.
        quick = quick + 1 if time.monotonic() - began < STEADY_SECONDS else 1
        if quick > RESTARTS:
            return 1
        time.sleep(0.5)


def launch(command: list[str], lock: int, uid: str, gid: str) -> subprocess.Popen[bytes]:
    """Without a user id: as whoever runs this. There are no threads here, so preexec_fn is safe."""
    return subprocess.Popen(
        command, stdin=subprocess.DEVNULL, pass_fds=[lock], preexec_fn=follow,  # noqa: PLW1509
        user=int(uid) if uid else None, group=int(gid) if gid else None, extra_groups=[] if uid else None,
    )  # fmt: skip


def follow() -> None:
    """Runs in the child after it changed its user, which would clear the signal."""
    libc.prctl(PR_SET_PDEATHSIG, FAST)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def holder_gone(server: subprocess.Popen[bytes]) -> bool:
    """True when standard input closed, False when the server ended by itself."""
    while server.poll() is None:
        readable, _, _ = select.select([0], [], [], 0.2)
        if readable and not os.read(0, 1):
            return True
    return False


def stop(server: subprocess.Popen[bytes]) -> int:
    for how in (FAST, IMMEDIATE, signal.SIGKILL):
        server.send_signal(how)
        try:
            return server.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            continue
    return 1


if __name__ == "__main__":
    sys.exit(main())
