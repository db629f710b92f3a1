"""Every case that an installed plugin brings, one test each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kaohe.national_calendar import national_calendar
from kaohe.plugins import registry
from kaohe.plugins.testing import Case, differences, read_cases


def installed_cases() -> Iterator[Case]:
    for _, plugin in registry().manager.list_name_plugin():
        file = getattr(plugin, "__file__", None)
        if file and (Path(file).parent / "cases").is_dir():
            yield from read_cases(Path(file).parent / "cases")


@pytest.mark.parametrize("case", installed_cases(), ids=lambda case: f"{case.scheme} {case}")
def test_case_holds(case: Case) -> None:
    scheme = registry().scheme(case.scheme)

    assert differences(case, scheme, national_calendar()) == []
