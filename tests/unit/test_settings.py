from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest
from click.testing import CliRunner

from kaohe.cli.settings import settings as command
from kaohe.settings import Settings, SettingsError, load, variable


def said(environ: dict[str, str]) -> list[str]:
    with pytest.raises(SettingsError) as problem:
        load(environ)
    return [each.message for each in problem.value.problems]


def test_nothing_set_gives_the_defaults() -> None:
    assert load({}) == Settings()
    assert load({"KAOHE_PORT": " ", "PATH": "/bin"}) == Settings()


def test_values_are_read_by_their_kind() -> None:
    read = load({"KAOHE_HOME": "/srv/k", "KAOHE_PORT": "0", "KAOHE_JOBS": "FALSE", "KAOHE_LOG_LEVEL": "Debug"})
    assert (read.home, read.port, read.jobs, read.log_level) == (Path("/srv/k"), 0, False, "debug")


def test_database_address_always_names_the_driver() -> None:
    for scheme in ("postgres", "postgresql", "postgresql+psycopg"):
        read = load({"KAOHE_DATABASE_URL": f"{scheme}://u:p@h/d"})
        assert read.database_url == "postgresql+psycopg://u:p@h/d"


def test_unknown_name_is_refused_with_the_nearest_known() -> None:
    assert said({"KAOHE_DATABSE_URL": "x"}) == ["KAOHE_DATABSE_URL：没有这个设置，最接近的是 KAOHE_DATABASE_URL"]


def test_every_problem_is_said_at_once_and_no_secret() -> None:
    environ = {
        "KAOHE_PORT": "65536",
        "KAOHE_JOBS": "maybe",
        "KAOHE_DATABASE_URL": "mysql://u:secret@h",
        "KAOHE_JOB": "",
    }
    assert said(environ) == [
        "KAOHE_JOB：没有这个设置，最接近的是 KAOHE_JOBS",
        "KAOHE_PORT=65536：应为 0 到 65535 的整数",
        "KAOHE_DATABASE_URL=***：应为 postgresql://用户:密码@主机:端口/数据库",
        "KAOHE_JOBS=maybe：应为 true、false 之一",
    ]


@pytest.mark.parametrize(
    ("environ", "secure"),
    [
        ({}, False),
        ({"KAOHE_PUBLIC_URL": "https://kaohe.test/"}, True),
        ({"KAOHE_PUBLIC_URL": "https://kaohe.test", "KAOHE_SECURE_COOKIES": "false"}, False),
    ],
)
def test_cookies_are_secure_where_the_address_is(environ: dict[str, str], secure: bool) -> None:
    assert load(environ).cookies_secure is secure


def test_command_shows_every_setting_and_masks_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAOHE_DATABASE_URL", "postgresql://u:secret@h/d")
    shown = CliRunner().invoke(command).output
    assert [variable(each) for each in fields(Settings) if f"{variable(each)}=" not in shown] == []
    assert "KAOHE_DATABASE_URL=postgresql+psycopg://u:***@h/d" in shown
