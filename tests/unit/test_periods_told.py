"""A period reads the same wherever it is shown."""

from __future__ import annotations

import pytest

from kaohe.i18n import period_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2026", "2026 年度"),
        ("2026-10", "2026 年 10 月"),
        ("2026-03", "2026 年 3 月"),
        ("2026-Q2", "2026 年第 2 季度"),
        ("2026-H1", "2026 年上半年"),
        ("2026-H2", "2026 年下半年"),
        ("2026-W07", "2026 年第 7 周"),
    ],
)
def test_periods_are_told_in_words(text: str, words: str) -> None:
    assert period_words(text) == words
