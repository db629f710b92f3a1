"""Every shipped plugin stands before the checks that its author would run."""

from __future__ import annotations

from pathlib import Path

import pytest

from kaohe.plugins.folders import covered, read_own_cases, read_written
from kaohe.scheme.checks import findings

PLUGINS = sorted(path.parents[2] for path in Path(__file__).parents[3].glob("plugins/*/src/*/__init__.py"))


@pytest.mark.parametrize("plugin", PLUGINS, ids=lambda path: path.name)
def test_shipped_plugin_has_no_open_warning(plugin: Path) -> None:
    cases = [case for _, case in read_own_cases(plugin)]
    found = {
        f"{written.path.name}:{one.line}: {one.message}"
        for written in read_written(plugin)
        for one in findings(written.scheme, written.text, covered(cases, written.scheme.id))
        if one.degree == "warning"
    }
    assert found == set()
