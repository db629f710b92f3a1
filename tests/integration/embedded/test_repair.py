"""Whatever was killed, the next start mends it, and what was acknowledged is there."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from kaohe.db import embedded
from kaohe.db.embedded import EmbeddedError
from tests.integration.embedded.conftest import Held, answers, connect, eventually, kept

Hold = Callable[[Path], Held]


def write(url: str, value: str) -> None:
    with connect(url) as connection:
        connection.execute("INSERT INTO kept VALUES (%s)", [value])


def test_killed_holder_takes_its_server_along(home: Path, hold: Hold) -> None:
    held = hold(home)
    write(held.url, "二")
    held.process.kill()
    assert eventually(lambda: not answers(held.url))
    with embedded.start(home) as server:
        assert kept(server.superuser_url) == ["一", "二"]


def test_start_right_after_the_holder_was_killed_waits_for_the_server_to_end(home: Path, hold: Hold) -> None:
    held = hold(home)
    held.process.kill()
    held.process.wait()
    with embedded.start(home) as server:
        assert kept(server.superuser_url) == ["一"]


def test_holder_that_is_a_zombie_does_not_count(home: Path, hold: Hold) -> None:
    held = hold(home)
    held.process.kill()  # not waited for
    with embedded.start(home) as server:
        assert kept(server.superuser_url) == ["一"]


def test_killed_watcher_leaves_no_orphan(home: Path, hold: Hold) -> None:
    held = hold(home)
    os.kill(held.watcher, signal.SIGKILL)
    assert eventually(lambda: not answers(held.url))
    held.process.kill()
    with embedded.start(home) as server:
        assert kept(server.superuser_url) == ["一"]


def test_killed_server_comes_back_at_the_same_address(home: Path, hold: Hold) -> None:
    held = hold(home)
    write(held.url, "二")
    killed = held.postmaster(home)
    os.kill(killed, signal.SIGKILL)
    assert eventually(lambda: answers(held.url) and held.postmaster(home) != killed)
    assert kept(held.url) == ["一", "二"]


def test_everything_killed_at_once(home: Path, hold: Hold) -> None:
    held = hold(home)
    write(held.url, "二")
    for process in (held.watcher, held.postmaster(home), held.process.pid):
        os.kill(process, signal.SIGKILL)
    with embedded.start(home) as server:
        assert kept(server.superuser_url) == ["一", "二"]


def test_backend_that_outlives_its_server_is_ended(home: Path, hold: Hold, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kaohe.db.embedded.lock.PATIENCE_SECONDS", 1)
    held = hold(home)
    busy = psycopg.connect(held.url.replace("+psycopg", ""), autocommit=True)
    busy.pgconn.send_query(b"DO $$ BEGIN LOOP END LOOP; END $$")  # never looks whether its server lives
    os.kill(busy.info.backend_pid, 0)
    for process in (held.watcher, held.postmaster(home), held.process.pid):
        os.kill(process, signal.SIGKILL)
    with embedded.start(home) as server:
        assert kept(server.superuser_url) == ["一"]
    busy.close()


def test_stale_pid_file_naming_a_living_process(home: Path) -> None:
    pid_file = home / "postgres" / "data" / "postmaster.pid"
    pid_file.write_text(f"{os.getppid()}\n/nowhere\n1\n5432\n\n127.0.0.1\n0 0\nready\n")
    with embedded.start(home) as server:
        assert kept(server.superuser_url) == ["一"]


def test_initialisation_cut_off_in_the_middle(folder: Path) -> None:
    home = folder / "cut-off"
    unfinished = home / "postgres" / "data.unfinished"
    unfinished.mkdir(parents=True)
    (unfinished / "PG_VERSION").write_text("18\n")
    with embedded.start(home) as server:
        assert answers(server.app_url)
    assert not unfinished.exists()


def test_cut_off_before_roles_and_database_were_made(home: Path) -> None:
    with embedded.start(home) as server, connect(server.superuser_url.replace("/kaohe", "/postgres")) as connection:
        connection.execute("DROP DATABASE kaohe")
        connection.execute("DROP ROLE kaohe_app")
    with embedded.start(home) as server:
        assert answers(server.app_url)


def test_database_half_removed_is_made_again(home: Path) -> None:
    with embedded.start(home) as server, connect(server.superuser_url) as connection:
        connection.execute("UPDATE pg_database SET datconnlimit = -2 WHERE datname = 'kaohe'")
    with embedded.start(home) as server:
        assert answers(server.app_url)


def test_lost_passwords_are_renewed_and_the_data_kept(home: Path) -> None:
    (home / "database-passwords.json").unlink()
    with embedded.start(home) as server:
        assert kept(server.superuser_url) == ["一"]


def test_passwords_cut_off_before_the_server_knew_them(home: Path) -> None:
    (home / "postgres" / "has-password").unlink()
    with embedded.start(home) as server:
        assert kept(server.superuser_url) == ["一"]


def test_second_start_says_who_uses_it_and_harms_nothing(home: Path, hold: Hold) -> None:
    held = hold(home)
    with pytest.raises(EmbeddedError) as problem:
        embedded.start(home)
    assert f"正在使用中（进程 {held.process.pid}）" in problem.value.message
    assert kept(held.url) == ["一"]


def test_two_homes_run_side_by_side(home: Path, prepared: Path) -> None:
    with embedded.start(home) as one, embedded.start(prepared) as other:
        assert (kept(one.superuser_url), one.port != other.port) == (["一"], True)
        assert kept(other.superuser_url) == ["一"]


def test_broken_configuration_is_reported_with_the_servers_words(home: Path) -> None:
    (home / "postgres" / "conf.d" / "20-local.conf").write_text("shared_buffers = 'viel'\n")
    with pytest.raises(EmbeddedError, match="shared_buffers"):
        embedded.start(home)
