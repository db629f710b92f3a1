"""class_conduct stands for every plugin that lives in a repository of its own: it gets nothing that others do not."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import kaohe
from tests.architecture.sources import CHECKOUT, outside, project
from tests.architecture.test_imports import STANDARD

PLUGIN = CHECKOUT / "plugins" / "class_conduct"
TESTING = {"kaohe.plugins.testing", "kaohe.plugins.fixtures"}


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A copy outside the checkout, where no setting of ours reaches it."""
    return Path(shutil.copytree(PLUGIN, tmp_path / "class-conduct", ignore=shutil.ignore_patterns("__pycache__")))


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(folder / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)


def test_stranger_uses_only_what_kaohe_exports() -> None:
    exported = {f"kaohe.{name}" for name in kaohe.__all__}
    sources, tests = sorted((PLUGIN / "src").rglob("*.py")), sorted((PLUGIN / "tests").rglob("*.py"))

    assert outside(sources, STANDARD | exported) == []
    assert tests
    assert outside(tests, STANDARD | exported | TESTING | {"pytest", "kaohe_class_conduct"}) == []


def test_stranger_is_found_by_its_entry_point_alone() -> None:
    own = tomllib.loads((PLUGIN / "pyproject.toml").read_text("utf-8"))["project"]

    assert own["dependencies"] == ["kaohe"]
    assert own["entry-points"] == {"kaohe.schemes": {"class_conduct": "kaohe_class_conduct"}}
    assert "class" not in " ".join(project()["project"]["dependencies"])


def test_platform_never_names_the_stranger() -> None:
    found = [path for path in (CHECKOUT / "platform").rglob("*.py") if "class_conduct" in path.read_text("utf-8")]

    assert found == []


def test_stranger_passes_its_own_tests_elsewhere(elsewhere: Path) -> None:
    done = run(elsewhere, "pytest", "-q", "-p", "no:cacheprovider")

    assert done.returncode == 0, done.stdout + done.stderr
