"""The guide, followed word by word in an empty folder."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

GUIDE = Path(__file__).parents[3] / "platform" / "docs" / "guide.md"
FENCE = re.compile(
    r"`(?P<file>[\w./]+\.(?:yaml|py))`[^`]*\n\n```(?:yaml|python)\n(?P<text>.*?)```|```console\n(?P<shell>.*?)```",
    re.DOTALL,
)


class Command(NamedTuple):
    text: str
    told: list[str]


def commands(shell: str) -> Iterator[Command]:
    for block in shell.split("$ ")[1:]:
        first, *told = block.strip().splitlines()
        yield Command(first, told)


def environment(target: Path) -> dict[str, str]:
    """What is installed lands beside the environment of the tests, not in it."""
    paths = os.pathsep.join([sysconfig.get_path("scripts"), os.environ["PATH"]])
    return {
        **os.environ,
        "PATH": paths,
        "COLUMNS": "200",
        "PYTHONPATH": os.pathsep.join([str(target), *filter(None, [os.environ.get("PYTHONPATH")])]),
        "PIP_TARGET": str(target),
        "PIP_ROOT_USER_ACTION": "ignore",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def test_guide_gives_a_tested_plugin(tmp_path: Path) -> None:
    folder, installed = tmp_path / "empty", tmp_path / "installed"
    folder.mkdir()
    followed = 0
    for match in FENCE.finditer(GUIDE.read_text("utf-8")):
        if match["file"]:
            (folder / match["file"]).write_text(match["text"], "utf-8")
            continue
        for command in commands(match["shell"]):
            if command.text.startswith("cd "):
                folder /= command.text.removeprefix("cd ")
                continue
            text = command.text.replace("pip install", f"{sys.executable} -m pip install")
            text = text.replace("python -m pytest", f"{sys.executable} -m pytest").replace(" -e .", " .")
            done = subprocess.run(
                text, shell=True, cwd=folder, env=environment(installed), capture_output=True, text=True
            )
            shown = done.stdout + done.stderr
            assert done.returncode == 0, f"{command.text}\n{shown}"
            assert [line for line in command.told if line not in shown] == [], shown
            followed += 1
    assert followed == 15
