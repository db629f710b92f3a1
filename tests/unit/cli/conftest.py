"""The commands as a shell calls them: arguments, standard input, exit status, both outputs."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from kaohe.cli import main


class Done(NamedTuple):
    status: int
    out: bytes
    err: list[str]

    @property
    def text(self) -> str:
        return self.out.decode()


Run = Callable[..., Done]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path) -> Run:
    monkeypatch.chdir(tmp_path)

    def call(*arguments: object, stdin: bytes = b"") -> Done:
        monkeypatch.setattr(sys, "argv", ["kaohe", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        status = 0
        try:
            main()
        except SystemExit as stopped:
            status = int(stopped.code or 0)
        sys.stdout.flush()
        told = capfdbinary.readouterr()
        return Done(status, told.out, told.err.decode().splitlines())

    return call
