"""Each command says what it does, shows an example and tells its exit status, and fails without a traceback."""

from __future__ import annotations

from collections.abc import Iterator

import click
import pytest

from kaohe.cli import kaohe
from tests.unit.cli.conftest import Run


def commands(group: click.Group, *before: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield (*before, name), command
        if isinstance(command, click.Group):
            yield from commands(command, *before, name)


EVERY = list(commands(kaohe))


@pytest.mark.parametrize(("names", "command"), EVERY, ids=[" ".join(names) for names, _ in EVERY])
def test_help_has_an_example_and_the_exit_status(run: Run, names: tuple[str, ...], command: click.Command) -> None:
    told = run(*names, "--help").text

    assert f"kaohe {' '.join(names)}" in told.partition("例")[2]
    assert isinstance(command, click.Group) or all(f"{status} " in told.partition("退出码：")[2] for status in (0, 2))


def test_help_of_kaohe_lists_every_command(run: Run) -> None:
    told = run("--help").text

    assert all(f"  {names[0]} " in told for names, _ in EVERY)


def test_database_that_does_not_answer_is_told_in_a_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAOHE_DATABASE_URL", "postgresql://127.0.0.1:1/none")

    done = run("audit", "verify")

    assert (done.status, len(done.err)) == (1, 2)
    assert done.err[0].startswith("数据库连不上或中断：connection failed")


@pytest.mark.parametrize("name", ["Street", "2streets", "街道", "street_cleaning", "-street", "own-street", ""])
def test_new_refuses_names_that_are_no_ids(run: Run, name: str) -> None:
    done = run("scheme", "new", "--", name)

    assert done.status == 2
    assert "小写字母" in "".join(done.err)


def test_new_refuses_the_id_of_an_installed_scheme(run: Run) -> None:
    done = run("scheme", "new", "window-staff")

    assert (done.status, done.err) == (1, ["已经安装了方案 window-staff，换一个编号；改版见 kaohe scheme diff"])
