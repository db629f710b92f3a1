"""Where the server's files stand and as whom it runs. PostgreSQL refuses to run as root."""

from __future__ import annotations

import hashlib
import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path

POINTER = "postgres-is-at.txt"
ELSEWHERE = Path("/var/lib/kaohe")
ORDINARY = ("postgres", "nobody")
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}


@dataclass(frozen=True, slots=True)
class Place:
    """`root` belongs to whoever starts the server; only `data` in it belongs to `user` (None: the same person)."""

    root: Path
    user: pwd.struct_passwd | None

    @property
    def data(self) -> Path:
        return self.root / "data"

    def run(self, *command: str | Path, text: str = "") -> subprocess.CompletedProcess[str]:
        """As the server's user, with nothing of the caller's environment (PGDATA and its like)."""
        user = self.user
        return subprocess.run(
            command, input=text, capture_output=True, text=True, check=False, cwd="/", env=ENVIRONMENT,
            user=user and user.pw_uid, group=user and user.pw_gid, extra_groups=[] if user else None,
        )  # fmt: skip

    def can(self, *command: str | Path) -> bool:
        try:
            return self.run(*command).returncode == 0
        except OSError:
            return False

    def own(self, folder: Path) -> None:
        if self.user is not None:
            os.chown(folder, self.user.pw_uid, self.user.pw_gid)


def choose(home: Path) -> Place:
    """`home`/postgres, unless the server's user cannot get there: then a folder of its own under /var/lib.

    A checkout below /root is the usual case. Opening /root to everybody would be no remedy.
    """
    _make(home)
    place = Place(_make(home / "postgres"), _user(home))
    if place.can("test", "-x", place.root):
        (home / POINTER).unlink(missing_ok=True)
        return place
    name = hashlib.sha256(os.fsencode(home.resolve())).hexdigest()[:16]
    reachable = Place(_make(elsewhere() / name), place.user)
    (home / POINTER).write_text(f"{reachable.root}\n", encoding="utf-8")
    return reachable


def elsewhere() -> Path:
    """Only root ever needs it."""
    return _make(ELSEWHERE)


def _make(folder: Path) -> Path:
    """Passable for the server's user when root makes it; what is inside guards itself."""
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
    return folder


def _user(home: Path) -> pwd.struct_passwd | None:
    """As root: whoever the folder belongs to, else the first ordinary user that this machine has."""
    if os.geteuid() != 0:
        return None
    owner = home.stat().st_uid
    if owner != 0:
        return pwd.getpwuid(owner)
    known = {each.pw_name: each for each in pwd.getpwall()}
    return next(known[name] for name in ORDINARY if name in known)
